"""What messages cost."""

from sqlalchemy import CTE, Subquery, select
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.statements import COMPANY, Given, Row
from jaboti_adapters.postgres.tables import chat, usage
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.integration.costs import Charge
from jaboti_domain.integration.ports.stores import UsageRepository

CHARGES = Given("usage", *(c for c in usage.c if c.name not in ("company_id", "department_id")))


def counting(charges: Subquery) -> CTE:
    """Keeps charges with the department of their chat; those that are kept already stay as they are."""
    of_chat = (chat.c.company_id == COMPANY) & (chat.c.id == charges.c.chat_id)
    values = select(COMPANY, *charges.c, chat.c.department_id).select_from(charges.outerjoin(chat, of_chat))
    adding = insert(usage).from_select(["company_id", *charges.c.keys(), "department_id"], values)
    return adding.on_conflict_do_nothing().returning(usage.c.provider_id).cte("counted")


def charge_row(charge: Charge) -> Row:
    """What `counting` takes of a charge."""
    return (
        charge.integration_id,
        charge.provider_id,
        charge.message_id,
        charge.chat_id,
        charge.attendant_id,
        charge.at,
        charge.price.category,
        showable(charge.price.kind),
        charge.country,
        charge.price.amount,
        charge.price.currency,
        charge.price.rated_from,
    )


class PostgresUsage(UsageRepository):
    """Charges as rows, written with all the rest."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def add(self, *charges: Charge) -> None:
        self._unit.charges.extend(charges)
