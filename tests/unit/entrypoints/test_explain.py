"""`webhook explain`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_entrypoints.cli import app
from jaboti_entrypoints.container import channel_alone
from jaboti_entrypoints.explain import explain

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"
OURS = ROOT / "tests" / "payloads"
OUTCOMES = {Outcome.APPLIED, Outcome.DUPLICATE, Outcome.IGNORED, Outcome.DEAD}
CHANNEL = channel_alone(Platform.CLOUD_API)
FOLDERS = {
    Platform.CLOUD_API: (OURS / "cloudapi", CORPUS / "cloudapi"),
    Platform.EVOLUTION_API: (OURS / "evolutionapi", CORPUS / "evolution"),
}


def payloads() -> list[tuple[Platform, Path]]:
    return [
        (platform, path)
        for platform, folders in FOLDERS.items()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".json", ".txt")
    ]


@pytest.mark.parametrize(("platform", "path"), payloads(), ids=[f"{path.stem}" for _, path in payloads()])
def test_every_item_of_every_payload_is_accounted_for(platform: Platform, path: Path) -> None:
    told = explain(channel_alone(platform), path.read_bytes())
    assert told
    assert {each["outcome"] for each in told} <= OUTCOMES
    assert all(each.get("reason") for each in told if each["outcome"] in (Outcome.IGNORED, Outcome.DEAD))


def test_the_command_prints_json_and_touches_nothing(tmp_path: Path) -> None:
    file = tmp_path / "hello.json"
    message = {
        "from": "5511955500101",
        "id": "wamid.1",
        "timestamp": "1795168800",
        "type": "text",
        "text": {"body": "Oi"},
    }
    value = {"metadata": {"phone_number_id": "1"}, "messages": [message, message]}
    file.write_text(json.dumps({"entry": [{"id": "9", "changes": [{"field": "messages", "value": value}]}]}))
    answer = CliRunner().invoke(app, ["webhook", "explain", str(file)])
    first, second = json.loads(answer.output)
    assert (first["outcome"], first["content"]["body"], first["client"]) == (
        "APPLIED",
        "Oi",
        {"phone": "5511955500101"},
    )
    assert second["outcome"] == "DUPLICATE"
    assert list(tmp_path.iterdir()) == [file]


def test_the_command_reads_either_platform() -> None:
    file = OURS / "evolutionapi" / "v2_3_7__two_at_once.json"
    answer = CliRunner().invoke(app, ["webhook", "explain", "--platform", "EvolutionAPI", str(file)])
    told = json.loads(answer.output)
    assert [(each["outcome"], each["lane"]) for each in told] == [
        ("APPLIED", "p:554190011223"),
        ("APPLIED", "p:554190011223"),
        ("DUPLICATE", "p:554190011223"),
    ]


def test_a_body_that_is_no_webhook_is_one_dead_letter() -> None:
    assert [each["outcome"] for each in explain(CHANNEL, b"{")] == [Outcome.DEAD]
