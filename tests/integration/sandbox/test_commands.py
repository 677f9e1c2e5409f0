"""`jaboti sandbox` reaches a sandbox that runs in another process, over HTTP."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jaboti_entrypoints.cli import app
from tests.integration.sandbox.evolution_shop import NAME, EvolutionShop
from tests.integration.sandbox.shop import PNID, Shop, error_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def run(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["sandbox", *words])


async def told(*words: str) -> Any:
    result = await run(*words)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def at(shop: Shop | EvolutionShop) -> tuple[str, str]:
    base = shop.graph.base_url if isinstance(shop, Shop) else shop.server.base_url
    return "--at", str(base)


async def test_knobs_are_shown_turned_and_planned(shop: Shop) -> None:
    assert (await told("knobs", *at(shop)))["duplicate"] == 0.0
    turned = await told("knobs", "duplicate=0.5", "media_manner=cut", 'fail_next={"code": 131056}', *at(shop))
    assert (turned["duplicate"], turned["media_manner"]) == (0.5, "cut")
    assert error_of(await shop.send()) == (400, 131056)


async def test_one_account_alone_misbehaves(evolution: EvolutionShop) -> None:
    await told("knobs", "version=2.3.6", "--account", NAME, *at(evolution))
    assert (await told("knobs", "--account", NAME, *at(evolution)))["version"] == "2.3.6"
    assert (await told("knobs", *at(evolution)))["version"] == "2.3.7"


async def test_a_client_writes_sends_a_file_and_is_seen(shop: Shop, tmp_path: Path) -> None:
    photo = tmp_path / "foto.png"
    photo.write_bytes(b"\x89PNG")
    client = ("--account", PNID, "--from", "5541988887777", *at(shop))
    first = await told("write", "Oi", "--name", "Maria", *client)
    await told("write", "veja", "--file", str(photo), *client)
    assert (await told("settled", *at(shop)))["settled"]
    seen = (await told("telephone", "--account", PNID, "--peer", "5541988887777", *at(shop)))["lines"]
    assert [(line["words"], line["type"], line["has_file"]) for line in seen] == [
        ("Oi", "text", False),
        ("veja", "image", True),
    ]
    assert seen[0]["id"] == first["id"]
    assert (await told("ledger", "--counters", *at(shop)))["inbound"] == 2
    assert len((await told("ledger", "--since", str(seen[0]["seq"]), *at(shop)))["inbound"]) == 1


async def test_accounts_are_named_and_everything_begins_anew(evolution: EvolutionShop) -> None:
    evolution.hears("Oi")
    assert list((await told("accounts", *at(evolution)))["accounts"]) == [NAME]
    await told("reset", *at(evolution))
    assert (await told("ledger", "--counters", *at(evolution)))["inbound"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("knobs", "no_such_knob=1"), "no_such_knob"),
        (("write", "Oi", "--account", "nowhere", "--from", "5541988887777"), "nowhere"),
        (("knobs", "duplicate"), "name=value"),
    ],
)
async def test_what_cannot_be_done_is_one_line(shop: Shop, words: tuple[str, ...], said: str) -> None:
    result = await run(*words, *at(shop))
    assert result.exit_code == 2
    assert said in result.output


async def test_nobody_there_is_one_line() -> None:
    result = await run("accounts", "--at", "http://127.0.0.1:9")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


async def test_something_under_way_is_exit_code_one(shop: Shop) -> None:
    shop.knobs.turn(webhooks_paused=True)
    shop.hears("Oi")
    assert (await run("settled", "--within", "0.05", *at(shop))).exit_code == 1
    shop.knobs.turn(webhooks_paused=False)
