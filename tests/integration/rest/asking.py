"""Cases made from the document, sent as everybody; and an account of how they were answered."""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import requests
import schemathesis
from attrs import define, field
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jaboti_domain.kernel.actor import Role
from tests.integration.rest.conftest import Live
from tests.integration.rest.stages import Stage, Who, set_stage

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TURNS: Sequence[Who] = (None, Role.OPERATOR, Role.ADMIN, Role.SUPERVISOR, Role.ADMIN)
"""Administrators more often, for others are often refused before what they send is looked at."""
CASES_ON_A_STAGE = 8
"""What is deleted, ended or merged is gone; so everything is set up anew soon."""
PLAUSIBLE_EVERY = 3
"""One in so many cases says what a client would, where that is known: in the end by everybody."""
Case = schemathesis.Case[Any]


@define(eq=False, repr=False)
class Asking:
    """Sends the cases of one operation, and holds each answer against the document; everybody has their turn."""

    live: Live
    http: requests.Session = field(factory=requests.Session)
    answers: Counter[tuple[Who, int]] = field(factory=Counter)
    _stage: Stage | None = field(default=None, init=False)

    @property
    def succeeded(self) -> bool:
        """Whether anybody was given what they asked for."""
        return any(200 <= status < 300 for _, status in self.answers)

    @property
    def cases(self) -> int:
        """How many were answered."""
        return self.answers.total()

    def send(self, case: Case) -> None:
        """Raises what schemathesis has to say against the answer."""
        stage, who = self._current_stage(), TURNS[self.cases % len(TURNS)]
        operation = f"{case.operation.method.upper()} {case.operation.path}"
        _name_what_there_is(case, stage.ids_for(operation, who))
        if self.cases % PLAUSIBLE_EVERY == PLAUSIBLE_EVERY - 1:
            _say_what_is_plausible(case, stage.body_for(operation, who))
        address = f"http://127.0.0.1:{self.live.port}"
        answer = case.call_and_validate(
            base_url=address, session=self.http, checks=CHECKS, headers=dict(stage.headers[who])
        )
        self.answers[who, answer.status_code] += 1

    def _current_stage(self) -> Stage:
        if self._stage is None or self.cases % CASES_ON_A_STAGE == 0:
            self._stage = self.live.wait_for(set_stage(self.live.office))
        return self._stage


def _name_what_there_is(case: Case, known: Mapping[str, str]) -> None:
    """Mostly: now and then, by what else is in the case, ids and words stay as they were made up."""
    words = [dict(place) for place in (case.query, case.body) if isinstance(place, dict)]
    made_up = zlib.crc32(repr(words).encode("utf-8", "surrogatepass"))
    for n, place in enumerate((case.path_parameters, case.query, case.body)):
        if isinstance(place, dict) and (made_up >> 3 * n) % 8:
            place.update({name: known[name] for name in place.keys() & known.keys()})


def _say_what_is_plausible(case: Case, body: Any) -> None:
    case.headers.pop("If-Match", None)
    if body is not None:
        case.body = body
