"""From the business to the client: a send is judged, booked and answered."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from attrs import evolve, frozen
from msgspec import Raw

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.knobs import Dials, refusal_of
from jaboti_entrypoints.sandbox.cloudapi.ledger import Send
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer, is_user_id
from jaboti_entrypoints.sandbox.cloudapi.platform import Platform
from jaboti_entrypoints.sandbox.cloudapi.sends import digits_of, read_request, recipient_of
from jaboti_entrypoints.sandbox.cloudapi.shapes import Attachment, Request, TemplateUse
from jaboti_entrypoints.sandbox.cloudapi.statuses import Statuses
from jaboti_entrypoints.sandbox.cloudapi.wamid import business_wamid
from jaboti_entrypoints.sandbox.knobs import ANSWERED, Fate
from jaboti_entrypoints.sandbox.ledger import ReadReceipt, Refused
from jaboti_entrypoints.sandbox.phones import other_spelling

OUTSIDE_WINDOW, UNREACHABLE_FILE = 131047, 131053


@frozen
class Accepted:
    """The answer to a request that was taken, and whether the caller will get to see it."""

    answer: dict[str, Any]
    fate: Fate = ANSWERED


@frozen
class Sends:
    """`POST /{phone_number_id}/messages`."""

    platform: Platform
    statuses: Statuses

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
            raise refusal_of(fate)
        dials = self.platform.knobs.of(number.phone_number_id)
        peer = self._recipient(dials, address)
        send = self._booked(number, request, peer, raw, address=address, category=category, fate=fate.kind)
        late = fate.code or self._late_failure(dials, send, peer, content)
        self.statuses.follow(send, late)
        return Accepted(_answer(request, send), fate)

    def _check(self, number: SandboxNumber, address: str, content: Any) -> str:
        """The category of a send that Meta would not refuse for what it refers to."""
        if address == digits_of(number.display_phone_number):
            raise GraphError(131021)
        if isinstance(content, TemplateUse):
            return self._check_template(number, address, content)
        media_id = content.id if isinstance(content, Attachment) else None
        if media_id and self.platform.media.find(media_id, {number.waba_id}) is None:
            raise GraphError(131009, f"Media id {media_id} is not valid.")
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
        self.platform.ledger.accepted(send, name=send.wamid, addresses=(send.to, send.wa_id, send.user_id))
        return send

    def _late_failure(self, dials: Dials, send: Send, peer: Peer, content: Any) -> int:
        """The code with which an accepted send fails afterwards; 0 for none."""
        link = content.link if isinstance(content, Attachment) else None
        if link and (urlsplit(link).hostname or "").endswith(".invalid"):
            return UNREACHABLE_FILE
        if send.type == "template" or not dials.window_enforced:
            return 0
        wrote = self.platform.peers.window_open(send.number, peer, send.at)
        return 0 if wrote and not dials.closes_window_of(peer) else OUTSIDE_WINDOW

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
