"""The CloudAPI sandbox over real HTTP: its promises are what every other test of the channel stands on."""

import asyncio
import hmac
from collections import Counter
from typing import Any

import httpx
import pytest

from jaboti_entrypoints.sandbox.cloudapi import Peer, SandboxNumber, Writing, contents, create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.cloudapi.wamid import address_in
from tests.integration.sandbox.shop import PNID, SECRET, TOKEN, WABA, Shop, error_of, words
from tests.integration.sandbox.wires import CUT, IMPATIENT

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_accepted_send_is_reported_sent_delivered_and_read_with_the_callback_data(shop: Shop) -> None:
    shop.hears("Oi")
    answer = await shop.send(words(biz_opaque_callback_data="m-1"))
    wamid = answer.json()["messages"][0]["id"]
    assert await shop.settled()
    assert answer.json()["contacts"] == [{"input": "5541988887777", "wa_id": "5541988887777"}]
    assert address_in(wamid) == "5541988887777"
    told = [(each["id"], each["status"], each["biz_opaque_callback_data"]) for each in shop.statuses()]
    assert sorted(told) == [(wamid, "delivered", "m-1"), (wamid, "read", "m-1"), (wamid, "sent", "m-1")]


async def test_every_webhook_is_signed_over_its_raw_ascii_bytes(shop: Shop) -> None:
    shop.hears("preço / condições? 😀")
    assert await shop.settled()
    raw, headers = shop.posts[0]
    assert headers["x-hub-signature-256"] == "sha256=" + hmac.new(SECRET.encode(), raw, "sha256").hexdigest()
    assert headers["user-agent"] == "facebookexternalua"
    assert b"pre\\u00e7o \\/ condi\\u00e7\\u00f5es? \\ud83d\\ude00" in raw


async def test_statuses_carry_a_price_but_for_some_sent(shop: Shop) -> None:
    shop.knobs.turn(sent_without_pricing=1.0, window_enforced=False)
    await shop.send()
    assert await shop.settled()
    priced = {each["status"]: each.get("pricing", {}).get("category") for each in shop.statuses()}
    assert priced == {"sent": None, "delivered": "service", "read": "service"}


async def test_a_reaction_is_reported_sent_and_no_more(shop: Shop) -> None:
    wamid = shop.hears("Oi")
    await shop.send(words(type="reaction", reaction={"message_id": wamid, "emoji": "👍"}))
    assert await shop.settled()
    assert [each["status"] for each in shop.statuses()] == ["sent"]


async def test_free_text_outside_the_window_is_accepted_and_fails_later(shop: Shop) -> None:
    shop.hears("Oi", at=shop.sandbox.platform.clock() - 25 * 3600)
    assert (await shop.send()).status_code == 200
    assert await shop.settled()
    assert [(each["status"], each["errors"][0]["code"]) for each in shop.statuses()] == [("failed", 131047)]


async def test_a_closed_window_lets_templates_through(shop: Shop) -> None:
    shop.hears("Oi")
    shop.knobs.close_window("554188887777")
    parameters = [{"type": "text", "text": "Maria"}]
    template = {"name": "retomar_atendimento", "language": {"code": "pt_BR"}}
    body = [{"type": "body", "parameters": parameters}]
    answer = await shop.send(words(type="template", template={**template, "components": body}))
    await shop.send()
    assert await shop.settled()
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    assert Counter(each["status"] for each in shop.statuses()) == dict.fromkeys(
        ("sent", "delivered", "read", "failed"), 1
    )


async def test_a_read_receipt_with_a_typing_indicator_succeeds(shop: Shop) -> None:
    wamid = shop.hears("Oi")
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    answer = await shop.send({**receipt, "typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    assert [(each.message_id, each.typing) for each in shop.ledger.reads] == [(wamid, True)]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "Oi"}}, 131008),
        (words(text={}), 131008),
        (words(text={"body": "x" * 4097}), 131009),
        (words(type="image", image={"caption": "x"}), 131008),
        (words(type="image", image={"id": "1"}), 131009),
        (words(type="hologram"), 131051),
        (words(to="Maria"), 131009),
        (words(to="5511933334444"), 131021),
        (words(messaging_product="sms"), 100),
        (words(type="template", template={"name": "nada", "language": {"code": "pt_BR"}}), 132001),
        (words(type="template", template={"name": "retomar_atendimento", "language": {"code": "pt_BR"}}), 132000),
        (words(type="interactive", interactive={"type": "button", "body": {"text": "?"}, "action": {}}), 131008),
        (words(type="interactive", interactive={"type": "teleport"}), 131009),
    ],
)
async def test_what_meta_refuses_is_refused_with_its_code(shop: Shop, message: dict[str, Any], code: int) -> None:
    error = (await shop.send(message)).json()["error"]
    assert error["code"] == code
    assert {"message", "type", "error_data", "fbtrace_id"} <= error.keys()
    assert [each.code for each in shop.ledger.refused] == [code]
    assert not shop.ledger.sends


