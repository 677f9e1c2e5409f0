"""What is known of a client: by what people say, and at one moment of the client's life."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self

from attrs import field, frozen

from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import (
    InvalidAttributes,
    InvalidClientName,
    InvalidContact,
    InvalidEmail,
    TooManyContacts,
)
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.phone import Phone
from jaboti_domain.kernel.emails import read_email

NAME_LENGTH, LABEL_LENGTH, VALUE_LENGTH = 200, 50, 200
MOST_CONTACTS, MOST_ATTRIBUTES = 20, 50
ATTRIBUTE_NAME, ATTRIBUTE_VALUE = 50, 500


class ContactKind(StrEnum):
    """What a further way to reach somebody is."""

    PHONE = "phone"
    EMAIL = "email"
    OTHER = "other"


@frozen
class Contact:
    """One more way to reach a client; unlike the client's own phone, others may have the same."""

    kind: ContactKind
    value: str
    label: str = ""

    @classmethod
    def of(cls, kind: ContactKind, value: str, label: str = "") -> Self:
        """Phones in E.164, e-mail addresses in lower case. Raises InvalidPhone, InvalidEmail, InvalidContact."""
        value, label = value.strip(), label.strip()
        if not 1 <= len(value) <= VALUE_LENGTH or len(label) > LABEL_LENGTH:
            raise InvalidContact()
        match kind:
            case ContactKind.PHONE:
                value = Phone.parse(value).e164
            case ContactKind.EMAIL:
                value = checked_email(value)
        return cls(kind, value, label)


@frozen(kw_only=True)
class Details:
    """What a person says of a client."""

    name: str
    phone: Phone | None = None
    document: Document | None = None
    email: str | None = None
    contacts: tuple[Contact, ...] = ()
    attributes: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Portrait:
    """A client at one moment: what is needed to make them that again."""

    details: Details
    identities: tuple[ChannelIdentity, ...]
    blocked_at: datetime | None


def checked_name(name: str) -> str:
    """The name without surrounding space. Raises InvalidClientName."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH or any(c in name for c in "\r\n\x00"):
        raise InvalidClientName()
    return name


def checked_email(text: str) -> str:
    """The address in the form in which it is compared. Raises InvalidEmail."""
    email = read_email(text)
    if email is None:
        raise InvalidEmail()
    return email


def checked_contacts(contacts: Collection[Contact]) -> tuple[Contact, ...]:
    """Each once. Raises TooManyContacts."""
    found = tuple(dict.fromkeys(contacts))
    if len(found) > MOST_CONTACTS:
        raise TooManyContacts(limit=MOST_CONTACTS)
    return found


def checked_attributes(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Without surrounding space. Raises InvalidAttributes."""
    found = {name.strip(): value.strip() for name, value in attributes.items()}
    short = all(1 <= len(name) <= ATTRIBUTE_NAME and len(value) <= ATTRIBUTE_VALUE for name, value in found.items())
    if len(found) > MOST_ATTRIBUTES or len(found) < len(attributes) or not short:
        raise InvalidAttributes()
    return found
