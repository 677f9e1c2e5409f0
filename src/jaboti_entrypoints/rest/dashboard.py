"""/dashboard: figures, and how each user arranges them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from pydantic import Field, JsonValue

from jaboti_domain.dashboard.model import MOST_WIDGETS, Layout, Widget, WidgetType
from jaboti_domain.dashboard.queries import Open, Share
from jaboti_domain.dashboard.tally import NOTHING, Tally
from jaboti_domain.dashboard.use_cases import Figures
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import DepartmentId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.money import MoneyShown, money_shown
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import LARGEST, Given, Id, Query, QueryDay, Shown

FURTHEST = 999
"""On the grid, in either direction."""

Place = Annotated[int, Field(ge=0, le=FURTHEST)]
Size = Annotated[int, Field(ge=1, le=FURTHEST)]

_encode = msgspec.json.Encoder().encode


class MetricsQuery(Query):
    """Which figures. Without days those of the week that ends today, at most 400 days."""

    since: QueryDay | None = Field(
        None,
        alias="from",
        description="The first day, in the company's time zone. A time (RFC 3339) stands for the day that it falls on.",
    )
    until: QueryDay | None = Field(
        None, alias="to", description="The last day. A time stands for the last day that begins before it."
    )
    department_id: Id | None = Field(None, description="Only what is in this department.")


class OpenShown(Shown):
    """How many chats are open now."""

    bot: int
    pending: int
    active: int


class Averages(Shown):
    """Of waits that ended with an attendant taking the chat, and of chats that ended; null where there were none."""

    average_wait_seconds: float | None
    average_duration_seconds: float | None


class Counts(Averages):
    """Chats that began and that ended."""

    chats: int
    ended: int


class DayShown(Counts):
    """What counted on a day."""

    date: date


class HourShown(Counts):
    """What counted in an hour of the day, over all days."""

    hour: Annotated[int, Field(ge=0, le=23)]


class ShareShown(Counts):
    """The part of a department or an attendant: chats count where they are now, or were when they ended.

    `taken` says how often a chat was taken out of the queue.
    """

    id: Id | None
    name: str | None
    taken: int
    open: OpenShown


class SeriesShown(Shown):
    """Every day from the first to the last, and the 24 hours of the day."""

    day: list[DayShown]
    hour: list[HourShown]


class MetricsShown(Averages):
    """Figures of the days `from` to `to`; what is open, today's chats and the cost of 24 hours are of this moment."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    time_zone: str
    chats_today: int
    cloud_api_cost: MoneyShown = Field(alias="cloudApiCost24h")
    open: OpenShown
    business_hours: Averages = Field(description="The same averages, counting only seconds within business hours.")
    by_department: list[ShareShown]
    by_attendant: list[ShareShown]
    series: SeriesShown


class WidgetGiven(Given):
    """A widget, its place on the grid and its size."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    type: WidgetType
    x: Place
    y: Place
    w: Size
    h: Size
    settings: dict[str, JsonValue] = Field(default_factory=dict, description="What they mean, the screen knows.")


class LayoutGiven(Given):
    """All widgets: at most 64 KiB of them. `version` may say which version they replace, as If-Match does."""

    widgets: Annotated[list[WidgetGiven], Field(max_length=MOST_WIDGETS)]
    version: Annotated[int, Field(ge=0, le=LARGEST)] | None = None


class WidgetShown(Shown):
    """A widget, its place on the grid and its size."""

    id: str
    type: WidgetType
    x: int
    y: int
    w: int
    h: int
    settings: dict[str, JsonValue]


class LayoutShown(Shown):
    """The caller's own; version 0 is what everyone begins with."""

    widgets: list[WidgetShown]
    version: int


async def dashboard_metrics(call: Call[MetricsQuery]) -> Answer:
    """GET /dashboard/metrics"""
    given = call.given
    figures = await call.application.read_metrics(
        call.actor,
        since=given.since,
        until=given.until,
        department_id=DepartmentId(given.department_id) if given.department_id else None,
    )
    return Answer(_encode(_metrics(figures)))


