"""Facts about integrations."""

from attrs import frozen

from jaboti_domain.kernel.events import Event
from jaboti_domain.kernel.ids import IntegrationId


@frozen(kw_only=True)
class IntegrationChanged(Event):
    """An integration was made, edited, or changed its state."""

    name = "integration.changed"

    integration_id: IntegrationId
    title: str
    platform: str
    status: str
    trouble: str | None


@frozen(kw_only=True)
class BudgetWarned(Event):
    """What was spent in a month came to a part of the budget."""

    name = "budget.warned"

    percent: int
    month: str
    """`YYYY-MM`, of the company's calendar."""
    budget: str
    spent: str
    currency: str
