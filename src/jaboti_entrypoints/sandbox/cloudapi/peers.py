"""The people on the other end: by phone, by business-scoped user id, or both."""

import re
from hashlib import sha256
from typing import Any

from attrs import define, evolve, field, frozen

from jaboti_entrypoints.sandbox.phones import key_of

WINDOW_SECONDS = 24 * 3600
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def is_user_id(address: str) -> bool:
    """Whether an address is a business-scoped user id."""
    return _USER_ID.fullmatch(address) is not None


@frozen
class Peer:
    """Somebody who uses WhatsApp; has a `wa_id`, a `user_id`, or both."""

    wa_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    username: str | None = None

    @property
    def address(self) -> str:
        """The phone, else the user id."""
        return self.wa_id or self.user_id or ""

    @property
    def keys(self) -> list[str]:
        """Under what this person is known."""
        return [key_of(address) for address in (self.wa_id, self.user_id) if address]

    def scoped(self) -> "Peer":
        """The same person with a user id: a stable one is made up where there is none."""
        return evolve(self, user_id=self.user_id or _user_id_for(self.address))

    def without_phone(self) -> "Peer":
        """The same person, hiding the phone behind a user id."""
        return evolve(self.scoped(), wa_id=None)

    def contact(self, *, named: bool) -> dict[str, Any]:
        """The entry in a webhook's `contacts`."""
        profile = {"name": self.name, "username": self.username} if named else {}
        shown = {key: value for key, value in profile.items() if value}
        ids = {"wa_id": self.wa_id, "user_id": self.user_id}
        return ({"profile": shown} if shown else {}) | {key: value for key, value in ids.items() if value}


@define(eq=False)
class Directory:
    """Whom the sandbox has met, and when each wrote last to which number."""

    _known: dict[str, Peer] = field(factory=dict, init=False)
    _last_wrote: dict[tuple[str, str], float] = field(factory=dict, init=False)

    def meet(self, peer: Peer) -> Peer:
        """Remembers a person, and completes them with what was known before."""
        for key in peer.keys:
            if old := self._known.get(key):
                peer = evolve(
                    peer,
                    wa_id=peer.wa_id or old.wa_id,
                    user_id=peer.user_id or old.user_id,
                    name=peer.name or old.name,
                    username=peer.username or old.username,
                )
        self._known.update(dict.fromkeys(peer.keys, peer))
        return peer

    def at(self, address: str) -> Peer:
        """Who answers at this phone or user id: a stranger if nobody met them."""
        known = self._known.get(key_of(address))
        return known or (Peer(user_id=address) if is_user_id(address) else Peer(wa_id=address))

    def wrote(self, phone_number_id: str, peer: Peer, at: float) -> None:
        """Opens, or prolongs, the window in which a business may answer freely."""
        for key in peer.keys:
            last = self._last_wrote.get((phone_number_id, key), at)
            self._last_wrote[phone_number_id, key] = max(last, at)

    def window_open(self, phone_number_id: str, peer: Peer, now: float) -> bool:
        """Whether the person wrote to this number in the last 24 hours."""
        times = (self._last_wrote.get((phone_number_id, key)) for key in peer.keys)
        return any(now - at < WINDOW_SECONDS for at in times if at is not None)

    def forget(self) -> None:
        """Meets everybody anew."""
        self._known.clear()
        self._last_wrote.clear()


def _user_id_for(address: str) -> str:
    return f"BR.{int(sha256(key_of(address).encode()).hexdigest()[:13], 16)}"
