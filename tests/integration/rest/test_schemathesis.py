"""Whatever the document allows, and much that it does not: never a crash, never an answer that it does not tell."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import schemathesis
from attrs import define, field
from hypothesis import HealthCheck, Phase, settings

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from tests.integration.postgres.on_postgres import postgres_backend
from tests.integration.rest.asking import Asking, Case
from tests.integration.rest.conftest import Live, serving
from tests.integration.rest.stages import Who
from tests.unit.rest.document import document
from tests.unit.rest.office import Office, open_office

CASES = int(os.environ.get("FUZZ_CASES", "0"))
"""So many by hand (`make fuzz`): over PostgreSQL, by another seed each time. Else a few in memory, always the same."""
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [f"{method.upper()} {path}" for path, of_path in document()["paths"].items() for method in METHODS
              if method in of_path]  # fmt: skip

schema = schemathesis.openapi.from_dict(document())


@define(eq=False)
class Account:
    """How all was answered."""

    answers: Counter[tuple[Who, int]] = field(factory=Counter)
    succeeded: set[str] = field(factory=set)

    def __str__(self) -> str:
        told = [f"{who or 'nobody'} {status}: {n}" for (who, status), n in sorted(self.answers.items(), key=str)]
        never = sorted(set(OPERATIONS) - self.succeeded)
        return (
            f"\n{self.answers.total()} cases of {len(OPERATIONS)} operations, {len(self.succeeded)} succeeded in"
            f"\nanswers: {', '.join(told)}\nnever succeeded in: {', '.join(never) or 'none'}"
        )


@asynccontextmanager
async def _over_postgres(server: EmbeddedPostgres) -> AsyncIterator[Office]:
    async with Database.open(server.app_url) as database:
        yield await open_office(postgres_backend(database))


@pytest.fixture(scope="module")
def asked(request: pytest.FixtureRequest) -> Iterator[Live]:
    """The server that is asked."""
    if not CASES:
        yield request.getfixturevalue("live")
        return
    with serving(_over_postgres(request.getfixturevalue("postgres"))) as live:
        yield live


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    account = Account()
    yield account
    print(account)


@pytest.fixture
def asking(asked: Live, account: Account, request: pytest.FixtureRequest) -> Iterator[Asking]:
    """For one operation."""
    operation = request.node.name.partition("[")[2].rstrip("]")
    asking = Asking(asked)
    with asking.http:
        yield asking
    account.answers += asking.answers
    account.succeeded |= {operation} if asking.succeeded else set()


@schema.parametrize()
@settings(
    max_examples=-(-CASES // len(OPERATIONS)) or 5,
    deadline=None,
    derandomize=not CASES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_document_is_kept(case: Case, asking: Asking) -> None:
    asking.send(case)
