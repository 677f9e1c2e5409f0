"""The EvolutionAPI sandbox over real HTTP: its promises are what every other test of the channel stands on."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from jaboti_entrypoints.sandbox.evolutionapi import Version, Webhook, contents
from tests.integration.sandbox.evolution_shop import JID, MARINA, NAME, OWN, PATH, SECRET, EvolutionShop
from tests.integration.sandbox.wires import CUT, IMPATIENT

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINK = "https://shelf.example/x.png"


def words_of(answer: httpx.Response) -> tuple[int, Any]:
    """The HTTP status and the message of a refusal."""
    return answer.status_code, answer.json()["response"].get("message")


async def test_a_send_is_answered_told_of_and_followed_by_its_statuses(evolution: EvolutionShop) -> None:
    answer = await evolution.send()
    assert await evolution.settled()
    sent, (told,) = answer.json(), evolution.data("send.message")
    assert (answer.status_code, sent["status"], sent["key"]["fromMe"], sent["key"]["remoteJid"]) == (
        201,
        "PENDING",
        True,
        JID,
    )
    assert told == sent
    updates = [(each["keyId"], each["status"]) for each in evolution.data("messages.update")]
    assert sorted(updates) == [(sent["key"]["id"], status) for status in ("DELIVERY_ACK", "READ", "SERVER_ACK")]
    assert all(each["messageId"] != each["keyId"] for each in evolution.data("messages.update"))


async def test_webhooks_carry_the_configured_headers_and_a_time_that_is_not_what_it_says(
    evolution: EvolutionShop,
) -> None:
    name = evolution.hears()
    assert await evolution.settled()
    (body,) = evolution.events("messages.upsert")
    _, headers, _ = evolution.posts[0]
    assert headers["authorization"] == SECRET["authorization"]
    assert (body["instance"], body["sender"], body["apikey"]) == (NAME, f"{OWN}@s.whatsapp.net", None)
    assert body["data"]["key"]["id"] == name
    assert body["date_time"].endswith("Z")


async def test_a_secret_named_jwt_key_makes_a_token_and_is_not_sent(evolution: EvolutionShop) -> None:
    evolution.instance.webhook = Webhook(url=evolution.url, headers={"jwt_key": "hush"})
    evolution.hears()
    assert await evolution.settled()
    _, headers, _ = evolution.posts[0]
    assert headers["authorization"].count(".") == 2
    assert "jwt_key" not in headers


KEYS: list[tuple[Version, bool, dict[str, Any]]] = [
    (Version.V2_2_3, False, {"remoteJid": JID}),
    (Version.V2_3_0, False, {"remoteJid": "{lid}", "senderPn": JID}),
    (Version.V2_3_6, False, {"remoteJid": "{lid}", "remoteJidAlt": JID, "addressingMode": "lid", "participant": ""}),
    (Version.V2_3_7, False, {"remoteJid": JID, "remoteJidAlt": JID, "addressingMode": "lid", "participant": ""}),
    (Version.V2_2_3, True, {"remoteJid": "{lid}"}),
    (Version.V2_3_7, True, {"remoteJid": "{lid}", "addressingMode": "lid", "participant": ""}),
]


@pytest.mark.parametrize(("version", "alone", "expected"), KEYS, ids=[f"{k[0]} {k[1]}" for k in KEYS])
async def test_each_version_names_a_client_in_its_own_way(
    evolution: EvolutionShop, version: Version, alone: bool, expected: dict[str, Any]
) -> None:
    evolution.knobs.turn(version=version, lids=True, lid_only=alone)
    name = evolution.hears()
    assert await evolution.settled()
    lid = f"{MARINA.hidden().lid}@lid"
    (data,) = evolution.data("messages.upsert")
    named = {key: lid if value == "{lid}" else value for key, value in expected.items()}
    assert data["key"] == named | {"fromMe": False, "id": name}
    assert data["pushName"] == (None if alone else "Marina")


@pytest.mark.parametrize("version", list(Version))
async def test_bytes_long_numbers_and_names_are_written_as_the_version_does(
    evolution: EvolutionShop, version: Version
) -> None:
    evolution.knobs.turn(version=version)
    evolution.hears(contents.file("image", b"ab"))
    evolution.hears(contents.row_reply("2", "Conserto"))
    assert await evolution.settled()
    (image, row) = sorted(evolution.data("messages.upsert"), key=lambda data: str(data["messageType"]))
    file, reply = image["message"]["imageMessage"], row["message"]["listResponseMessage"]
    shapes = (type(file["fileSha256"]), file["fileLength"], reply["listType"])
    if version.writes_objects:
        assert shapes == (dict, {"low": 2, "high": 0, "unsigned": True}, 1)
    else:
        assert shapes == (str, "2", "SINGLE_SELECT")


@pytest.mark.parametrize(
    ("version", "statuses"),
    [
        (Version.V2_2_3, [None]),
        (Version.V2_3_0, [None]),
        (Version.V2_3_6, ["DELETED"]),
        (Version.V2_3_7, ["SERVER_ACK"]),
    ],
)
async def test_an_edit_comes_with_a_status_that_misleads(
    evolution: EvolutionShop, version: Version, statuses: list[str | None]
) -> None:
    evolution.knobs.turn(version=version)
    name = evolution.hears("Oii")
    evolution.sandbox.client_edits(NAME, name, "Oi")
    assert await evolution.settled()
    (edit,) = evolution.data("messages.edited")
    assert (edit["key"]["id"], edit["editedMessage"]) == (name, {"conversation": "Oi"})
    (update,) = evolution.data("messages.update")
    assert [update.get("status")] == statuses
    assert (update["keyId"] == name) is (version is Version.V2_3_7)


@pytest.mark.parametrize("version", list(Version))
async def test_some_versions_pass_over_a_repeated_id_for_five_minutes(
    evolution: EvolutionShop, version: Version
) -> None:
    evolution.knobs.turn(version=version)
    for at in (1781000000, 1781000299, 1781000301):
        evolution.hears("Oi", id="3A01", at=at)
    assert await evolution.settled()
    told = [data["messageTimestamp"] for data in evolution.data("messages.upsert")]
    passed_over = [1781000299] if version in (Version.V2_3_0, Version.V2_3_6) else []
    assert sorted(told) == [at for at in (1781000000, 1781000299, 1781000301) if at not in passed_over]


async def test_a_revocation_is_told_twice(evolution: EvolutionShop) -> None:
    name = evolution.hears()
    evolution.sandbox.client_revokes(NAME, name)
    assert await evolution.settled()
    (edited,), (deleted,) = evolution.data("messages.edited"), evolution.data("messages.delete")
    assert ("editedMessage" in edited, edited["key"]["id"], deleted["id"]) == (False, name, name)


async def test_what_is_typed_on_the_phone_is_ours(evolution: EvolutionShop) -> None:
    evolution.sandbox.phone_writes(NAME, MARINA, "Já vou")
    assert await evolution.settled()
    (data,) = evolution.data("messages.upsert")
    assert (data["key"]["fromMe"], data["status"], data["pushName"]) == (True, "SERVER_ACK", "Você")
    assert evolution.ledger.inbound == []


REFUSED: list[tuple[str, dict[str, Any], Any]] = [
    ("sendText", {"text": ""}, [['instance requires property "text"']]),
    ("sendText", {"textMessage": {"text": "Oi"}, "text": None}, [['instance requires property "text"']]),
    ("sendMedia", {"mediatype": "image"}, [['instance requires property "media"']]),
    ("sendMedia", {"mediatype": "image", "media": "http://localhost/x"}, ["Owned media must be a url or base64"]),
    ("sendMedia", {"mediatype": "image", "media": "http://minio:9000/x"}, ["Owned media must be a url or base64"]),
    ("sendMedia", {"mediatype": "image", "media": "data:x;base64,YQ=="}, ["Owned media must be a url or base64"]),
    (
        "sendMedia",
        {"mediatype": "document", "media": "YQ=="},
        ["For base64 the file name must be informed."],
    ),
    ("sendLocation", {"latitude": 1.0, "longitude": 1.0, "name": "x"}, [['instance requires property "address"']]),
    ("sendContact", {"contact": []}, [['instance requires property "contact"']]),
]


@pytest.mark.parametrize(("verb", "body", "message"), REFUSED, ids=[f"{r[0]} {r[2]}"[:60] for r in REFUSED])
async def test_what_the_server_refuses_is_refused_in_its_words(
    evolution: EvolutionShop, verb: str, body: dict[str, Any], message: Any
) -> None:
    answer = await evolution.send(verb, **body)
    assert words_of(answer) == (400, message)
    assert [each.code for each in evolution.ledger.refused] == [400]
    assert not evolution.ledger.sends


@pytest.mark.parametrize(
    ("number", "jid"),
    [
        ("+55 (41) 988887777", "554188887777@s.whatsapp.net"),
        ("5511988887777", "5511988887777@s.whatsapp.net"),
        ("5541968887777", "5541968887777@s.whatsapp.net"),
        ("90000000000001@lid", "90000000000001@lid"),
    ],
)
async def test_a_number_becomes_the_chat_that_the_server_takes_it_for(
    evolution: EvolutionShop, number: str, jid: str
) -> None:
    await evolution.send(number=number)
    (send,) = evolution.ledger.sends
    assert send.jid == jid


async def test_an_unknown_instance_is_said_before_anybody_is_asked_for_a_key(evolution: EvolutionShop) -> None:
    strange = await evolution.server.post("/message/sendText/nobody", json={}, headers={"apikey": ""})
    keyless = await evolution.server.post(f"/message/sendText/{PATH}", json={}, headers={"apikey": ""})
    wrong = await evolution.server.post(f"/message/sendTexto/{PATH}", json={})
    assert words_of(strange) == (404, ['The "nobody" instance does not exist'])
    assert words_of(keyless) == (401, "Unauthorized")
    assert wrong.status_code == 404


async def test_planned_failures_are_refused_in_turn_and_then_it_goes_on(evolution: EvolutionShop) -> None:
    evolution.knobs.fail_next(400, words="Error: Timed Out")
    evolution.knobs.fail_next(429, retry_after=2)
    evolution.knobs.fail_next(502)
    first, second, third, fourth = [await evolution.send() for _ in range(4)]
    assert words_of(first) == (400, ["Error: Timed Out"])
    assert (second.status_code, second.headers["retry-after"]) == (429, "2")
    assert (third.status_code, third.headers["content-type"].split(";")[0]) == (502, "text/html")
    assert fourth.status_code == 201


async def test_a_late_failure_is_accepted_first(evolution: EvolutionShop) -> None:
    evolution.knobs.fail_next(400, mode="async")
    assert (await evolution.send()).status_code == 201
    assert await evolution.settled()
    assert [update["status"] for update in evolution.data("messages.update")] == ["ERROR"]


async def test_a_send_whose_answer_never_comes_was_taken_all_the_same(evolution: EvolutionShop) -> None:
    evolution.knobs.hang_next()
    evolution.knobs.reset_next()
    with pytest.raises(httpx.ReadTimeout):
        await evolution.server.post(f"/message/sendText/{PATH}", json={"number": "1", "text": "a"}, timeout=IMPATIENT)
    with pytest.raises(CUT):
        await evolution.send()
    assert [send.fate for send in evolution.ledger.sends] == ["hung", "reset"]


async def test_a_delay_blocks_the_request(evolution: EvolutionShop) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await evolution.send(delay=60)
    assert loop.time() - begun >= 0.06


async def test_a_closed_session_takes_nothing(evolution: EvolutionShop) -> None:
    evolution.sandbox.drop(NAME, 401)
    assert words_of(await evolution.send()) == (400, ["Error: Connection Closed"])
    assert await evolution.settled()
    assert [each["state"] for each in evolution.data("connection.update")] == ["close"]
    assert [each["disconnectionReasonCode"] for each in evolution.data("status.instance")] == [401]


async def test_most_breaks_mend_themselves_without_a_word_of_having_been(evolution: EvolutionShop) -> None:
    evolution.sandbox.drop(NAME, 515)
    assert await evolution.settled()
    states = Counter(each["state"] for each in evolution.data("connection.update"))
    assert (states, evolution.instance.state) == ({"connecting": 1, "open": 1}, "open")


async def test_qr_codes_follow_one_another_until_a_phone_scans_one(evolution: EvolutionShop) -> None:
    evolution.sandbox.drop(NAME, 401)
    evolution.knobs.turn(qr_seconds=0.02)
    first = (await evolution.server.get(f"/instance/connect/{PATH}")).json()
    await asyncio.sleep(0.1)
    later = (await evolution.server.get(f"/instance/connect/{PATH}")).json()
    assert first["base64"] != later["base64"]
    evolution.sandbox.scan(NAME, OWN)
    opened = (await evolution.server.get(f"/instance/connect/{PATH}")).json()
    assert opened["instance"]["state"] == "open"
    assert await evolution.settled()
    assert len({each["qrcode"]["code"] for each in evolution.data("qrcode.updated")}) >= 2


async def test_after_the_last_qr_code_it_is_over(evolution: EvolutionShop) -> None:
    evolution.sandbox.drop(NAME, 401)
    evolution.knobs.turn(qr_seconds=0.005, qr_limit=3)
    await evolution.server.get(f"/instance/connect/{PATH}")
    await asyncio.sleep(0.1)
    assert await evolution.settled()
    assert "refused" in [each["state"] for each in evolution.data("connection.update")]
    assert any("message" in each for each in evolution.data("qrcode.updated"))


async def test_a_webhook_is_set_and_events_that_nobody_wants_are_not_sent(evolution: EvolutionShop) -> None:
    hook = {"enabled": True, "url": evolution.url, "byEvents": True, "events": ["MESSAGES_UPSERT"]}
    answer = await evolution.server.post(f"/webhook/set/{PATH}", json={"webhook": hook})
    evolution.hears()
    await evolution.send()
    assert await evolution.settled()
    assert (answer.status_code, answer.json()["webhookByEvents"]) == (201, True)
    assert [path for _, _, path in evolution.posts] == ["/hook/messages-upsert"]


@pytest.mark.parametrize("body", [{}, {"webhook": {"url": "https://x.example"}}, {"url": "https://x.example"}])
async def test_a_webhook_that_lacks_something_is_refused(evolution: EvolutionShop, body: dict[str, Any]) -> None:
    assert (await evolution.server.post(f"/webhook/set/{PATH}", json=body)).status_code == 400


@pytest.mark.parametrize(("answers", "attempts"), [([503, 500], 3), ([401], 1), ([422], 1), ([408], 2), ([404], 1)])
async def test_a_webhook_is_brought_again_but_for_answers_that_end_it(
    evolution: EvolutionShop, answers: list[int], attempts: int
) -> None:
    evolution.instance.webhook = Webhook(url=evolution.url, events=("MESSAGES_UPSERT",))
    evolution.answers.extend(answers)
    name = evolution.hears()
    assert await evolution.settled()
    assert len(evolution.ledger.items[f"m:{name}"]) == attempts
    assert (evolution.ledger.undelivered() == []) is (attempts > 1)


async def test_a_webhook_is_given_up_after_the_last_attempt(evolution: EvolutionShop) -> None:
    evolution.instance.webhook = Webhook(url=evolution.url, events=("MESSAGES_UPSERT",))
    evolution.answers.extend([503] * 99)
    name = evolution.hears()
    assert await evolution.settled()
    assert evolution.ledger.items[f"m:{name}"] == [503] * 6


async def test_an_edit_that_is_not_taken_holds_everything_up(evolution: EvolutionShop) -> None:
    evolution.instance.webhook = Webhook(url=evolution.url, events=("MESSAGES_UPSERT", "MESSAGES_EDITED"))
    name = evolution.hears("Oii")
    assert await evolution.settled()
    evolution.posts.clear()
    evolution.answers.extend([503] * 3)
    evolution.sandbox.client_edits(NAME, name, "Oi")
    evolution.hears("e aí?")
    assert await evolution.settled()
    assert [body["event"] for body, _, _ in evolution.posts] == ["messages.edited"] * 4 + ["messages.upsert"]


async def test_accidents_duplicate_delay_reorder_and_lose(evolution: EvolutionShop) -> None:
    evolution.instance.webhook = Webhook(url=evolution.url, events=("MESSAGES_UPSERT", "SEND_MESSAGE"))
    evolution.knobs.turn(duplicate=0.5, reorder=0.5, reorder_hold=(0.01, 0.03), lost_events=["send.message"])
    names = [evolution.hears(f"{n}") for n in range(40)]
    await evolution.send()
    assert await evolution.settled()
    arrived = [data["key"]["id"] for data in evolution.data("messages.upsert")]
    assert set(arrived) == set(names)
    assert 40 < len(arrived) < 80
    assert list(dict.fromkeys(arrived)) != names
    assert evolution.data("send.message") == []


async def test_paused_webhooks_wait(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(webhooks_paused=True)
    evolution.hears()
    await asyncio.sleep(0.05)
    assert evolution.posts == []
    evolution.knobs.turn(webhooks_paused=False)
    assert await evolution.settled()
    assert len(evolution.events("messages.upsert")) == 1


async def test_what_is_sent_may_be_echoed_as_if_typed_and_statuses_may_name_our_device(
    evolution: EvolutionShop,
) -> None:
    evolution.knobs.turn(echo_upsert=True, device_in_statuses=True)
    name = (await evolution.send()).json()["key"]["id"]
    assert await evolution.settled()
    (echo,) = evolution.data("messages.upsert")
    assert (echo["key"]["id"], echo["key"]["fromMe"]) == (name, True)
    assert {each["remoteJid"] for each in evolution.data("messages.update")} == {f"{OWN}:75@s.whatsapp.net"}


async def test_the_same_request_twice_is_counted_as_doubled(evolution: EvolutionShop) -> None:
    await evolution.send()
    assert evolution.ledger.doubled() == {}
    await evolution.send()
    await evolution.send(text="outra coisa")
    assert [len(sends) for sends in evolution.ledger.doubled().values()] == [2]


async def test_read_receipts_of_hidden_ids_are_passed_over(evolution: EvolutionShop) -> None:
    keys = [{"remoteJid": jid, "fromMe": False, "id": f"3A{n}"} for n, jid in enumerate((JID, "1@lid"))]
    answer = await evolution.server.post(f"/chat/markMessageAsRead/{PATH}", json={"readMessages": keys})
    assert (answer.status_code, answer.json()["read"]) == (201, "success")
    assert [read.message_id for read in evolution.ledger.reads] == ["3A0"]


async def test_nothing_goes_on_after_its_end(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(delay=(0.05, 0.05))
    evolution.hears()
    await evolution.sandbox.reset()
    await asyncio.sleep(0.1)
    assert evolution.posts == []
    assert evolution.sandbox.under_way == 0
