"""The people on the other end: by phone, by hidden id, or both."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from attrs import define, evolve, field, frozen

from jaboti_entrypoints.sandbox.evolutionapi.versions import Version
from jaboti_entrypoints.sandbox.phones import key_of

PHONES, HIDDEN = "s.whatsapp.net", "lid"


@frozen
class Person:
    """Somebody who uses WhatsApp; has a phone, a hidden id (`lid`, digits), or both."""

    phone: str | None = None
    lid: str | None = None
    name: str | None = None

    @property
    def address(self) -> str:
        """The phone, else the hidden id."""
        return self.phone or self.lid or ""

    @property
    def jid(self) -> str:
        """The name of the chat with them."""
        return f"{self.phone}@{PHONES}" if self.phone else f"{self.lid}@{HIDDEN}"

    @property
    def keys(self) -> list[str]:
        """Under what this person is known."""
        return [key_of(address) for address in (self.phone, self.lid) if address]

    def hidden(self) -> "Person":
        """The same person with a hidden id: a stable one is made up where there is none."""
        return evolve(self, lid=self.lid or _lid_for(self.address))

    def without_phone(self) -> "Person":
        """The same person as nobody but WhatsApp knows them; their name is not told either."""
        return Person(lid=self.hidden().lid)


def names_in_key(person: Person, version: Version) -> Mapping[str, Any]:
    """How a message's key names the other end of its chat: 2.3.7 puts the phone in the hidden id's place."""
    phone = f"{person.phone}@{PHONES}" if person.phone else None
    hidden = f"{person.lid}@{HIDDEN}" if person.lid else None
    if version is Version.V2_2_3 or phone is None or hidden is None:
        newer = {"participant": "", "addressingMode": "lid" if phone is None else "pn"}
        return {"remoteJid": phone or hidden, **(newer if version.writes_objects else {})}
    if version is Version.V2_3_0:
        return {"remoteJid": hidden, "senderPn": phone}
    shown = phone if version is Version.V2_3_7 else hidden
    return {"remoteJid": shown, "remoteJidAlt": phone, "participant": "", "addressingMode": "lid"}


@define(eq=False)
class Directory:
    """Whom the sandbox has met."""

    _known: dict[str, Person] = field(factory=dict, init=False)

    def meet(self, person: Person) -> Person:
        """Remembers a person, and completes them with what was known before."""
        for key in person.keys:
            if old := self._known.get(key):
                person = evolve(
                    person,
                    phone=person.phone or old.phone,
                    lid=person.lid or old.lid,
                    name=person.name or old.name,
                )
        self._known.update(dict.fromkeys(person.keys, person))
        return person

    def at(self, jid: str) -> Person:
        """Who is behind a chat's name or a bare number: a stranger if nobody met them."""
        user, _, server = jid.partition("@")
        known = self._known.get(key_of(user))
        return known or (Person(lid=user) if server == HIDDEN else Person(phone=user))

    def forget(self) -> None:
        """Meets everybody anew."""
        self._known.clear()


def _lid_for(address: str) -> str:
    return str(int(sha256(key_of(address).encode()).hexdigest()[:11], 16)).zfill(14)
