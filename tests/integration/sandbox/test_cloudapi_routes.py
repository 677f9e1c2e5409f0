"""The rest of the CloudAPI sandbox: media, management, and its control plane."""

import json
from typing import Any

import pytest

from jaboti_entrypoints.sandbox.cloudapi import Peer, SandboxNumber, contents
from jaboti_entrypoints.sandbox.cloudapi.payloads import envelope, message_item, signed, wire
from tests.integration.sandbox.shop import PNID, WABA, Shop, error_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_bodies_are_written_and_signed_as_meta_does() -> None:
    number = SandboxNumber("106540352242922", "102290129340398", "15550783881", "", "jaboti-app-secret")
    wamid = "wamid.HBgMNTU0MTg4ODg3Nzc3FQIAEhgUM0E0QTY1OTlBRUUwMzgxMDE0NEYA"
    peer = Peer(wa_id="554188887777", name="José Ação 😀")
    item = message_item(number, peer, contents.text("Olá, preço / condições?"), wamid=wamid, at=1749416383)
    signature = signed(number.app_secret, wire(envelope([item])))["x-hub-signature-256"]
    assert signature == "sha256=c4d9bbc0ef6e9bd5f4c4d1245e8af0648ba91735c798651f1b54015b31401dcd"


async def test_an_upload_can_be_sent_fetched_and_deleted(shop: Shop) -> None:
    upload = {"file": ("foto.png", b"\x89PNG", "image/png")}
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    media_id = (await shop.graph.post(f"/v25.0/{PNID}/media", data=form, files=upload)).json()["id"]
    assert (await shop.send(words(type="image", image={"id": media_id}))).status_code == 200
    described = (await shop.graph.get(f"/v25.0/{media_id}")).json()
    assert (described["mime_type"], described["file_size"]) == ("image/png", 4)
    assert (await shop.graph.get(described["url"])).content == b"\x89PNG"
    assert (await shop.graph.delete(f"/v25.0/{media_id}")).json() == {"success": True}
    assert error_of(await shop.graph.get(f"/v25.0/{media_id}")) == (400, 100)


async def test_a_client_s_file_can_be_fetched_with_the_token_until_its_address_ends(shop: Shop) -> None:
    shop.hears(contents.file("document", b"%PDF", filename="nota.pdf"))
    assert await shop.settled()
    document = shop.messages()[0]["document"]
    assert (document["filename"], document["mime_type"]) == ("nota.pdf", "application/pdf")
    assert (await shop.graph.get(document["url"])).content == b"%PDF"
    assert (await shop.graph.get(document["url"], headers={"authorization": "Bearer x"})).status_code == 401
    shop.knobs.turn(media_url_seconds=0)
    ended = (await shop.graph.get(f"/v25.0/{document['id']}")).json()["url"]
    assert (await shop.graph.get(ended)).status_code == 404


async def test_an_upload_that_whatsapp_could_not_show_is_refused(shop: Shop) -> None:
    form = {"messaging_product": "whatsapp", "type": "image/tiff"}
    tiff, huge = ("x.tiff", b"II", "image/tiff"), ("x.webp", bytes(600_000), "image/webp")
    answers = [await shop.graph.post(f"/v25.0/{PNID}/media", data=form, files={"file": file}) for file in (tiff, huge)]
    assert [error_of(answer) for answer in answers] == [(400, 100), (400, 131053)]


async def test_a_number_shows_the_fields_asked_for(shop: Shop) -> None:
    answer = await shop.graph.get(f"/v25.0/{PNID}", params={"fields": "quality_rating,display_phone_number"})
    assert answer.json() == {"display_phone_number": "5511933334444", "quality_rating": "GREEN", "id": PNID}
    listed = (await shop.graph.get(f"/v25.0/{WABA}/phone_numbers")).json()["data"]
    assert [each["id"] for each in listed] == [PNID]
    assert error_of(await shop.graph.get("/v25.0/1/phone_numbers")) == (404, 803)


async def test_a_template_is_created_approved_and_deleted(shop: Shop) -> None:
    path = f"/v25.0/{WABA}/message_templates"
    body = {"name": "novo", "language": "pt_BR", "category": "UTILITY", "components": [{"type": "BODY", "text": "Oi"}]}
    assert (await shop.graph.post(path, json=body)).json()["status"] == "PENDING"
    assert await shop.settled()
    assert [value["event"] for value in shop.values()] == ["APPROVED"]
    (listed,) = (await shop.graph.get(path, params={"name": "novo", "status": "APPROVED"})).json()["data"]
    assert listed["language"] == "pt_BR"
    assert (await shop.graph.delete(path, params={"name": "novo"})).json() == {"success": True}
    assert error_of(await shop.graph.delete(path, params={"name": "novo"})) == (400, 100)


