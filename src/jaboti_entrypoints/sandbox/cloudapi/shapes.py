"""The shapes of what a business may send: one class per object of the reference, one table to find them by."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

Str = Annotated[str, Meta(min_length=1)]
Str20 = Annotated[str, Meta(min_length=1, max_length=20)]
Str24 = Annotated[str, Meta(min_length=1, max_length=24)]
Str60 = Annotated[str, Meta(min_length=1, max_length=60)]
Str200 = Annotated[str, Meta(min_length=1, max_length=200)]
Str256 = Annotated[str, Meta(min_length=1, max_length=256)]
Str1024 = Annotated[str, Meta(min_length=1, max_length=1024)]
Str4096 = Annotated[str, Meta(min_length=1, max_length=4096)]
Wamid = Annotated[str, Meta(pattern="^wamid\\.")]


class Text(Struct):
    body: Str4096
    preview_url: bool = False


class Attachment(Struct):
    """A file by the id of an upload or by a link."""

    id: str | None = None
    link: str | None = None
    caption: Annotated[str, Meta(max_length=1024)] | None = None
    filename: str | None = None
    voice: bool = False

    def __post_init__(self) -> None:
        if not (self.id or self.link):
            raise ValueError("Object missing required field `id` or `link`")
        if self.link and urlsplit(self.link).scheme not in ("http", "https"):
            raise ValueError("`link` must be an http or https URL")


class Location(Struct):
    latitude: float | str
    longitude: float | str
    name: str | None = None
    address: str | None = None


class ContactName(Struct):
    formatted_name: Str


class ContactCard(Struct):
    name: ContactName
    phones: list[dict[str, Any]] = []


class Reaction(Struct):
    message_id: Wamid
    emoji: str


class Caption(Struct):
    text: Str1024


class LongCaption(Struct):
    text: Str4096


class Footer(Struct):
    text: Str60


class ReplyTitle(Struct):
    id: Str256
    title: Str20


class ReplyButton(Struct):
    reply: ReplyTitle
    type: Literal["reply"]


class ButtonsAction(Struct):
    buttons: Annotated[list[ReplyButton], Meta(min_length=1, max_length=3)]

    def __post_init__(self) -> None:
        replies = [button.reply for button in self.buttons]
        distinct = min(len({reply.id for reply in replies}), len({reply.title for reply in replies}))
        if distinct < len(replies):
            raise ValueError("ids and titles of buttons must be unique")


class Buttons(Struct):
    body: Caption
    action: ButtonsAction
    footer: Footer | None = None
    header: dict[str, Any] | None = None


class Row(Struct):
    id: Str200
    title: Str24
    description: Annotated[str, Meta(max_length=72)] = ""


class Section(Struct):
    rows: Annotated[list[Row], Meta(min_length=1)]
    title: Annotated[str, Meta(max_length=24)] = ""


class ListAction(Struct):
    button: Str20
    sections: Annotated[list[Section], Meta(min_length=1, max_length=10)]

    def __post_init__(self) -> None:
        if sum(len(section.rows) for section in self.sections) > 10:
            raise ValueError("a list has at most 10 rows")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("sections need a title when there are several")


class ListMenu(Struct):
    body: LongCaption
    action: ListAction
    footer: Footer | None = None
    header: dict[str, Any] | None = None


class Link(Struct):
    display_text: Str20
    url: Annotated[str, Meta(pattern="^https?://")]


class LinkAction(Struct):
    parameters: Link
    name: Literal["cta_url"]


class LinkButton(Struct):
    body: Caption
    action: LinkAction


class FlowParameters(Struct):
    flow_cta: Annotated[str, Meta(min_length=1, max_length=30)]
    flow_message_version: str | int = "3"


class FlowAction(Struct):
    parameters: FlowParameters
    name: Literal["flow"]


class FlowButton(Struct):
    body: Caption
    action: FlowAction


class LocationAction(Struct):
    name: Literal["send_location"]


class LocationRequest(Struct):
    body: Caption
    action: LocationAction


class AnyInteractive(Struct):
    """Catalogues, orders, calls, carousels: taken as they come."""

    action: dict[str, Any]


class Language(Struct):
    code: Str


class Component(Struct):
    type: Str
    parameters: list[dict[str, Any]] = []
    sub_type: str | None = None
    index: str | int | None = None


class TemplateUse(Struct):
    """Which template is sent, with what in it."""

    name: Str
    language: Language
    components: list[Component] = []

    def given(self, part: str) -> int:
        """How many parameters stand in its header or body."""
        return sum(len(each.parameters) for each in self.components if each.type.upper() == part)


class Quoted(Struct):
    message_id: Wamid


class Request(Struct):
    """What all bodies of `POST /{phone_number_id}/messages` share."""

    messaging_product: Literal["whatsapp"]
    to: str | None = None
    recipient: str | None = None
    recipient_type: Literal["individual", "group"] = "individual"
    type: str = "text"
    context: Quoted | None = None
    biz_opaque_callback_data: Annotated[str, Meta(max_length=512)] | None = None
    status: Literal["read"] | None = None
    message_id: Wamid | None = None
    typing_indicator: dict[str, Any] | None = None


SHAPES: dict[str, Any] = {
    "text": Text,
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), Attachment),
    "location": Location,
    "contacts": Annotated[list[ContactCard], Meta(min_length=1, max_length=257)],
    "reaction": Reaction,
    "template": TemplateUse,
}
INTERACTIVE: dict[str, Any] = {
    "button": Buttons,
    "list": ListMenu,
    "cta_url": LinkButton,
    "flow": FlowButton,
    "location_request_message": LocationRequest,
    **dict.fromkeys(
        (
            "product", "product_list", "catalog_message", "order_details", "order_status", "address_message",
            "call_permission_request", "voice_call", "carousel", "request_contact_info",
        ),
        AnyInteractive,
    ),
}  # fmt: skip
