"""The platforms that we know, and those that a program brings."""

import copy
from typing import Any

import pytest

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import CompanyId, new_id
from tests.unit.chat.shop import now


def test_a_platform_is_introduced_once_and_known_by_its_name_from_then_on() -> None:
    with pytest.raises(ValueError, match="Coruja"):
        Platform("Coruja")
    owl = Platform.introduce("Coruja")
    assert Platform("Coruja") is Platform.introduce("Coruja") is copy.deepcopy(owl) is owl
    assert (owl.value, str(owl), owl == "Coruja") == ("Coruja", "Coruja", True)


@pytest.mark.parametrize("value", [None, [None], {"$gt": 0}, 0])
def test_what_is_no_name_is_no_platform(value: Any) -> None:
    with pytest.raises(ValueError, match="not a valid Platform"):
        Platform(value)


def test_what_is_introduced_is_not_listed_with_ours() -> None:
    Platform.introduce("Coruja")
    assert [platform.value for platform in Platform] == ["CloudAPI", "EvolutionAPI"]


def test_introducing_one_of_ours_changes_nothing() -> None:
    assert Platform.introduce("CloudAPI") is Platform.CLOUD_API


def test_an_integration_of_a_platform_that_needs_nothing_needs_nothing() -> None:
    connected = Integration.connect(
        company_id=CompanyId(new_id()),
        platform=Platform.introduce("Coruja"),
        account="1",
        name="Coruja",
        settings={},
        credentials={},
        at=now(),
    )
    assert connected.platform is Platform("Coruja")
