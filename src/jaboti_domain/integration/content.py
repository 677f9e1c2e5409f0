"""What a message says, in any direction and on any platform.

Each kind has `text` (what a person reads in a list), `media` where it carries a file, and travels as a plain record
`{"kind": ..., ...}` through `content_record` and `content_from_record`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import asdict, evolve, field, frozen

from jaboti_domain.integration.errors import UnreadableContent


@frozen(kw_only=True)
class MediaFile:
    """A file that travels with a message: by our id, by the provider's id, or by a link."""

    type: str
    """image, video, audio, document or sticker."""
    media_id: str | None = None
    provider_id: str | None = None
    link: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    """Hexadecimal."""
    size: int | None = None
    """Bytes."""
    filename: str | None = None
    voice: bool = False
    state: str | None = None
    """PENDING while its bytes are on their way to us, FAILED when they never will be here."""


@frozen(kw_only=True)
class Content:
    """The base of all contents."""

    kind: ClassVar[str]

    @property
    def text(self) -> str:
        """What it says in one line of a list; empty when there are no words in it."""
        return ""

    @property
    def file(self) -> MediaFile | None:
        """The file that comes with it."""
        return None


@frozen(kw_only=True)
class Text(Content):
    """Plain text."""

    kind = "text"
    body: str

    @property
    def text(self) -> str:
        return self.body


@frozen(kw_only=True)
class Media(Content):
    """A file with an optional caption."""

    kind = "media"
    media: MediaFile
    caption: str = ""

    @property
    def text(self) -> str:
        return self.caption

    @property
    def file(self) -> MediaFile | None:
        return self.media


@frozen(kw_only=True)
class Location(Content):
    """A place: degrees, WGS 84."""

    kind = "location"
    latitude: float
    longitude: float
    label: str = ""
    address: str = ""

    @property
    def text(self) -> str:
        return ", ".join(filter(None, (self.label, self.address))) or f"{self.latitude}, {self.longitude}"


@frozen(kw_only=True)
class ContactCard:
    """One shared contact."""

    name: str
    phones: Sequence[str] = field(default=(), converter=tuple[str, ...])
    emails: Sequence[str] = field(default=(), converter=tuple[str, ...])
    organization: str = ""


@frozen(kw_only=True)
class Contacts(Content):
    """Shared contacts."""

    kind = "contacts"
    cards: Sequence[ContactCard] = field(converter=tuple[ContactCard, ...])

    @property
    def text(self) -> str:
        return ", ".join(card.name for card in self.cards)


@frozen(kw_only=True)
class Reply(Content):
    """The choice made in buttons, a list, or a form; `values` are the form's answers as JSON text."""

    kind = "reply"
    title: str
    choice: str = ""
    description: str = ""
    values: str = ""

    @property
    def text(self) -> str:
        return self.title or self.choice


@frozen(kw_only=True)
class Choice:
    """A button, or a row of a list."""

    id: str
    title: str
    description: str = ""


@frozen(kw_only=True)
class Interactive(Content):
    """A text with choices: up to three are shown as buttons, more as a list behind `button`."""

    kind = "interactive"
    body: str
    choices: Sequence[Choice] = field(converter=tuple[Choice, ...])
    button: str = ""
    header: str = ""
    footer: str = ""

    @property
    def text(self) -> str:
        return self.body

    @property
    def spelled_out(self) -> str:
        """All of it as plain text with numbered choices, for platforms and phones that show no buttons."""
        rows = (" - ".join(filter(None, (choice.title, choice.description))) for choice in self.choices)
        numbered = "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1))
        return "\n\n".join(filter(None, (self.header, self.body, numbered, self.footer)))


@frozen(kw_only=True)
class Template(Content):
    """An approved template; `components` is the platform's own list, passed on as it is."""

    kind = "template"
    name: str
    language: str
    components: Sequence[Mapping[str, object]] = field(default=(), converter=tuple[Mapping[str, object], ...])
    preview: str = ""

    @property
    def text(self) -> str:
        return self.preview or self.name


@frozen(kw_only=True)
class Reaction(Content):
    """An emoji on another message, named by the provider's id; an empty emoji takes it back."""

    kind = "reaction"
    target: str
    emoji: str

    @property
    def text(self) -> str:
        return self.emoji


@frozen(kw_only=True)
class Order(Content):
    """A shopping basket; `items` as the platform wrote them."""

    kind = "order"
    note: str
    items: Sequence[Mapping[str, object]] = field(converter=tuple[Mapping[str, object], ...])

    @property
    def text(self) -> str:
        return self.note


@frozen(kw_only=True)
class Unknown(Content):
    """Something we can't read yet: kept and shown, never dropped. `raw` is the platform's own JSON."""

    kind = "unknown"
    type: str
    raw: str = ""
    reason: str = ""

    @property
    def text(self) -> str:
        return f"[{self.type}]"


def is_echo(sent: Content, seen: Content) -> bool:
    """Whether a platform may show like this what it was given to send: the same words, with a file of the same type."""
    return _gist(sent) == _gist(seen)


def _gist(content: Content) -> tuple[object, ...]:
    match content:
        case Location():
            return round(content.latitude, 5), round(content.longitude, 5)
        case Interactive():
            return None, content.spelled_out.strip()
        case Reaction():
            return content.target, content.emoji
        case _:
            return content.file and content.file.type, content.text.strip()


def edited(before: Content, after: Content) -> Content:
    """What an edit leaves of a message: only words change, a file stays the one that was sent."""
    return evolve(before, caption=after.text) if isinstance(before, Media) else after


KINDS: Mapping[str, type[Content]] = {
    cls.kind: cls for cls in (Text, Media, Location, Contacts, Reply, Interactive, Template, Reaction, Order, Unknown)
}


def content_record(content: Content) -> dict[str, object]:
    """The content as plain data, which `content_from_record` reads back to an equal one."""
    record: dict[str, object] = {"kind": content.kind}
    if isinstance(content, Text):
        record["body"] = content.body
        return record
    return record | asdict(content)


def content_from_record(record: Mapping[str, object]) -> Content:
    """Read plain data back. Raises UnreadableContent for a record that no version of us wrote."""
    fields = {name: value for name, value in record.items() if name != "kind"}
    try:
        if record["kind"] == "media":
            fields["media"] = MediaFile(**fields["media"])  # type: ignore[arg-type]  # plain data, checked by attrs
        if record["kind"] == "contacts":
            fields["cards"] = tuple(ContactCard(**card) for card in fields["cards"])  # type: ignore[attr-defined]
        if record["kind"] == "interactive":
            fields["choices"] = tuple(Choice(**choice) for choice in fields["choices"])  # type: ignore[attr-defined]
        return KINDS[str(record["kind"])](**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise UnreadableContent(kind=str(record.get("kind"))) from error
