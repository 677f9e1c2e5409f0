"""No bad input that is promised to do no harm does any: no crash, nothing changed, and the next one is served."""

import re
from pathlib import Path

import pytest

from tests.unit.rest.bad_inputs import HELD, SENT, Sent
from tests.unit.rest.office import Desk, Office

TESTS = Path(__file__).parents[2]
PROMISES = TESTS.parents[1] / "shared" / "GUARANTEES.md"
ROWS = [(name, each) for name, all_of_it in SENT.items() for each in all_of_it]


def without(text: str, names: list[str]) -> str:
    """What of the list is left when these are struck out."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ", 1)
    return re.sub(r"\band\b|[\s,;·.]+", "", text)


@pytest.mark.parametrize(("name", "sent"), ROWS, ids=[f"{n}-{name[:30]}" for n, (name, _) in enumerate(ROWS)])
async def test_what_is_sent_is_answered_and_loses_nothing(office: Office, alda: Desk, name: str, sent: Sent) -> None:
    before = await office.scene.recorded()
    answer = await alda.send(sent.method, sent.path, sent.body)
    told = answer.json()
    assert (answer.status_code, told.get("code")) == (sent.status, sent.code), told
    if sent.status == 201:
        assert told["name"] == sent.body["name"], "what a person is called is theirs to say, and is only text"
    else:
        assert sent.code or told["items"] == []
        assert await office.scene.recorded() == before
    assert (await alda.get("/auth/me")).status_code == 200


@pytest.mark.parametrize("held", sorted({each for all_of_it in HELD.values() for each in all_of_it}))
def test_what_another_test_holds_is_held_by_one_that_there_is(held: str) -> None:
    path, _, test = held.partition("::")
    assert re.search(rf"^(async )?def {test}\(", (TESTS / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_nothing_stands_in_the_list_twice() -> None:
    assert not SENT.keys() & HELD.keys()


def test_every_promise_is_in_the_list() -> None:
    if not PROMISES.exists():
        print("no promises beside the repository: the list was not compared with them")
        return
    promised = PROMISES.read_text(encoding="utf-8").split("\n## 8.")[1].split("\n## ")[0].partition("\n")[2]
    flat = " ".join(promised.split())
    assert without(flat, [*SENT, *HELD]) == ""
