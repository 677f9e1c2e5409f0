"""GET /metrics."""

from prometheus_client.parser import text_string_to_metric_families

from tests.unit.rest.office import Desk, Office


async def figures(office: Office) -> dict[tuple[str, ...], float]:
    text = (await office.stranger.get("/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(each.name, *each.labels.values()): each.value for each in samples}


async def test_requests_are_counted_by_route_and_status(office: Office, ana: Desk) -> None:
    chat = await office.scene.a_chat()
    for _ in range(2):
        await ana.get(f"/chats/{chat.id}")
    await ana.get(f"/chats/{office.scene.company_id}")
    await office.stranger.get("/nowhere/at/all")
    seen = await figures(office)
    assert seen["jaboti_http_requests_total", "GET", "/chats/{}", "200"] == 2
    assert seen["jaboti_http_requests_total", "GET", "/chats/{}", "404"] == 1
    assert seen["jaboti_http_requests_total", "GET", "elsewhere", "404"] == 1
    assert seen["jaboti_http_request_seconds_count", "/chats/{}"] == 3


async def test_the_process_tells_of_itself(office: Office) -> None:
    assert (await figures(office))[("process_resident_memory_bytes",)] > 0
