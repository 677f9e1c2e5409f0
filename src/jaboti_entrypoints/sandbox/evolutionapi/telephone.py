"""The telephones of the server's clients."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from jaboti_entrypoints.sandbox.evolutionapi import contents
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Ledger, Send
from jaboti_entrypoints.sandbox.evolutionapi.people import Person
from jaboti_entrypoints.sandbox.evolutionapi.sandbox import EvolutionApiSandbox
from jaboti_entrypoints.sandbox.files import File
from jaboti_entrypoints.sandbox.ledger import Inbound, Sent
from jaboti_entrypoints.sandbox.telephone import Attached, Typed

_BESIDE = ("messageContextInfo", "base64", "mediaUrl")


@frozen
class EvolutionTelephone:
    """See `Telephone`."""

    sandbox: EvolutionApiSandbox

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    def accounts(self) -> Mapping[str, str]:
        return {each.name: each.own for each in self.sandbox.platform.instances}

    def write(self, typed: Typed) -> str:
        person = Person(phone=typed.peer, name=typed.name)
        content = _content(typed.file, typed.words) if typed.file else typed.words
        return self.sandbox.client_writes(typed.account, person, content, reply_to=typed.reply_to)

    def name_of(self, send: Send) -> str:
        return send.id

    def said_in(self, entry: Sent | Inbound) -> object:
        if isinstance(entry, Inbound):
            message: Mapping[str, Any] = entry.message.get("message") or {}
            return next((part for name, part in message.items() if name not in _BESIDE), None)
        if entry.type == "contactsArrayMessage" or entry.type == "contactMessage":
            return entry.body.get("contact")
        return entry.body

    def file_of(self, account: str, message_id: str) -> File | None:
        record = self.sandbox.platform.records.find(account, message_id)
        return contents.file_of(record.said.content) if record else None


def _content(file: Attached, words: str) -> contents.Content:
    if file.type not in contents.MIME_TYPES:
        raise ValueError(f"a client can't send a file of type {file.type}")
    facts = {"caption": words, "fileName": file.name, "mimetype": file.mime_type}
    return contents.file(file.type, file.data, **{name: value for name, value in facts.items() if value})
