"""Whatever the document allows, and much that it does not: never a crash, never an answer that it does not tell."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.rest.conftest import Live
from tests.unit.rest.document import document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def chat_id(live: Live) -> str:
    """Sofia's chat."""
    return str(live.chat().id)


@pytest.fixture(scope="module")
def token(live: Live) -> str:
    """Sofia's token."""
    return live.token()


# Signing out would end the token that all of them share.
schema = schemathesis.openapi.from_dict(document()).exclude(path="/auth/logout")


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_document_is_kept(case: schemathesis.Case[Any], live: Live, chat_id: str, token: str) -> None:
    if "chatId" in case.path_parameters:
        case.path_parameters["chatId"] = chat_id
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{live.port}", checks=CHECKS, headers={"Authorization": f"Bearer {token}"}
    )
