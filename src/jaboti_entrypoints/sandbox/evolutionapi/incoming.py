"""From the client to the business: what clients write, and what the business writes on its own phone."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from msgspec import Raw

from jaboti_entrypoints.sandbox.evolutionapi import contents
from jaboti_entrypoints.sandbox.evolutionapi.contents import type_of
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.payloads import (
    Said,
    fresh_id,
    message_data,
    protocol_data,
    status_data,
    wire,
)
from jaboti_entrypoints.sandbox.evolutionapi.people import Person
from jaboti_entrypoints.sandbox.evolutionapi.platform import Platform
from jaboti_entrypoints.sandbox.evolutionapi.records import Record
from jaboti_entrypoints.sandbox.evolutionapi.versions import Version
from jaboti_entrypoints.sandbox.ledger import Inbound

REMEMBERED = 300.0
"""So many seconds the versions that drop repeats remember an id."""
STATUS_OF_EDIT = {Version.V2_3_6: "DELETED", Version.V2_3_7: "SERVER_ACK"}
"""What versions say became of a message that was edited; the others name no status."""


@frozen(kw_only=True)
class Writing:
    """What one client writes to one instance: words, or a content of `contents`; now, unless `at` says when."""

    instance: str
    person: Person
    content: str | Mapping[str, Any]
    at: float | None = None
    reply_to: str | None = None
    id: str | None = None
    from_me: bool = False
    """The business writes it to that person, on its own phone."""


@frozen
class Clients:
    """Everybody who writes to the business."""

    platform: Platform

    def write(self, writing: Writing) -> str:
        """The id of the message, which is on its way; LookupError for an instance that is not there."""
        platform, instance = self.platform, self.platform.instances.get(writing.instance)
        content = contents.text(writing.content) if isinstance(writing.content, str) else dict(writing.content)
        person, shown = self._met(instance, writing.person)
        said = Said(
            id=writing.id or fresh_id(),
            at=platform.clock() if writing.at is None else writing.at,
            content=content,
            from_me=writing.from_me,
            reply_to=writing.reply_to,
            status="SERVER_ACK" if writing.from_me else "DELIVERY_ACK",
        )
        if self._is_repeat(instance, said):
            return said.id
        data = message_data(instance, shown, said, platform.version(instance))
        platform.records.keep(Record(instance.name, shown, said, data))
        if not said.from_me:
            self._book(instance, person, said, data)
        platform.announce(
            instance, "messages.upsert", platform.storage.told(instance, data, content), name=f"m:{said.id}"
        )
        self._chatter(instance, data)
        return said.id

    def edit(self, instance_name: str, message_id: str, words: str) -> None:
        """Other words in the place of a message; LookupError if there is none."""
        instance, record = self.platform.instances.get(instance_name), self._record(instance_name, message_id)
        version, key = self.platform.version(instance), record.data["key"]
        told = protocol_data(key, at=self.platform.clock(), words=words, version=version)
        self.platform.announce(instance, "messages.edited", told)
        status = STATUS_OF_EDIT.get(version)
        name = message_id if version.names_edited else fresh_id()
        update = status_data(instance, key["remoteJid"], name=name, from_me=key["fromMe"], status=status)
        self.platform.announce(instance, "messages.update", update)

    def revoke(self, instance_name: str, message_id: str) -> None:
        """A message is taken back, and told of twice; LookupError if there is none."""
        instance, record = self.platform.instances.get(instance_name), self._record(instance_name, message_id)
        version, key = self.platform.version(instance), record.data["key"]
        told = protocol_data(key, at=self.platform.clock(), words=None, version=version)
        self.platform.announce(instance, "messages.edited", told)
        deleted = {**key, "status": "DELETED"} if version is Version.V2_3_7 else dict(key)
        self.platform.announce(instance, "messages.delete", deleted)

    def _is_repeat(self, instance: Instance, said: Said) -> bool:
        """Whether the version passes it over, though it may be somebody's new message."""
        before = self.platform.records.find(instance.name, said.id)
        recent = before is not None and abs(said.at - before.said.at) < REMEMBERED
        return recent and self.platform.version(instance).drops_repeats

    def _record(self, instance_name: str, message_id: str) -> Record:
        return self.platform.records.get(instance_name, message_id)

    def _met(self, instance: Instance, person: Person) -> tuple[Person, Person]:
        """The person, and as much of them as the server shows."""
        dials = self.platform.knobs.of(instance.name)
        known = self.platform.people.meet(person.hidden() if dials.lids or dials.lid_only else person)
        return known, known.without_phone() if dials.lid_only else known

    def _book(self, instance: Instance, person: Person, said: Said, data: Mapping[str, Any]) -> None:
        ledger = self.platform.ledger
        ledger.inbound.append(
            Inbound(
                seq=ledger.next_seq(),
                number=instance.name,
                at=said.at,
                id=said.id,
                peer=person.address,
                type=type_of(said.content),
                raw=Raw(wire(data)),
            )
        )

    def _chatter(self, instance: Instance, data: Mapping[str, Any]) -> None:
        """What else comes with each message, for those who did not subscribe narrowly."""
        jid = data["key"]["remoteJid"]
        contact = {"remoteJid": jid, "pushName": data["pushName"], "profilePicUrl": None, "instanceId": instance.id}
        self.platform.announce(instance, "contacts.update", contact)
        self.platform.announce(instance, "chats.upsert", [{"remoteJid": jid, "instanceId": instance.id}])