@pytest.mark.parametrize(
    "content",
    [
        {"type": "location", "location": {"latitude": -23.5, "longitude": -46.6}},
        {
            "type": "contacts",
            "contacts": [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+5511988887777"}]}],
        },
        {"type": "document", "document": {"link": "https://loja.example/nota.pdf", "filename": "nota.pdf"}},
        {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "Certo?"},
                "action": {"buttons": [{"type": "reply", "reply": {"id": "s", "title": "Sim"}}]},
            },
        },
        {
            "type": "interactive",
            "interactive": {
                "type": "list",
                "body": {"text": "Escolha"},
                "action": {"button": "Ver", "sections": [{"rows": [{"id": "1", "title": "Um"}]}]},
            },
        },
    ],
)
async def test_every_type_of_message_is_accepted(shop: Shop, content: dict[str, Any]) -> None:
    assert (await shop.send(words(**content))).status_code == 200
    assert shop.ledger.sends[0].body["type"] == content["type"]


async def test_a_wrong_token_is_401_and_a_foreign_number_looks_absent(shop: Shop) -> None:
    shop.sandbox.connect(SandboxNumber("2", "20", "5511900000000", "other", "s"))
    forged = await shop.graph.post(f"/v25.0/{PNID}/messages", json=words(), headers={"authorization": "Bearer x"})
    foreign, absent = [await shop.graph.post(f"/v25.0/{node}/messages", json=words()) for node in ("2", "3")]
    assert error_of(forged) == (401, 190)
    for answer in (foreign, absent):
        assert error_of(answer) == (400, 100)
        assert (answer.json()["error"]["error_subcode"], answer.json()["error"]["type"]) == (33, "GraphMethodException")


async def test_a_revoked_token_is_401_until_it_is_given_back(shop: Shop) -> None:
    shop.knobs.turn(PNID, token_revoked=True)
    assert error_of(await shop.send()) == (401, 190)
    assert (await shop.graph.get(f"/v25.0/{PNID}")).status_code == 401
    shop.knobs.turn(PNID, token_revoked=False)
    assert (await shop.send()).status_code == 200


