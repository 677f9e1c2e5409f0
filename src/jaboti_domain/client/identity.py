"""The names by which channels know a client."""

import re
from enum import StrEnum
from typing import Self

from attrs import frozen

from jaboti_domain.client.phone import line_key, region_of, with_ninth_digit

CLOUD_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE = re.compile(r"[0-9]{1,32}")


class IdentityKind(StrEnum):
    """Which kind of name."""

    PHONE = "PHONE"
    CLOUD_USER = "CLOUD_USER"
    LID = "LID"


@frozen(kw_only=True)
class ChannelIdentity:
    """One name. Two clients of a company never share (kind, key); `address` is what a channel is told to send to."""

    kind: IdentityKind
    key: str
    address: str

    @classmethod
    def of_phone(cls, digits: str) -> Self:
        """A number as a channel wrote it (`wa_id`): kept as the address, since that is where answers go."""
        return cls(kind=IdentityKind.PHONE, key=line_key(digits), address=digits)

    @classmethod
    def of_cloud_user(cls, user_id: str) -> Self:
        """CloudAPI's business-scoped user id."""
        return cls(kind=IdentityKind.CLOUD_USER, key=user_id, address=user_id)

    @classmethod
    def of_lid(cls, lid: str) -> Self:
        """EvolutionAPI's hidden id."""
        return cls(kind=IdentityKind.LID, key=lid, address=lid)


def identities_of(*, phone: str | None, cloud_user_id: str | None, lid: str | None) -> tuple[ChannelIdentity, ...]:
    """The names in which a channel's peer is known, strongest first. A user id in the phone's place is understood."""
    found = []
    if phone is not None and _PHONE.fullmatch(phone):
        found.append(ChannelIdentity.of_phone(phone))
    elif phone is not None and cloud_user_id is None and CLOUD_USER_ID.fullmatch(phone):
        cloud_user_id = phone
    if cloud_user_id is not None and CLOUD_USER_ID.fullmatch(cloud_user_id):
        found.append(ChannelIdentity.of_cloud_user(cloud_user_id))
    if lid is not None and lid:
        found.append(ChannelIdentity.of_lid(lid))
    return tuple(found)


def country_of(*, phone: str | None, cloud_user_id: str | None) -> str | None:
    """The country (ISO 3166) that a peer's names tell; None when they don't."""
    if phone is not None and _PHONE.fullmatch(phone):
        return region_of(phone)
    return cloud_user_id[:2] if cloud_user_id is not None and CLOUD_USER_ID.fullmatch(cloud_user_id) else None


def address_for_new(phone: str) -> str:
    """Where to send when no channel has told us its own spelling: Brazilian mobiles with the ninth digit."""
    return with_ninth_digit(phone)
