"""What CloudAPI tells of an account or its templates is seen on the integration; what it tells of calls is not."""

from jaboti_domain.integration.messaging import Notice
from jaboti_domain.kernel.actor import Role
from tests.unit.channels import payloads
from tests.unit.chat.shop import a_shop


async def test_a_template_that_was_rejected_is_seen_on_the_integration() -> None:
    shop = await a_shop()
    told = [update for name in ("calls", "template_status") for update in payloads.updates(name)]
    assert all(isinstance(update, Notice) for update in told)
    await shop.receive(*told)
    boss = shop.somebody("Bruno", role=Role.SUPERVISOR)
    state = await shop.jaboti.look_at_integration(boss, integration_id=shop.line.id)
    (news,) = state.integration.news
    assert (news.topic, news.summary[:15]) == ("message_template_status_update", "event: REJECTED")
