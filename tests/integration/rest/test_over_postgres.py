"""What is true over the store in memory is true over PostgreSQL."""

import pytest

from jaboti_adapters.postgres.engine import Database
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.rest.conftest import alda, ana, sofia  # noqa: F401  # fixtures
from tests.unit.rest.office import Office, open_office
from tests.unit.rest.test_attending import *  # noqa: F403  # every truth and its fixtures
from tests.unit.rest.test_chats import *  # noqa: F403
from tests.unit.rest.test_clients import *  # noqa: F403
from tests.unit.rest.test_companies import *  # noqa: F403
from tests.unit.rest.test_connections import *  # noqa: F403
from tests.unit.rest.test_costs import *  # noqa: F403
from tests.unit.rest.test_dashboard import *  # noqa: F403
from tests.unit.rest.test_dead_letters import *  # noqa: F403
from tests.unit.rest.test_departments import *  # noqa: F403
from tests.unit.rest.test_forgetting import *  # noqa: F403
from tests.unit.rest.test_integrations import *  # noqa: F403
from tests.unit.rest.test_messages import *  # noqa: F403
from tests.unit.rest.test_notes import *  # noqa: F403
from tests.unit.rest.test_queries import (  # noqa: F401  # those that get as far as the store
    test_a_forged_cursor_is_refused,
    test_a_search_is_only_text,
    test_another_companys_cursor_is_refused,
)
from tests.unit.rest.test_secrets import *  # noqa: F403
from tests.unit.rest.test_sessions import *  # noqa: F403
from tests.unit.rest.test_sheets import *  # noqa: F403
from tests.unit.rest.test_users import *  # noqa: F403


@pytest.fixture
async def office(database: Database) -> Office:
    """A company at work in PostgreSQL."""
    return await open_office(postgres_backend(database))
