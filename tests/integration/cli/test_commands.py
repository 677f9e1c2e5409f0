"""The command line on an installation of its own, from nothing to a server that answers."""

import asyncio
import json
import os
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.process import answers, free_port, running

JABOTI = (sys.executable, "-m", "jaboti_entrypoints")
SETTINGS = ("--setting", "base_url=http://127.0.0.1:9/v25.0", "--setting", "waba_id=1")
CREDENTIALS = ("--credential=access_token=t", "--credential=app_secret=s", "--credential=verify_token=v")


async def jaboti(*words: str, env: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and standard output."""
    process = await asyncio.create_subprocess_exec(
        *JABOTI, *words, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode()


async def told(*words: str, env: Mapping[str, str]) -> Any:
    code, out = await jaboti(*words, env=env)
    assert code == 0, out
    return json.loads(out)


AWAY = {"JABOTI_DATABASE_URL": "postgresql://x@127.0.0.1:9/x"}
KEYS = dict.fromkeys(("JABOTI_TOKEN_KEYS", "JABOTI_VAULT_KEYS"), f"test:{b64encode(bytes(range(32))).decode()}")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "JABOTI_DATA_DIR": str(tmp_path / "data"),
        "JABOTI_PORT": str(free_port()),
        "JABOTI_PASSWORD_MEMORY_KIB": "1024",
        "JABOTI_NEW_PASSWORD": "uma senha bem comprida",
    }


async def test_an_installation_is_set_up_examined_and_served(env: dict[str, str]) -> None:
    founded = await told("company", "create", "Padaria Aurora", "--department", "Vendas", env=env)
    company, department = founded["companyId"], founded["departments"]["Vendas"]
    await told("user", "create", "ana@aurora.example", "Ana", "--company", company, "--department", department, env=env)
    line = await told(
        "integration", "create", "--company", company, "--account", "77", *SETTINGS, *CREDENTIALS, env=env
    )
    assert line["webhook"] == f"/webhooks/cloudapi/{line['integrationId']}"
    assert await told("integration", "reseal", env=env) == {"resealed": 1}
    code, out = await jaboti("doctor", env=env)
    assert code == 0
    assert "the store answers" in out
    assert (await _signs_in(env))["activeCompany"]["name"] == "Padaria Aurora"


async def test_rate_cards_are_shown_changed_and_shown_again(env: dict[str, str], tmp_path: Path) -> None:
    code, shown = await jaboti("rates", "show", env=env)
    assert (code, shown.splitlines()[0]) == (0, "market,category,currency,valid_from,amount")
    assert "BR,marketing,USD,2025-07-01,0.062500" in shown
    file = tmp_path / "rates.csv"
    file.write_text(shown + "BR,marketing,USD,2027-01-01,0.07\n", encoding="utf-8")
    assert (await jaboti("rates", "import", str(file), env=env))[0] == 0
    assert "BR,marketing,USD,2027-01-01,0.070000" in (await jaboti("rates", "show", env=env))[1]
    file.write_text("nonsense", encoding="utf-8")
    assert (await jaboti("rates", "import", str(file), env=env))[0] == 2


async def test_what_is_too_old_is_counted_and_goes(env: dict[str, str]) -> None:
    company = (await told("company", "create", "Padaria Aurora", env=env))["companyId"]
    terms = await told("retention", "set", "--company", company, "messages=730", "callLog=forever", env=env)
    assert (terms["messages"], terms["callLog"], terms["journal"]) == (730, None, 30)
    would = await told("retention", "run", "--dry-run", env=env)
    assert (would["dryRun"], set(would["companies"][company].values()), would["sessions"]) == (True, {0}, None)
    assert await told("retention", "run", env=env) == {**would, "dryRun": False, "sessions": 0}
    assert (await jaboti("retention", "set", "--company", company, "messages=1", env=env))[0] == 2


async def test_whoever_has_an_account_works_for_one_more_company(env: dict[str, str]) -> None:
    companies = [(await told("company", "create", name, env=env))["companyId"] for name in ("Aurora", "Horizonte")]
    other = env | {"JABOTI_NEW_PASSWORD": "outra senha bem comprida"}
    first = await told("user", "create", "ana@aurora.example", "Ana", "--company", companies[0], env=env)
    again = await told("user", "create", "ANA@aurora.example", "Aninha", "--company", companies[1], env=other)
    assert first == again
    code, _ = await jaboti("user", "create", "ana@aurora.example", "Ana", "--company", companies[1], env=other)
    assert code == 2
    signed_in = await _signs_in(env)
    names = [(company["name"], company["primary"]) for company in signed_in["companies"]]
    assert names == [("Aurora", True), ("Horizonte", False)]


async def _signs_in(env: Mapping[str, str]) -> Any:
    port = int(env["JABOTI_PORT"])
    async with running(*JABOTI, "serve", env=env) as server:
        await answers(port, "/health/ready")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            credentials = {"email": "ANA@aurora.example", "password": env["JABOTI_NEW_PASSWORD"]}
            signed_in = (await http.post("/auth/login", json=credentials)).json()
        server.terminate()
        assert await asyncio.wait_for(server.wait(), 20) == 0
    return signed_in


async def test_the_demo_runs_says_where_and_ends_by_itself(env: dict[str, str]) -> None:
    ports = ("--port", "0", "--sandbox-port", "0", "--evolution-port", "0")
    code, out = await jaboti("demo", "--seconds", "2", *ports, env=env)
    assert code == 0
    assert all(words in out for words in ("/docs", "ana@aurora.example", "/__sandbox/inbound"))


@pytest.mark.parametrize(
    ("words", "env_changes", "said"),
    [
        (("integration", "create", "--company", "no-uuid", "--account", "1"), {}, b"UUID"),
        (("company", "create", "   "), {}, b"invalid"),
        (("serve",), {"JABOTI_PORT": "many"}, b"port"),
        (("serve",), AWAY, b"JABOTI_TOKEN_KEYS"),
        (("serve",), AWAY | KEYS, b"ConnectionRefusedError"),
        (("migrate",), AWAY | KEYS, b"JABOTI_MIGRATION_URL"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_line_and_not_in_a_traceback(
    env: dict[str, str], words: tuple[str, ...], env_changes: dict[str, str], said: bytes
) -> None:
    process = await asyncio.create_subprocess_exec(
        *JABOTI, *words, env={**os.environ, **env, **env_changes}, stderr=asyncio.subprocess.PIPE
    )
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert b"Traceback" not in err
    assert said in err
