"""Business hours on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from jaboti_domain.company.hours import MOST_HOLIDAYS, MOST_INTERVALS, BusinessHours
from jaboti_entrypoints.rest.wire import Given, Shown

_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_END = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class IntervalGiven(Given):
    """From a time of the day until just before another; `24:00` is the end of the day."""

    begin: Annotated[str, Field(alias="from", pattern=_TIME)]
    end: Annotated[str, Field(alias="to", pattern=_END)]


class BusinessHoursGiven(Given):
    """By the clock of the company's time zone. On weekdays that are not named, and on holidays, it is closed."""

    week: dict[_Weekday, Annotated[list[IntervalGiven], Field(max_length=MOST_INTERVALS)]] = Field(
        description="The hours of a day may touch, but not overlap."
    )
    holidays: list[Annotated[str, Field(pattern=_DATE)]] = Field(default_factory=list, max_length=MOST_HOLIDAYS)

    def as_hours(self) -> BusinessHours:
        """As the domain has them. Raises InvalidBusinessHours."""
        return BusinessHours.of_record(self.model_dump(by_alias=True))


class IntervalShown(Shown):
    """From a time of the day until just before another."""

    begin: str = Field(alias="from")
    end: str = Field(alias="to")


class WeekShown(Shown):
    """The hours of each weekday."""

    monday: list[IntervalShown]
    tuesday: list[IntervalShown]
    wednesday: list[IntervalShown]
    thursday: list[IntervalShown]
    friday: list[IntervalShown]
    saturday: list[IntervalShown]
    sunday: list[IntervalShown]


class BusinessHoursShown(Shown):
    """By the clock of the company's time zone."""

    week: WeekShown
    holidays: list[str]