async def dashboard_layout(call: Call[None]) -> Answer:
    """GET /dashboard/layout"""
    return _layout(await call.application.dashboard_reads.layout(call.actor.company_id, call.actor.user_id))


async def arrange_dashboard(call: Call[LayoutGiven]) -> Answer:
    """PUT /dashboard/layout"""
    widgets = [
        Widget(id=it.id, type=it.type, x=it.x, y=it.y, w=it.w, h=it.h, settings=it.settings)
        for it in call.given.widgets
    ]
    return _layout(await call.application.arrange_dashboard(call.actor, widgets=widgets, versions=_versions(call)))


ROUTES = (
    Route(
        method="GET",
        path="/dashboard/metrics",
        endpoint=dashboard_metrics,
        access=Operation.READ_DASHBOARD,
        request=MetricsQuery,
        answers={200: MetricsShown},
        tag="dashboard",
        summary="Figures of the company's days",
        description="Supervisors see the figures of the whole company. An operator sees those of the departments that "
        "they serve, of their own chats wherever they are, and of the chats that are nobody's yet; and of the "
        "attendants, only their own. The cost is always the company's. Every chat counts in one place, so that days, "
        "hours and departments add up to the whole: as begun when it was opened, as ended when it ended last. A wait "
        "is the time in queues until an attendant took the chat, each time that it was queued; a duration is the time "
        "that a chat was open.",
    ),
    Route(
        method="GET",
        path="/dashboard/layout",
        endpoint=dashboard_layout,
        access=Operation.READ_DASHBOARD,
        answers={200: LayoutShown},
        answer_headers=("ETag",),
        tag="dashboard",
        summary="How the caller arranged their dashboard in this company",
    ),
    Route(
        method="PUT",
        path="/dashboard/layout",
        endpoint=arrange_dashboard,
        access=Operation.ARRANGE_DASHBOARD,
        request=LayoutGiven,
        answers={200: LayoutShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="dashboard",
        summary="Arrange it otherwise",
        description="The widgets that are given replace all others.",
    ),
)


def _layout(layout: Layout) -> Answer:
    document = {"widgets": [widget.document for widget in layout.widgets], "version": layout.version}
    return Answer(_encode(document), headers=(headers.etag(layout.version),))


def _versions(call: Call[LayoutGiven]) -> frozenset[int] | None:
    """What If-Match and the body agree on."""
    asked, given = headers.expected_versions(call.scope), call.given.version
    if given is None:
        return asked
    return frozenset({given}) if asked is None else asked & {given}


def _metrics(figures: Figures) -> Mapping[str, object]:
    found, days = figures.metrics, figures.days
    total = found.total
    return {
        "from": days.first,
        "to": days.last,
        "timeZone": figures.time_zone,
        **_averages(total),
        "chatsToday": found.today.chats,
        "cloudApiCost24h": money_shown(figures.cost),
        "open": _open(found.open),
        "businessHours": {
            "averageWaitSeconds": total.average_business_wait,
            "averageDurationSeconds": total.average_business_duration,
        },
        "byDepartment": [_share(share) for share in found.departments],
        "byAttendant": [_share(share) for share in found.attendants],
        "series": {
            "day": [{"date": day, **_counts(found.days.get(day, NOTHING))} for day in days],
            "hour": [{"hour": hour, **_counts(found.hours.get(hour, NOTHING))} for hour in range(24)],
        },
    }


def _share(share: Share) -> Mapping[str, object]:
    return {
        "id": share.id,
        "name": share.name,
        **_counts(share.tally),
        "taken": share.tally.waits,
        "open": _open(share.open),
    }


def _counts(tally: Tally) -> Mapping[str, object]:
    return {"chats": tally.chats, "ended": tally.ended, **_averages(tally)}


def _averages(tally: Tally) -> Mapping[str, object]:
    return {"averageWaitSeconds": tally.average_wait, "averageDurationSeconds": tally.average_duration}


def _open(many: Open) -> Mapping[str, int]:
    return {"bot": many.bot, "pending": many.pending, "active": many.active}
