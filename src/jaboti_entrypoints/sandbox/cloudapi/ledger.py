"""The platform's ledger: webhook items are named `m:<wamid>` for a message and `s:<wamid>:<status>` for a status."""

from jaboti_entrypoints.sandbox import ledger


class Send(ledger.Sent, frozen=True):
    """A send that the platform accepted; its callback is what came as `biz_opaque_callback_data`.

    `wa_id` and `user_id` are the recipient's as the platform knows them.
    """

    wamid: str
    wa_id: str | None
    user_id: str | None
    category: str

    @property
    def words(self) -> str:
        """A text's own words; empty for anything else."""
        return str(self.body.get("text", {}).get("body", ""))


class Ledger(ledger.Ledger[Send]):
    """Every send, refusal, read receipt, inbound message and webhook attempt."""
