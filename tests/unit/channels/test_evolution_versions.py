"""Every body that we have, ours and recorded ones, as each version of the server would write it."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_domain.integration.content import Unknown
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Inbound, Peer, Platform, Update
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_entrypoints.container import channel_alone
from jaboti_entrypoints.explain import explain
from jaboti_entrypoints.sandbox.evolutionapi import Version
from tests.unit.channels.evolution import CORPUS, PAYLOADS
from tests.unit.channels.versions import as_written_by
from tests.unit.entrypoints.evolution_site import EvolutionSite, account_in

FOLDERS = {"ours": PAYLOADS, "recorded": CORPUS / "evolution"}
CHANNEL = channel_alone(Platform.EVOLUTION_API)


def events(folder: Path) -> Iterator[tuple[str, Any]]:
    """The bodies below a folder that are one event, by name."""
    for path in sorted(folder.rglob("*.json")):
        with suppress(ValueError, RecursionError):
            body = json.loads(path.read_bytes())
            if isinstance(body, dict):
                yield path.stem, body


def everything(folder: Path, version: Version) -> list[bytes]:
    """All bodies below a folder, those that are events as this version would have written them."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".txt"))
    return [_by(version, path.read_bytes()) for path in paths]


def _by(version: Version, body: bytes) -> bytes:
    try:
        return json.dumps(as_written_by(version, json.loads(body))).encode()
    except (ValueError, RecursionError, AttributeError):
        return body


def unnamed(update: Update) -> Update:
    """The same by nobody in particular, and without the words of the server for what can't be read."""
    if not isinstance(update, Inbound):
        return update
    content = evolve(update.content, raw="") if isinstance(update.content, Unknown) else update.content
    return evolve(update, peer=Peer(phone="0"), content=content)


def names(update: Update) -> set[str]:
    peer = update.peer if isinstance(update, Inbound) else Peer()
    return set(filter(None, (peer.phone, peer.lid)))


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_what_a_body_says_is_the_same_in_each_version(folder: Path, version: Version) -> None:
    for name, body in events(folder):
        before, after = split(json.dumps(body).encode()), split(json.dumps(as_written_by(version, body)).encode())
        for one, other in zip(before, after, strict=True):
            was, now = read(one.raw), read(other.raw)
            assert unnamed(was) == unnamed(now), name
            assert names(was) >= names(now) or not names(was), name
            assert bool(names(was)) is bool(names(now)), name
            assert one.event_key == other.event_key or one.event_key.startswith("x:"), name


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_each_item_is_explained_in_each_version(folder: Path, version: Version) -> None:
    for body in everything(folder, version):
        told = explain(CHANNEL, body)
        assert told
        assert all(each.get("reason") for each in told if each["outcome"] in (Outcome.IGNORED, Outcome.DEAD))


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
async def test_each_item_is_accounted_for_by_the_endpoint_in_each_version(folder: Path, version: Version) -> None:
    bodies = everything(folder, version)
    if not bodies:
        print("no recorded payloads beside the repository: none was posted")
        return
    async with EvolutionSite.opened() as site:
        answers = {(await site.post(body)).status_code for body in bodies * 2}
        counts = await site.drain()
    assert (answers, counts[Outcome.PENDING]) == ({200}, 0)
    assert sum(counts.values()) == len({key for body in bodies for key in keys_in(body)})


def keys_in(body: bytes) -> set[tuple[str, str]]:
    try:
        return {(account_in(body), item.event_key) for item in split(body)}
    except UnreadableWebhook:
        return {(account_in(body), str(hash(body)))}


def test_the_versions_write_differently() -> None:
    bodies = list(events(PAYLOADS))
    shapes = {version: [as_written_by(version, body) for _, body in bodies] for version in Version}
    assert all(shapes[one] != shapes[other] for one in Version for other in Version if one is not other)