async def test_templates_come_page_by_page(shop: Shop) -> None:
    names, url = [], f"/v25.0/{WABA}/message_templates?limit=3"
    while url:
        page = (await shop.graph.get(url)).json()
        names.append([each["name"] for each in page["data"]])
        url = page["paging"].get("next", "")
    assert [len(each) for each in names] == [3, 1]


async def test_an_account_without_subscription_has_no_webhooks(shop: Shop) -> None:
    path = f"/v25.0/{WABA}/subscribed_apps"
    await shop.graph.delete(path)
    shop.hears("Oi")
    assert (await shop.graph.get(path)).json() == {"data": []}
    assert (await shop.graph.post(path)).json() == {"success": True}
    assert await shop.settled()
    assert not shop.posts


async def test_a_new_webhook_address_must_answer_the_handshake(shop: Shop) -> None:
    path = f"/v25.0/{WABA}/subscribed_apps"
    wrong = {"override_callback_uri": shop.url, "verify_token": "wrong"}
    assert error_of(await shop.graph.post(path, json=wrong)) == (400, 100)
    assert (await shop.graph.post(path, json={**wrong, "verify_token": "verify-me"})).json() == {"success": True}
    assert await shop.sandbox.verify_webhook(PNID)


async def test_the_control_plane_does_what_the_handle_does(shop: Shop) -> None:
    await shop.graph.post(
        "/__sandbox/knobs", json={"number": PNID, "statuses": ["sent"], "fail_next": {"code": 131056}}
    )
    written = {"number": PNID, "from": "5541988887777", "name": "Maria", "content": "Oi \ud800"}
    (wamid,) = (await shop.graph.post("/__sandbox/inbound", content=json.dumps(written))).json()["ids"]
    since = (await shop.graph.get("/__sandbox/ledger")).json()["inbound"][0]["seq"]
    assert [(await shop.send()).status_code for _ in range(2)] == [400, 200]
    assert (await shop.graph.get("/__sandbox/settled")).json() == {"settled": True}
    assert shop.messages()[0] | {"timestamp": ""} == {
        "from": "5541988887777", "id": wamid, "timestamp": "", "type": "text", "text": {"body": "Oi \ud800"}
    }  # fmt: skip
    ledger = (await shop.graph.get("/__sandbox/ledger", params={"since": since})).json()
    assert [len(ledger[kind]) for kind in ("inbound", "refused", "sends", "attempts")] == [0, 1, 1, 2]
    assert ledger["sends"][0]["raw"] == words()


async def test_a_file_can_be_written_over_the_control_plane(shop: Shop) -> None:
    image = {"type": "image", "image": {"data": "iVBORw==", "mime_type": "image/png", "caption": "Veja"}}
    messages = [{"number": PNID, "user_id": "BR.1", "content": content} for content in (image, "Oi")]
    await shop.graph.post("/__sandbox/inbound", json={"messages": messages})
    assert await shop.settled()
    assert len(shop.posts) == 1
    assert shop.messages()[0]["image"]["caption"] == "Veja"
    assert (await shop.graph.get(shop.messages()[0]["image"]["url"])).content == b"\x89PNG"


async def test_numbers_come_and_go_over_the_control_plane(shop: Shop) -> None:
    added = {
        "phone_number_id": "2", "waba_id": "20", "display_phone_number": "5511900000000",
        "access_token": "t2", "app_secret": "s2", "webhook_url": shop.url, "verify_token": "verify-me",
    }  # fmt: skip
    await shop.graph.post("/__sandbox/numbers", json=added)
    assert (await shop.graph.post("/__sandbox/numbers/2/verify")).json() == {"verified": True}
    await shop.graph.delete("/__sandbox/numbers/2")
    assert [each["phone_number_id"] for each in (await shop.graph.get("/__sandbox/numbers")).json()] == [PNID]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("knobs", {"duplicates": 1}, 422),
        ("knobs", {"duplicate": 2}, 422),
        ("inbound", {"number": PNID, "content": "Oi"}, 422),
        ("inbound", {"number": PNID, "from": "5541988887777", "content": {"type": "image", "image": 3}}, 422),
        ("inbound", {"number": "9", "from": "5541988887777", "content": "Oi"}, 404),
        ("statuses", {"wamid": "wamid.x", "status": "sent"}, 404),
    ],
)
async def test_a_mistaken_order_to_the_control_plane_is_refused(
    shop: Shop, path: str, body: dict[str, Any], status: int
) -> None:
    answer = await shop.graph.post(f"/__sandbox/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
