"""The composition root."""

import attrs
import pytest
from dependency_injector import providers

from jaboti_domain.integration.errors import MissingChannel
from jaboti_domain.integration.messaging import Platform
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import Container, channel_alone, in_memory


def test_every_provider_can_be_built() -> None:
    application, _ = in_memory()
    assert {each.name for each in attrs.fields(Application)} == set(Container.application.kwargs)
    for name in Container.application.kwargs:
        assert getattr(application, name) is not None


def test_what_is_made_once_is_the_same_everywhere() -> None:
    application, _ = in_memory()
    assert application.drain_journal.receive is application.receive_inbound
    assert application.log_out.authenticate is application.authenticate


def test_only_the_storage_the_channels_and_the_settings_are_given_from_outside() -> None:
    given = {name for name, p in Container.providers.items() if isinstance(p, providers.Dependency)}
    assert given == {"settings", "store", "around", "channels"}


def test_a_platform_without_a_channel_is_refused() -> None:
    with pytest.raises(MissingChannel):
        channel_alone(Platform.introduce("Pombo"))


@pytest.mark.parametrize("platform", Platform)
def test_every_platform_of_ours_has_a_channel(platform: Platform) -> None:
    assert channel_alone(platform).platform is platform
