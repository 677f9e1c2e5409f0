"""The telephones of the platform's clients."""

from collections.abc import Mapping

from attrs import frozen

from jaboti_entrypoints.sandbox.cloudapi import contents
from jaboti_entrypoints.sandbox.cloudapi.ledger import Ledger, Send
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer, is_user_id
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.files import File
from jaboti_entrypoints.sandbox.ledger import Inbound, Sent
from jaboti_entrypoints.sandbox.telephone import Attached, Typed


@frozen
class CloudTelephone:
    """See `Telephone`."""

    sandbox: CloudApiSandbox

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    def accounts(self) -> Mapping[str, str]:
        return {each.phone_number_id: each.display_phone_number for each in self.sandbox.platform.numbers}

    def write(self, typed: Typed) -> str:
        known = is_user_id(typed.peer)
        peer = Peer(wa_id=None if known else typed.peer, user_id=typed.peer if known else None, name=typed.name)
        content = _content(typed.file, typed.words) if typed.file else typed.words
        return self.sandbox.client_writes(typed.account, peer, content, reply_to=typed.reply_to)

    def name_of(self, send: Send) -> str:
        return send.wamid

    def said_in(self, entry: Sent | Inbound) -> object:
        message = entry.message if isinstance(entry, Inbound) else entry.body
        return message.get(entry.type)

    def file_of(self, account: str, message_id: str) -> File | None:
        platform, send = self.sandbox.platform, self.ledger.find_send(message_id)
        heard = (each for each in self.ledger.inbound if each.id == message_id)
        entry = send or next(heard, None)
        said = self.said_in(entry) if entry else None
        number = platform.numbers.find(account)
        if number is None or not isinstance(said, dict) or "id" not in said:
            return None
        media = platform.media.find(str(said["id"]), {number.waba_id})
        return File(media.data, media.mime_type) if media else None


def _content(file: Attached, words: str) -> contents.Content:
    if file.type not in contents.FILES:
        raise ValueError(f"a client can't send a file of type {file.type}")
    facts = {"caption": words or None, "filename": file.name or None if file.type == "document" else None}
    return contents.file(file.type, file.data, mime_type=file.mime_type or None, **facts)
