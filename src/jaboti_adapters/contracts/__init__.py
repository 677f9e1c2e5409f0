"""What every adapter must do, as suites to subclass: override the fixture `backend`, inherit the tests.

A suite makes a company of its own for each test, so it may run on a store that others use. The tests are coroutines:
pytest-asyncio runs them, in its auto mode. `lockstep` drives two backends with the same operations and asserts that
nobody could tell them apart.
"""

import sys

_SUITES = (
    "audit",
    "calls",
    "chat_documents",
    "chat_lists",
    "chats",
    "client_lists",
    "clients",
    "commands",
    "company",
    "costs",
    "dead_letters",
    "company_reads",
    "destinations",
    "dashboard",
    "identity",
    "integrations",
    "journal",
    "layouts",
    "lockstep",
    "media",
    "media_files",
    "merges",
    "messages",
    "notes",
    "notifier",
    "outbound",
    "presence",
    "scene",
    "stories",
    "streams",
    "suite",
    "tandem",
    "tandem_machine",
    "units",
)

if (pytest := sys.modules.get("pytest")) is not None:
    pytest.register_assert_rewrite(*(f"{__name__}.{suite}" for suite in _SUITES))
