"""What may be said besides text, files and templates: places, contacts, choices, and reactions."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.integration.content import Choice, ContactCard, Contacts, Content, Interactive, Location, Reaction
from jaboti_entrypoints.rest.wire import Given

BUTTONS = 3
"""So many choices are buttons, whose titles are shorter than those of a list's rows."""
BODY_LIMIT = 1024
"""Characters of the text above choices."""
BUTTON_TITLE, ROW_TITLE = 20, 24


class LocationGiven(Given):
    """A place: degrees, WGS 84."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    label: Annotated[str, Field(max_length=200)] = ""
    address: Annotated[str, Field(max_length=500)] = ""

    def as_content(self) -> Content:
        """In the words of the domain."""
        return Location(latitude=self.latitude, longitude=self.longitude, label=self.label, address=self.address)


Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()-]{4,24}$")]

Email = Annotated[str, Field(min_length=3, max_length=254)]


class CardGiven(Given):
    """A contact to share."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    phones: Annotated[list[Phone], Field(min_length=1, max_length=5)]
    emails: Annotated[list[Email], Field(default_factory=list, max_length=5)]
    organization: Annotated[str, Field(max_length=200)] = ""


Cards = Annotated[list[CardGiven], Field(min_length=1, max_length=10)]


def contacts_of(cards: list[CardGiven]) -> Content:
    """In the words of the domain."""
    return Contacts(
        cards=[
            ContactCard(name=card.name, phones=card.phones, emails=card.emails, organization=card.organization)
            for card in cards
        ]
    )


class ChoiceGiven(Given):
    """A button, or a row of a list; `description` is shown in lists only."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    title: Annotated[str, Field(min_length=1, max_length=ROW_TITLE)]
    description: Annotated[str, Field(max_length=72)] = ""


class ChoicesGiven(Given):
    """Up to three choices are shown as buttons, more as a list behind `button`; EvolutionAPI has them by number."""

    choices: Annotated[list[ChoiceGiven], Field(min_length=1, max_length=10)]
    button: Annotated[str, Field(max_length=20)] = ""
    header: Annotated[str, Field(max_length=60)] = ""
    footer: Annotated[str, Field(max_length=60)] = ""

    @field_validator("choices")
    @classmethod
    def _apart(cls, choices: list[ChoiceGiven]) -> list[ChoiceGiven]:
        if len({each.id for each in choices}) < len(choices) or len({each.title for each in choices}) < len(choices):
            raise PydanticCustomError("repeated", "two are alike")
        if len(choices) <= BUTTONS and any(len(each.title) > BUTTON_TITLE for each in choices):
            raise PydanticCustomError("too_long", "a button's title", {"limit": f"{BUTTON_TITLE} (title)"})
        return choices

    def as_content(self, body: str) -> Content:
        """In the words of the domain."""
        choices = [Choice(id=each.id, title=each.title, description=each.description) for each in self.choices]
        return Interactive(body=body, choices=choices, button=self.button, header=self.header, footer=self.footer)


Emoji = Annotated[str, Field(max_length=32)]


def reaction_of(emoji: str) -> Content:
    """In the words of the domain; which message it is on is for the chat to say."""
    return Reaction(target="", emoji=emoji)


def alone(value: object, info: ValidationInfo, *others: str) -> None:
    """Refuse it beside any of the others."""
    given = [name for name in others if info.data.get(name)]
    if value is not None and given:
        raise PydanticCustomError("exactly_one", "both", {"limit": ", ".join((*given, str(info.field_name)))})
