"""Clients as CSV, in and out."""

from typing import Any

import pytest

from tests.unit.rest.office import Desk, Office

SHEET = """name;document;phone;email;plano
Zé;111.444.777-35;(41) 98765-4321;ze@example.com;ouro
=SOMA(A1);;+55 41 91234-5678;;-1
;;;;
Bia;;;bia@example.com;
"""


async def imported(desk: Desk, sheet: str | bytes, *, dry_run: bool = False, language: str = "pt-BR") -> Any:
    """What the import answers."""
    answer = await desk.http.post(
        f"/clients/import?dryRun={str(dry_run).lower()}",
        content=sheet.encode() if isinstance(sheet, str) else sheet,
        headers={"content-type": "text/csv", "accept-language": language, **desk.headers},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("rows", "created", "updated", "unchanged"))


async def test_the_same_sheet_twice_changes_nothing(office: Office, sofia: Desk) -> None:
    assert counts(await imported(sofia, SHEET)) == (3, 3, 0, 0)
    assert counts(await imported(sofia, "\ufeff" + SHEET)) == (3, 0, 0, 3)
    (found,) = (await sofia.get("/clients", search="soma")).json()["items"]
    assert (found["name"], found["attributes"]) == ("=SOMA(A1)", {"plano": "-1"})


async def test_a_dry_run_tells_what_would_be_and_changes_nothing(sofia: Desk) -> None:
    twice = SHEET + SHEET.partition("\n")[2]
    assert counts(await imported(sofia, twice, dry_run=True)) == (6, 3, 0, 3)
    assert len((await sofia.get("/clients")).json()["items"]) == 1
    assert counts(await imported(sofia, twice)) == (6, 3, 0, 3)


async def test_what_a_row_says_is_taken_and_what_it_leaves_out_stays(sofia: Desk) -> None:
    await imported(sofia, SHEET)
    report = await imported(sofia, "document,name,cidade\n11144477735,José,Curitiba\n")
    assert counts(report) == (1, 0, 1, 0)
    (found,) = (await sofia.get("/clients", search="jose")).json()["items"]
    assert (found["email"], found["attributes"]) == ("ze@example.com", {"plano": "ouro", "cidade": "Curitiba"})


async def test_rows_that_can_not_be_are_told_and_passed_over(sofia: Desk) -> None:
    await imported(sofia, SHEET)
    sheet = (
        "name,document,phone,email\nA,123,abc,x\n,,,y@example.com\nB,52998224725,41987654321,\nC,,,c@example.com,,\n"
    )
    report = await imported(sofia, sheet, language="en")
    assert counts(report) == (4, 0, 0, 0)
    assert [(error["line"], error["column"], error["code"]) for error in report["errors"]] == [
        (2, "document", "client.invalid_document"),
        (2, "phone", "client.invalid_phone"),
        (2, "email", "client.invalid_email"),
        (3, "name", "client.invalid_name"),
        (4, "phone", "client.exists"),
        (5, "", "client.invalid_sheet"),
    ]
    assert report["errors"][3]["message"] == "A name has 1 to 200 characters, on one line."


async def test_who_shares_an_address_is_not_taken_for_another(sofia: Desk) -> None:
    sheet = "name,phone,email\nA,41987654321,casa@example.com\nB,41912345678,casa@example.com\n"
    assert counts(await imported(sofia, sheet)) == (2, 2, 0, 0)
    assert counts(await imported(sofia, sheet)) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (b"", "client.invalid_sheet"),
        (b"\xff\xfe", "client.invalid_sheet"),
        (b"a,b\n1,2\n", "client.invalid_sheet"),
        (b"name,name\n1,2\n", "client.invalid_sheet"),
        (b"name,\n1,2\n", "client.invalid_sheet"),
        (b'name\n"x', "client.invalid_sheet"),
        (b"name\na\x00\n", "client.invalid_sheet"),
        (b"name\n" + b"x\n" * 20_001, "client.too_many_rows"),
    ],
)
async def test_what_is_no_sheet_is_refused(sofia: Desk, sheet: bytes, code: str) -> None:
    answer = await sofia.http.post(
        "/clients/import", content=sheet, headers={"content-type": "text/csv; charset=utf-8", **sofia.headers}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_another_type_and_too_much_are_refused(sofia: Desk) -> None:
    other = await sofia.post("/clients/import", {"name": "x"})
    large = await sofia.http.post(
        "/clients/import", content=b"x" * (8 * 2**20 + 1), headers={"content-type": "text/csv", **sofia.headers}
    )
    assert (other.status_code, large.status_code) == (415, 413)


async def test_what_goes_out_comes_in_again_unchanged(sofia: Desk) -> None:
    await imported(sofia, SHEET)
    answer = await sofia.get("/clients/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="clients.csv"'
    lines = answer.text.splitlines()
    assert lines[0] == "name,document,phone,email,plano"
    assert "'=SOMA(A1),,'+5541912345678,,'-1" in lines
    assert counts(await imported(sofia, answer.content)) == (4, 0, 0, 4)


async def test_supervisors_do_this_and_answer_for_it(ana: Desk, sofia: Desk, alda: Desk) -> None:
    assert (await ana.get("/clients/export")).status_code == 403
    await imported(sofia, SHEET, dry_run=True)
    await imported(sofia, SHEET)
    await sofia.get("/clients/export")
    entries = (await alda.get("/audit")).json()["items"]
    assert [entry["action"] for entry in entries] == ["clients.exported", "clients.imported"]
    assert entries[1]["after"] == {"rows": 3}
