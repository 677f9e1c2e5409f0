"""Who may speak for an instance: whoever has the secret that we set up."""

import pytest

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.channels.evolutionapi.secret import header
from jaboti_domain.integration.errors import BadSignature
from tests.unit.channels.evolution import SECRET, integration

CHANNEL = EvolutionApiChannel(HttpPool())


def test_the_header_that_we_set_up_is_believed() -> None:
    shop = integration()
    CHANNEL.verify(shop, header(shop), b"anything")


def test_while_the_secret_is_being_replaced_the_one_before_is_believed_too() -> None:
    shop = integration(previous_webhook_secret="of-last-week")
    for secret in (SECRET, "of-last-week"):
        CHANNEL.verify(shop, {"authorization": f"Bearer {secret}"}, b"")


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", SECRET, f"bearer {SECRET}", f"Bearer {SECRET[:-1]}", f"Bearer {SECRET} ", "Bearer ção"],
)
def test_anything_else_is_a_stranger(given: str) -> None:
    with pytest.raises(BadSignature):
        CHANNEL.verify(integration(), {"authorization": given}, b"")


def test_without_a_header_nobody_is_believed() -> None:
    with pytest.raises(BadSignature):
        CHANNEL.verify(integration(), {}, b"")


def test_an_empty_secret_is_nobodys() -> None:
    with pytest.raises(BadSignature):
        CHANNEL.verify(integration(webhook_secret=""), {"authorization": "Bearer "}, b"")
