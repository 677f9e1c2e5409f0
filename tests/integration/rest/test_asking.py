"""What the cases are there for is found: a crash, and an answer that the document does not tell."""

import copy
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from schemathesis.core.failures import FailureGroup

from jaboti_entrypoints.rest import auth
from tests.integration.rest.asking import TURNS, Asking, Case
from tests.integration.rest.conftest import Live
from tests.unit.rest.document import document

PATH = "/clients/{clientId}"


def a_case(document: dict[str, Any], client_id: str = "x") -> Case:
    """Somebody's client."""
    schema = schemathesis.openapi.from_dict(document)
    return schema[PATH]["GET"].Case(path_parameters={"clientId": client_id})


def test_a_case_is_asked_as_everybody_in_turn(live: Live) -> None:
    asking = Asking(live)
    for _ in TURNS:
        asking.send(a_case(document()))
    assert {status for _, status in asking.answers} == {200, 401}
    assert {who for who, _ in asking.answers} == set(TURNS)


def test_an_answer_that_is_not_told_is_found(live: Live) -> None:
    silent = copy.deepcopy(document())
    del silent["paths"][PATH]["get"]["responses"]["401"]
    with pytest.raises(FailureGroup, match="Undocumented"):
        Asking(live).send(a_case(silent))


def test_a_crash_is_found(live: Live) -> None:
    asking = Asking(live)
    asking.send(a_case(document()))
    with patch.object(auth, "bearer_token", side_effect=ZeroDivisionError), pytest.raises(FailureGroup, match="Server"):
        asking.send(a_case(document()))
