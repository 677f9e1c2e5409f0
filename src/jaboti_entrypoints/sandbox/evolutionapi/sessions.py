"""The life of an instance: close -> connecting (with QR codes) -> open, and back."""

from functools import partial
from typing import Any

from attrs import frozen

from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.platform import Platform

TOLD_AS_CLOSED = frozenset({401, 402, 403, 406})
"""Reasons after which the session does not come back by itself; after all others nobody is told of the break."""
LOGGED_OUT, REFUSED = 401, 428
RECONNECTS_AFTER = 0.01


@frozen
class Sessions:
    """Opens, ties and closes them."""

    platform: Platform

    def connect(self, instance: Instance) -> dict[str, Any]:
        """Shows a QR code, unless the session is open; one that is connecting goes on with its own."""
        if instance.state == "open":
            return self.state(instance)
        if instance.state == "close":
            instance.state, instance.qr_codes = "connecting", 0
            instance.pairings += 1
            self._tell(instance, reason=200)
            self._show(instance, instance.pairings)
        return instance.qr_code

    def state(self, instance: Instance) -> dict[str, Any]:
        """The answer to `connectionState`."""
        return {"instance": {"instanceName": instance.name, "state": instance.state}}

    def scan(self, instance: Instance, phone: str) -> None:
        """A phone scans the QR code: the session is open."""
        instance.own, instance.state = phone, "open"
        self._tell(instance, reason=200, wuid=instance.jid, profileName="Loja", profilePictureUrl=None)

    def restart(self, instance: Instance) -> dict[str, Any]:
        """Connects anew: the phone is still tied to it, or else it has to be."""
        if instance.state != "open":
            return self.connect(instance)
        self.drop(instance, 515)
        return {"instance": {"instanceName": instance.name, "status": "connecting"}}

    def drop(self, instance: Instance, reason: int) -> None:
        """WhatsApp ends the session; for most reasons it reconnects without a word."""
        if reason not in TOLD_AS_CLOSED:
            instance.state = "connecting"
            self._tell(instance, reason=200)
            again = partial(self._reconnected, instance)
            self.platform.agenda.later(RECONNECTS_AFTER, again)
            return
        instance.state = "close"
        told = {"instance": instance.name, "status": "closed", "disconnectionReasonCode": reason}
        self.platform.announce(instance, "status.instance", told)
        self._tell(instance, reason=reason)

    def log_out(self, instance: Instance) -> None:
        """Unties the phone; EvolutionError 400 if there is none."""
        if instance.state == "close":
            raise EvolutionError(400, [f'The "{instance.name}" instance is not connected'])
        self.drop(instance, LOGGED_OUT)
        self.platform.announce(instance, "logout.instance", None)

    def delete(self, instance: Instance) -> None:
        """Ends it for good, logged out first."""
        if instance.state != "close":
            self.log_out(instance)
        self.platform.announce(instance, "remove.instance", None)
        self.platform.agenda.later(RECONNECTS_AFTER, partial(self.platform.instances.remove, instance.name))

    def _reconnected(self, instance: Instance) -> None:
        if instance.state == "connecting":
            self.scan(instance, instance.own)

    def _show(self, instance: Instance, pairing: int) -> None:
        """The next QR code, as long as no phone has scanned the one before; after the last it is over."""
        if instance.state != "connecting" or instance.pairings != pairing:
            return
        dials = self.platform.knobs.of(instance.name)
        if instance.qr_codes >= dials.qr_limit:
            instance.state = "close"
            over = {"message": "QR code limit reached, please login again", "statusCode": 500}
            self.platform.announce(instance, "qrcode.updated", over)
            self._tell(instance, reason=REFUSED, state="refused", profileName=None, profilePictureUrl=None)
            return
        instance.qr_codes += 1
        shown = {key: value for key, value in instance.qr_code.items() if key != "count"}
        self.platform.announce(instance, "qrcode.updated", {"qrcode": {"instance": instance.name, **shown}})
        self.platform.screens.later(dials.qr_seconds, partial(self._show, instance, pairing))

    def _tell(self, instance: Instance, *, reason: int, **more: Any) -> None:
        told = {"instance": instance.name, "state": instance.state, "statusReason": reason}
        self.platform.announce(instance, "connection.update", told | more)
