"""From the business to the client: a send is judged, booked, answered, and its statuses reported."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from attrs import evolve, frozen
from msgspec import Raw

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.knobs import ANSWERED, Dials, Fate
from jaboti_entrypoints.sandbox.cloudapi.ledger import ReadReceipt, Refused, Send
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.payloads import failure, pricing, status_item
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer, is_user_id, other_spelling
from jaboti_entrypoints.sandbox.cloudapi.platform import Platform
from jaboti_entrypoints.sandbox.cloudapi.sends import read_request, recipient_of
from jaboti_entrypoints.sandbox.cloudapi.shapes import Attachment, Request, TemplateUse
from jaboti_entrypoints.sandbox.cloudapi.wamid import business_wamid

OUTSIDE_WINDOW, UNDELIVERABLE_FILE = 131047, 131053


@frozen
class Accepted:
    """The answer to a request that was taken, and whether the caller will get to see it."""

    answer: dict[str, Any]
    fate: Fate = ANSWERED


@frozen
class Sends:
    """`POST /{phone_number_id}/messages`."""

    platform: Platform

    def accept(self, phone_number_id: str, token: str, raw: bytes) -> Accepted:
        """Takes a send or a read receipt; GraphError if Meta would refuse it at once. The ledger has it either way."""
        try:
            number = self.platform.access.number(phone_number_id, token)
            request, content = read_request(raw)
            if content is None:
                return self._read(number, request)
            return self._send(number, request, content, raw)
        except GraphError as refusal:
            self._refused(phone_number_id, refusal, raw)
            raise

    def report(self, wamid: str, status: str, *, code: int | None = None) -> None:
        """Announces a status of a send, whatever was announced before; LookupError if nothing has this id."""
        ledger, clock = self.platform.ledger, self.platform.clock
        send = ledger.find_send(wamid)
        if send is None:
            raise LookupError(f"nothing was sent as {wamid}")
        number = self.platform.numbers.get(send.number)
        dials = self.platform.knobs.of(send.number)
        extra = failure(code) if code is not None else self._pricing(dials, send, status)
        peer = Peer(wa_id=send.wa_id, user_id=send.user_id)
        shown = peer.without_phone() if dials.bsuid_only else peer
        item = status_item(
            number, shown, wamid=wamid, status=status, at=clock(), callback=send.callback, extra=extra
        )
        self.platform.courier.announce(item)

    def _read(self, number: SandboxNumber, request: Request) -> Accepted:
        ledger = self.platform.ledger
        ledger.reads.append(
            ReadReceipt(
                seq=ledger.next_seq(),
                number=number.phone_number_id,
                at=self.platform.clock(),
                message_id=request.message_id or "",
                typing=request.typing_indicator is not None,
            )
        )
        return Accepted({"success": True})

    def _send(self, number: SandboxNumber, request: Request, content: Any, raw: bytes) -> Accepted:
        address = recipient_of(request)
        category = self._check(number, address, content)
        fate = self.platform.knobs.fate(number.phone_number_id)
        if fate.kind == "refused":
            raise fate.refusal()
        dials = self.platform.knobs.of(number.phone_number_id)
        peer = self._recipient(dials, address)
        send = self._booked(number, request, peer, raw, address=address, category=category, fate=fate.kind)
        late = fate.code or self._late_failure(dials, send, peer, content)
        self._report_later(dials, send, late)
        return Accepted(_answer(request, send), fate)

    def _check(self, number: SandboxNumber, address: str, content: Any) -> str:
        """The category of a send that Meta would not refuse for what it refers to."""
        if address == number.display_phone_number.lstrip("+"):
            raise GraphError(131021)
        if isinstance(content, Attachment) and content.id:
            if self.platform.media.find(content.id, {number.waba_id}) is None:
                raise GraphError(131009, f"Media id {content.id} is not valid.")
        if isinstance(content, TemplateUse):
            return self._check_template(number, address, content)
        return "service"

    def _check_template(self, number: SandboxNumber, address: str, use: TemplateUse) -> str:
        template = self.platform.templates.sendable(number.waba_id, use.name, use.language.code)
        if template.category == "AUTHENTICATION" and is_user_id(address):
            raise GraphError(131062)
        expected, given = len(template.variables("BODY")), use.given("BODY")
        if given != expected:
            details = f"body: number of localizable_params ({given}) does not match the expected number ({expected})"
            raise GraphError(132000, details)
        return template.category.lower()

    def _recipient(self, dials: Dials, address: str) -> Peer:
        peer = self.platform.peers.at(address)
        if dials.ninth_digit_rewritten and not is_user_id(address):
            return evolve(peer, wa_id=other_spelling(address))
        return peer

    def _booked(
        self, number: SandboxNumber, request: Request, peer: Peer, raw: bytes, *, address: str, category: str, fate: str
    ) -> Send:
        send = Send(
            seq=self.platform.ledger.next_seq(),
            number=number.phone_number_id,
            at=self.platform.clock(),
            wamid=business_wamid(peer.wa_id or address),
            to=address,
            wa_id=peer.wa_id,
            user_id=peer.user_id,
            type=request.type,
            category=category,
            callback=request.biz_opaque_callback_data,
            fate=fate,
            raw=Raw(raw),
        )
        self.platform.ledger.accepted(send)
        return send

    def _late_failure(self, dials: Dials, send: Send, peer: Peer, content: Any) -> int:
        """The code with which an accepted send fails afterwards; 0 for none."""
        if isinstance(content, Attachment) and content.link:
            if (urlsplit(content.link).hostname or "").endswith(".invalid"):
                return UNDELIVERABLE_FILE
        if send.type == "template" or not dials.window_enforced:
            return 0
        wrote = self.platform.peers.window_open(send.number, peer, send.at)
        return 0 if wrote and not dials.closes_window_of(peer) else OUTSIDE_WINDOW

    def _report_later(self, dials: Dials, send: Send, late: int) -> None:
        later = self.platform.agenda.later
        if late:
            later(dials.sent_after, partial(self.report, send.wamid, "failed", code=late))
            return
        for status, after in dials.reports(send.type):
            later(after, partial(self._report_unless_dropped, send, status))

    def _report_unless_dropped(self, send: Send, status: str) -> None:
        lost = self.platform.knobs.of(send.number).drop_statuses
        if not (lost and self.platform.chance.random() < lost) and self.platform.numbers.find(send.number):
            self.report(send.wamid, status)

    def _pricing(self, dials: Dials, send: Send, status: str) -> dict[str, Any]:
        if status == "sent" and self.platform.chance.random() < dials.sent_without_pricing:
            return {}
        return pricing(send.category, send.at)

    def _refused(self, phone_number_id: str, refusal: GraphError, raw: bytes) -> None:
        ledger = self.platform.ledger
        ledger.refused.append(
            Refused(
                seq=ledger.next_seq(),
                number=phone_number_id,
                at=self.platform.clock(),
                code=refusal.code,
                details=refusal.details,
                callback=_callback_in(raw),
            )
        )


def _answer(request: Request, send: Send) -> dict[str, Any]:
    asked = {"input": request.to or request.recipient}
    known = {"user_id": send.to} if is_user_id(send.to) else {"wa_id": send.wa_id or send.to}
    message = {"id": send.wamid} | ({"message_status": "accepted"} if send.type == "template" else {})
    return {"messaging_product": "whatsapp", "contacts": [asked | known], "messages": [message]}


def _callback_in(raw: bytes) -> str | None:
    """The callback data of a body that may be anything."""
    try:
        body = msgspec.json.decode(raw)
    except ValueError:
        return None
    callback = body.get("biz_opaque_callback_data") if isinstance(body, dict) else None
    return callback if isinstance(callback, str) else None
