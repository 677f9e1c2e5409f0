"""Reads for screens: the store writes the JSON itself, in the shape given here.

client    {id, companyId, name, document: {kind, number, masked} | null, phone, email,
          contacts: [{kind, value, label}], attributes: {name: value}, identities: [{kind, address}], blocked,
          createdAt, updatedAt, version}
"""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from jaboti_domain.client.details import Details
from jaboti_domain.client.search import ANYWHERE, Field, Part, wanted
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


@frozen(kw_only=True)
class ClientFilter:
    """Which clients; every given condition holds. What is given is what a person typed."""

    search: str | None = None
    """In the name, document, phone, e-mail address or any contact."""
    name: str | None = None
    document: str | None = None
    phone: str | None = None
    email: str | None = None

    @property
    def parts(self) -> Sequence[Part] | None:
        """All that a client must have: nothing when nothing was given, None when something can't be found."""
        parts: dict[Part, None] = {}
        for text, fields in self._given():
            found = wanted(text, fields)
            if found is None:
                return None
            parts |= dict.fromkeys(found)
        return tuple(parts)

    @property
    def typed_name(self) -> str | None:
        """Names that begin with this come first."""
        return self.search if self.search is not None else self.name

    def _given(self) -> Sequence[tuple[str, frozenset[Field]]]:
        asked = (
            (self.search, ANYWHERE),
            (self.name, frozenset({Field.NAME})),
            (self.document, frozenset({Field.DOCUMENT})),
            (self.phone, frozenset({Field.PHONE})),
            (self.email, frozenset({Field.EMAIL})),
        )
        return [(text, fields) for text, fields in asked if text is not None]


class ClientReads(Protocol):
    """Reads of one company's clients. Those that were removed or merged into another are not there."""

    async def page(self, company_id: CompanyId, *, where: ClientFilter, after: Cursor | None, limit: int) -> JsonPage:
        """Clients: those whose name begins with what was typed, then the others; each by name (unaccented), then id.

        Raises InvalidCursor.
        """
        ...

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Json:
        """A client. Raises ClientNotFound."""
        ...

    async def attribute_names(self, company_id: CompanyId) -> Sequence[str]:
        """The names of all attributes that any client has, in order."""
        ...

    async def details_after(
        self, company_id: CompanyId, after: ClientId | None, *, limit: int
    ) -> Sequence[tuple[ClientId, Details]]:
        """What is known of the clients that follow this one, by id."""
        ...
