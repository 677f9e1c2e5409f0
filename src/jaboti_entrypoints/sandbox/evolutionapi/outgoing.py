"""From the business to the client: a send is judged, booked, answered, and told of."""

from functools import partial
from hashlib import sha256
from typing import Any

from attrs import evolve, frozen
from msgspec import Raw

from jaboti_entrypoints.sandbox.evolutionapi.contents import type_of
from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError, not_on_whatsapp
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Dials, refusal_of
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Send
from jaboti_entrypoints.sandbox.evolutionapi.payloads import Said, fresh_id, message_data, status_data
from jaboti_entrypoints.sandbox.evolutionapi.people import HIDDEN, PHONES, Person
from jaboti_entrypoints.sandbox.evolutionapi.platform import Platform
from jaboti_entrypoints.sandbox.evolutionapi.records import Record
from jaboti_entrypoints.sandbox.evolutionapi.sends import Request, body_of, jid_of, read_request
from jaboti_entrypoints.sandbox.evolutionapi.versions import Version
from jaboti_entrypoints.sandbox.knobs import ANSWERED, Fate
from jaboti_entrypoints.sandbox.ledger import ReadReceipt, Refused
from jaboti_entrypoints.sandbox.phones import key_of, other_spelling

STATUSES = {"sent": "SERVER_ACK", "delivered": "DELIVERY_ACK", "read": "READ", "failed": "ERROR"}


@frozen
class Accepted:
    """The answer to a request that was taken, and whether and when the caller will get to see it."""

    answer: dict[str, Any]
    fate: Fate = ANSWERED
    delay: float = 0.0


@frozen
class Sends:
    """`POST /message/{verb}/{instance}`."""

    platform: Platform

    def accept(self, instance: Instance, verb: str, raw: bytes) -> Accepted:
        """Takes a send; EvolutionError if the server would refuse it. The ledger has it either way."""
        try:
            return self._send(instance, read_request(verb, raw), raw)
        except EvolutionError as refusal:
            self._refused(instance, refusal)
            raise

    def read(self, instance: Instance, raw: bytes) -> dict[str, Any]:
        """Marks messages as read; those of hidden ids are passed over without a word."""
        ledger = self.platform.ledger
        for key in body_of(raw).get("readMessages") or ():
            if not str(key.get("remoteJid", "")).endswith(f"@{HIDDEN}"):
                seq, at = ledger.next_seq(), self.platform.clock()
                name = str(key.get("id", ""))
                ledger.reads.append(ReadReceipt(seq=seq, number=instance.name, at=at, message_id=name, typing=False))
        return {"message": "Read messages", "read": "success"}

    def shows_presence(self, instance: Instance, presence: str) -> None:
        """The client sees that the business writes."""
        if presence == "composing":
            ledger = self.platform.ledger
            seq, at = ledger.next_seq(), self.platform.clock()
            ledger.reads.append(ReadReceipt(seq=seq, number=instance.name, at=at, message_id="", typing=True))

    def report(self, instance_name: str, message_id: str, status: str) -> None:
        """Announces a status, whatever was announced before; LookupError if nothing was sent with this id."""
        instance, record = (
            self.platform.instances.get(instance_name),
            self.platform.records.get(instance_name, message_id),
        )
        self._announce(instance, record, status)

    def exists(self, instance: Instance, jid: str, number: str) -> bool:
        """Whether somebody has this number, as far as the server knows."""
        if jid.endswith(f"@{HIDDEN}"):
            return self.platform.version(instance) is not Version.V2_2_3
        return number not in self.platform.knobs.of(instance.name).not_on_whatsapp

    def _send(self, instance: Instance, request: Request, raw: bytes) -> Accepted:
        if instance.state != "open":
            raise EvolutionError(400)
        fate, dials = self.platform.knobs.fate(instance.name), self.platform.knobs.of(instance.name)
        if fate.kind == "refused":
            raise refusal_of(fate)
        jid = jid_of(request.number)
        if not self.exists(instance, jid, request.number):
            raise not_on_whatsapp(jid, request.number)
        person = self._recipient(dials, jid)
        said = self._said(request)
        data = message_data(instance, person, said, dials.version)
        record = Record(instance.name, person, said, data)
        self._book(instance, request, record, raw, fate)
        self._tell(instance, record, dials, failed=fate.kind == "failed")
        return Accepted(self.platform.storage.told(instance, data, said.content), fate, request.delay)

    def _said(self, request: Request) -> Said:
        return Said(
            id=fresh_id(from_me=True),
            at=self.platform.clock(),
            content=request.content,
            from_me=True,
            reply_to=request.reply_to,
            status="PENDING",
            source="unknown",
        )

    def _recipient(self, dials: Dials, jid: str) -> Person:
        user, _, server = jid.partition("@")
        person = self.platform.people.at(jid)
        if server == PHONES:
            person = evolve(person, phone=other_spelling(user) if dials.ninth_digit_rewritten else user)
        return person.without_phone() if dials.lid_only else person

    def _book(self, instance: Instance, request: Request, record: Record, raw: bytes, fate: Fate) -> None:
        platform, person = self.platform, record.person
        user = request.number.partition("@")[0]
        send = Send(
            seq=platform.ledger.next_seq(),
            number=instance.name,
            at=record.said.at,
            to=user,
            type=type_of(record.said.content),
            callback=f"{key_of(user)}:{request.verb}:{sha256(raw).hexdigest()[:16]}",
            fate=fate.kind,
            raw=Raw(raw),
            id=record.said.id,
            jid=person.jid,
        )
        platform.ledger.accepted(send, name=send.id, addresses=(user, person.phone, person.lid))
        platform.records.keep(record)

    def _tell(self, instance: Instance, record: Record, dials: Dials, *, failed: bool) -> None:
        name, data = f"m:{record.said.id}", self.platform.storage.told(instance, record.data, record.said.content)
        self.platform.announce(instance, "send.message", data, name=name)
        if dials.echo_upsert:
            self.platform.announce(instance, "messages.upsert", {**data, "status": "SERVER_ACK"}, name=name)
        if failed:
            self.platform.agenda.later(dials.sent_after, partial(self._due, instance, record, "failed"))
            return
        for status, after in dials.reports(only_sent="reactionMessage" in record.said.content):
            self.platform.agenda.later(after, partial(self._due, instance, record, status))

    def _due(self, instance: Instance, record: Record, status: str) -> None:
        """The time of a status has come: it is announced, unless it is to be lost."""
        lost = self.platform.knobs.of(instance.name).drop_statuses if status != "failed" else 0.0
        if not (lost and self.platform.chance.random() < lost):
            self._announce(instance, record, status)

    def _announce(self, instance: Instance, record: Record, status: str) -> None:
        name, told = record.said.id, STATUSES.get(status, status)
        own = self.platform.knobs.of(instance.name).device_in_statuses
        jid = f"{instance.own}:75@{PHONES}" if own else record.data["key"]["remoteJid"]
        record.statuses.append(told)
        data = status_data(instance, jid, name=name, from_me=record.said.from_me, status=told)
        self.platform.announce(instance, "messages.update", data, name=f"s:{name}:{told}")
        self.platform.announce(instance, "chats.upsert", [{"remoteJid": jid, "unreadMessages": 0}])

    def _refused(self, instance: Instance, refusal: EvolutionError) -> None:
        ledger = self.platform.ledger
        ledger.refused.append(
            Refused(
                seq=ledger.next_seq(),
                number=instance.name,
                at=self.platform.clock(),
                code=refusal.status,
                details=str(refusal.message),
                callback=None,
            )
        )
