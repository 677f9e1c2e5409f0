"""/integrations/dead-letters."""

import json

from jaboti_adapters.contracts.dead_letters import died
from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.integration.use_cases.intake import dead_letter
from jaboti_domain.kernel.ids import new_id
from tests.unit.rest.office import Desk, Office

PATH = "/integrations/dead-letters"
GOOD = json.dumps({"id": "a", "from": "5541988887777", "text": "Oi"}).encode()


async def a_letter(office: Office, raw: bytes = GOOD) -> str:
    entry = await died(office.scene, raw)
    return str(letter_id(office.scene.company_id, entry.id))


async def test_an_admin_sees_what_could_not_be_processed(office: Office, alda: Desk) -> None:
    one = await a_letter(office, b"\xff{")
    (letter,) = (await alda.get(PATH)).json()["items"]
    assert (letter["id"], letter["raw"], letter["reason"]) == (one, "\ufffd{", "ValueError: no")


async def test_what_is_replayed_is_processed(office: Office, alda: Desk) -> None:
    one = await a_letter(office)
    replayed = await alda.post(f"{PATH}/{one}/replay")
    assert (replayed.status_code, replayed.json()) == (200, {"id": one, "outcome": "PENDING", "items": 1})
    await office.application.drain_journal(office.scene.company_id)
    assert len((await alda.get("/chats")).json()["items"]) == 1


async def test_what_is_not_dead_is_not_replayed_again(office: Office, alda: Desk) -> None:
    one = await a_letter(office)
    await alda.post(f"{PATH}/{one}/replay")
    again = await alda.post(f"{PATH}/{one}/replay")
    assert (again.status_code, again.json()["code"]) == (409, "dead_letter.not_dead")


async def test_a_body_that_can_be_split_by_now_is(office: Office, alda: Desk) -> None:
    body = b"[%b, %b]" % (GOOD, GOOD.replace(b'"a"', b'"b"'))
    arrival = dead_letter(body, office.scene.integration, reason="an earlier version could not read it")
    await office.scene.backend.journal.append([arrival])
    (letter,) = (await alda.get(PATH)).json()["items"]
    replayed = await alda.post(f"{PATH}/{letter['id']}/replay")
    assert replayed.json() == {"id": letter["id"], "outcome": "APPLIED", "items": 2}
    await office.application.drain_journal(office.scene.company_id)
    (chat,) = (await alda.get("/chats")).json()["items"]
    assert chat["unreadCount"] == 2
    assert (await alda.post(f"{PATH}/{letter['id']}/replay")).status_code == 409


async def test_a_body_that_can_not_be_split_still_stays_dead(office: Office, alda: Desk) -> None:
    own = office.scene.integration
    accept = office.application.accept_webhook
    await accept(integration_id=own.id, headers={}, body=b'{"not": "a list of items"}')
    (letter,) = (await alda.get(PATH)).json()["items"]
    refused = await alda.post(f"{PATH}/{letter['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (422, "webhook.unreadable")
    assert len((await alda.get(PATH)).json()["items"]) == 1


async def test_who_replayed_what_is_in_the_audit_log(office: Office, alda: Desk) -> None:
    one = await a_letter(office)
    await alda.post(f"{PATH}/{one}/replay")
    (entry,) = (await alda.get("/audit")).json()["items"]
    assert (entry["action"], entry["subject"]["id"]) == ("dead_letter.replayed", one)
    assert entry["after"] == {"outcome": "PENDING", "items": 1}
    assert entry["before"] == {"integrationId": str(office.scene.integration.id)}, "nothing of what it says"


async def test_a_foreign_an_absent_and_a_made_up_one_look_the_same(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    foreign = letter_id(other.company_id, (await died(other, GOOD)).id)
    absent = letter_id(office.scene.company_id, 10**9)
    answers = [
        await alda.post(f"{PATH}/{one}/replay", headers={"x-request-id": "s"}) for one in (foreign, absent, new_id())
    ]
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].status_code == 404


async def test_nobody_else_sees_or_replays(office: Office, ana: Desk, sofia: Desk) -> None:
    one = await a_letter(office)
    for desk in (ana, sofia):
        assert [(await desk.get(PATH)).status_code, (await desk.post(f"{PATH}/{one}/replay")).status_code] == [403, 403]