async def test_planned_failures_are_refused_in_turn_and_then_it_goes_on(shop: Shop) -> None:
    shop.knobs.fail_next(130429, 2, retry_after=3)
    answers = [await shop.send() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert answers[0].json()["error"]["message"] == "(#130429) Rate limit hit"
    assert answers[0].headers["retry-after"] == "3"


async def test_an_asynchronous_failure_is_accepted_first(shop: Shop) -> None:
    shop.hears("Oi")
    shop.knobs.fail_next(131026)
    assert (await shop.send()).status_code == 200
    assert await shop.settled()
    assert [(each["status"], each["errors"][0]["title"]) for each in shop.statuses()] == [
        ("failed", "Message undeliverable")
    ]


async def test_a_gateway_failure_is_not_json(shop: Shop) -> None:
    shop.knobs.fail_next(502)
    answer = await shop.send()
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert not shop.ledger.sends


async def test_a_rate_of_failures_comes_from_the_seed() -> None:
    def codes() -> list[int]:
        knobs = create_cloudapi_sandbox(seed=3).knobs
        knobs.turn(fail_rate={131000: 0.3})
        return [knobs.fate(PNID).code for _ in range(200)]

    assert codes() == codes()
    assert 30 < codes().count(131000) < 90


async def test_a_hanging_send_is_kept_and_its_callback_comes_back(shop: Shop) -> None:
    shop.hears("Oi")
    shop.knobs.hang_next()
    with pytest.raises(httpx.ReadTimeout):
        await shop.graph.post(f"/v25.0/{PNID}/messages", json=words(biz_opaque_callback_data="m-1"), timeout=IMPATIENT)
    assert await shop.settled()
    assert [(each.callback, each.fate) for each in shop.ledger.sends] == [("m-1", "hung")]
    assert {each["biz_opaque_callback_data"] for each in shop.statuses()} == {"m-1"}


async def test_a_late_answer_is_an_answer_all_the_same(shop: Shop) -> None:
    shop.knobs.hang_next(seconds=0.05)
    assert (await shop.send()).json()["messages"][0]["id"] == shop.ledger.sends[0].wamid


async def test_a_reset_connection_hides_an_accepted_send(shop: Shop) -> None:
    shop.knobs.reset_next()
    with pytest.raises(CUT):
        await shop.send(words(biz_opaque_callback_data="m-1"))
    await shop.send(words(biz_opaque_callback_data="m-1"))
    assert [send.fate for send in shop.ledger.doubled()["m-1"]] == ["reset", "answered"]


async def test_resetting_the_sandbox_cuts_what_hangs(shop: Shop) -> None:
    shop.knobs.hang_next()
    hanging = asyncio.create_task(shop.send())
    await shop.called.wait()
    await shop.sandbox.reset()
    with pytest.raises(CUT):
        await hanging
    assert shop.ledger.counters()["sends"] == 0


async def test_a_rewritten_ninth_digit_shows_in_the_answer_and_the_statuses(shop: Shop) -> None:
    shop.hears("Oi")
    shop.knobs.turn(ninth_digit_rewritten=True)
    answer = await shop.send()
    assert await shop.settled()
    assert answer.json()["contacts"] == [{"input": "5541988887777", "wa_id": "554188887777"}]
    assert {each["recipient_id"] for each in shop.statuses()} == {"554188887777"}
    assert shop.ledger.sent_to("5541988887777") == shop.ledger.sent_to("554188887777") != []


async def test_a_client_without_a_phone_is_known_by_user_id_alone(shop: Shop) -> None:
    shop.knobs.turn(bsuid_only=True)
    shop.sandbox.client_writes(PNID, Peer(wa_id="5541988887777", user_id="BR.1234", name="Maria"), "Oi")
    answer = await shop.send({**words(), "to": None, "recipient": "BR.1234"})
    assert await shop.settled()
    assert answer.json()["contacts"] == [{"input": "BR.1234", "user_id": "BR.1234"}]
    assert shop.messages()[0]["from_user_id"] == "BR.1234"
    assert {each["recipient_user_id"] for each in shop.statuses()} == {"BR.1234"}
    assert not any(b"41988887777" in raw for raw, _ in shop.posts)


@pytest.mark.parametrize(
    "content",
    [
        contents.location(-21.229, -43.7892),
        contents.contacts({"name": {"formatted_name": "Ana"}}),
        contents.button_reply("s", "Sim"),
        contents.list_reply("1", "Um"),
        contents.flow_reply({"nota": 5}),
        contents.button("Falar com a gente"),
        contents.reaction("wamid.x", "👍"),
        contents.edit("wamid.x", contents.text("Olá")),
        contents.revoke("wamid.x"),
        contents.unsupported(),
        contents.order("c", [{"product_retailer_id": "p", "quantity": 1}]),
    ],
    ids=lambda content: content["type"],
)
async def test_a_client_may_write_anything(shop: Shop, content: contents.Content) -> None:
    wamid = shop.hears(content, reply_to="wamid.y", at=1769000000)
    assert await shop.settled()
    told = {"from": "5541988887777", "id": wamid, "timestamp": "1769000000", "context": {"id": "wamid.y"}}
    (message,) = shop.messages()
    assert message.pop("context").pop("from") == "5511933334444"
    assert message == {**{key: told[key] for key in ("from", "id", "timestamp")}, **content}


async def test_a_reaction_taken_back_has_no_emoji(shop: Shop) -> None:
    shop.hears(contents.reaction("wamid.x", None))
    assert await shop.settled()
    assert shop.messages()[0]["reaction"] == {"message_id": "wamid.x"}


async def test_a_number_change_comes_from_the_old_number_without_contacts(shop: Shop) -> None:
    shop.hears(contents.number_change("5541988887777", "5541977776666"))
    assert await shop.settled()
    (value,) = shop.values()
    assert "contacts" not in value
    assert value["messages"][0]["from"] == "5541988887777"
    assert value["messages"][0]["system"]["wa_id"] == "5541977776666"


async def test_a_webhook_refused_is_brought_again_until_it_is_taken(shop: Shop) -> None:
    shop.answers.extend([503, 500, 302])
    wamid = shop.hears("Oi")
    assert await shop.settled()
    assert shop.ledger.items[f"m:{wamid}"] == [503, 500, 302, 200]
    assert len({raw for raw, _ in shop.posts}) == 1


async def test_a_webhook_is_given_up_after_the_last_delay(shop: Shop) -> None:
    shop.answers.extend([503] * 6)
    wamid = shop.hears("Oi")
    assert await shop.settled()
    assert shop.ledger.undelivered() == [f"m:{wamid}"]


async def test_a_webhook_that_nobody_listens_to_is_retried(shop: Shop) -> None:
    shop.sandbox.connect(SandboxNumber(PNID, WABA, "5511933334444", TOKEN, SECRET, "http://127.0.0.1:1/hook"))
    wamid = shop.hears("Oi")
    await asyncio.sleep(0.02)
    shop.sandbox.connect(shop.number)
    assert await shop.settled()
    answers = shop.ledger.items[f"m:{wamid}"]
    assert (answers[0], answers[-1]) == ("ConnectionRefusedError", 200)


async def test_duplicates_bring_the_same_message_twice(shop: Shop) -> None:
    shop.knobs.turn(duplicate=1.0)
    wamid = shop.hears("Oi")
    assert await shop.settled()
    assert [each["id"] for each in shop.messages()] == [wamid, wamid]
    assert shop.ledger.items[f"m:{wamid}"] == [200, 200]


async def test_reordering_lets_later_messages_overtake_and_loses_none(shop: Shop) -> None:
    shop.knobs.turn(reorder=0.5, reorder_hold=(0.05, 0.1))
    written = [shop.hears(str(each)) for each in range(20)]
    assert await shop.settled()
    arrived = [each["id"] for each in shop.messages()]
    assert arrived != written
    assert sorted(arrived) == sorted(written)


async def test_batches_put_several_messages_into_one_post(shop: Shop) -> None:
    shop.knobs.turn(batch=(5, 5))
    written = [shop.hears(str(each)) for each in range(12)]
    assert await shop.settled()
    assert sorted(len(value["messages"]) for value in shop.values()) == [2, 5, 5]
    assert sorted(each["id"] for each in shop.messages()) == sorted(written)


async def test_clients_may_write_together_to_several_numbers(shop: Shop) -> None:
    shop.sandbox.connect(SandboxNumber("2", WABA, "5511900000000", TOKEN, SECRET, shop.url))
    peers = [Peer(wa_id=f"55419888800{each:02}", name=f"Cliente {each}") for each in range(10)]
    shop.sandbox.clients_write(Writing(number=each, peer=peer, content="Oi") for peer in peers for each in (PNID, "2"))
    assert await shop.settled()
    assert len(shop.posts) == 1
    assert [len(value["messages"]) for value in shop.values()] == [10, 10]
    assert {each["profile"]["name"] for each in shop.values()[0]["contacts"]} == {peer.name for peer in peers}


async def test_paused_webhooks_wait(shop: Shop) -> None:
    shop.knobs.turn(webhooks_paused=True)
    shop.hears("Oi")
    assert not await shop.sandbox.settled(within=0.05)
    assert not shop.posts
    shop.knobs.turn(webhooks_paused=False)
    assert await shop.settled()
    assert len(shop.posts) == 1


async def test_statuses_that_are_dropped_or_off_never_come_but_failures_do(shop: Shop) -> None:
    shop.hears("Oi")
    for positions in ({"drop_statuses": 1.0}, {"drop_statuses": 0.0, "statuses": ()}):
        shop.knobs.turn(**positions)
        await shop.send()
        assert await shop.settled()
    await shop.send(words(to="5541900000000"))
    assert await shop.settled()
    assert [each["status"] for each in shop.statuses()] == ["failed"]


async def test_a_wrong_secret_signs_wrongly(shop: Shop) -> None:
    shop.knobs.turn(sign_with_wrong_secret=1.0)
    shop.hears("Oi")
    assert await shop.settled()
    raw, headers = shop.posts[0]
    assert headers["x-hub-signature-256"] != "sha256=" + hmac.new(SECRET.encode(), raw, "sha256").hexdigest()


async def test_webhooks_of_any_field_can_be_announced(shop: Shop) -> None:
    shop.sandbox.announce(PNID, "account_update", {"event": "ACCOUNT_RESTRICTION"})
    assert await shop.settled()
    assert shop.changes() == [{"field": "account_update", "value": {"event": "ACCOUNT_RESTRICTION"}}]


async def test_nothing_goes_on_after_its_end(shop: Shop) -> None:
    shop.answers.extend([503] * 100)
    async with shop.sandbox:
        for _ in range(20):
            shop.hears("Oi")
        await shop.called.wait()
    attempts = len(shop.ledger.attempts)
    await asyncio.sleep(0.05)
    assert len(shop.ledger.attempts) == attempts
    assert len(shop.ledger.undelivered()) == 20
