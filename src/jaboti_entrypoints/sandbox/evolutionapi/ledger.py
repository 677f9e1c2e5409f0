"""The server's ledger: items are named `m:<id>` for a message, `s:<id>:<status>`, and `<event>:<seq>` for the rest."""

from jaboti_entrypoints.sandbox import ledger


class Send(ledger.Sent, frozen=True):
    """A send that the server accepted; its callback is what was asked for, since nothing else tells sends apart.

    `jid` is the recipient's as WhatsApp knows them.
    """

    id: str
    jid: str

    @property
    def words(self) -> str:
        """A text's own words, or a file's caption."""
        return str(self.body.get("text") or self.body.get("caption") or "")


class Ledger(ledger.Ledger[Send]):
    """Every send, refusal, read receipt, inbound message and webhook attempt."""
