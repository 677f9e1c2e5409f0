"""The system to look at: two companies, three attendants, some history, and clients who write now and then."""

import asyncio
import random
import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jaboti_entrypoints.rehearsal.desk import at_desk
from jaboti_entrypoints.rehearsal.people import CLIENTS, DEMO, PASSWORD, House
from jaboti_entrypoints.rehearsal.script import eventually
from jaboti_entrypoints.rehearsal.sides import cloud_side, phone_side
from jaboti_entrypoints.rehearsal.stage import HERE, Stage, on_stage
from jaboti_entrypoints.settings import Settings

SAYINGS = (
    "Oi, tudo bem?",
    "1",
    "2",
    "Vocês abrem no domingo?",
    "Quanto custa?",
    "Pode me mandar a segunda via do boleto?",
    "Obrigado! 🙏",
    "Ainda estou esperando…",
    "Meu endereço mudou, é preciso avisar?",
)
PAUSE = (4.0, 12.0)
"""Seconds between two things that clients write."""


async def demo(
    console: Console, *, port: int, sandbox_port: int, evolution_port: int, for_seconds: float | None = None
) -> None:
    """Runs until it is cancelled, or for some seconds; everything it made is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="jaboti-demo-") as directory:
        settings = Settings(database_url=None, data_dir=Path(directory), port=port, allowed_hosts=(HERE,)).with_keys()
        async with on_stage(settings, DEMO, sandbox_port=sandbox_port, evolution_port=evolution_port) as stage:
            for house in stage.houses:
                await stage.tie(house.telephones[0])
            await _make_history(stage, stage.houses[0])
            _show(console, stage)
            players = [asyncio.create_task(_write_now_and_then(stage, house)) for house in stage.houses]
            try:
                await asyncio.wait(players, timeout=for_seconds)
            finally:
                for player in players:
                    player.cancel()
                await asyncio.gather(*players, return_exceptions=True)


async def _make_history(stage: Stage, house: House) -> None:
    phones = list(CLIENTS)[:4]
    for phone in phones:
        stage.sandbox.client_writes(house.account.phone_number_id, stage.peer(phone), "Bom dia!")
    await eventually(stage.settled)
    async with at_desk(stage.base_url, "bruno@aurora.example", company_id=str(house.company.id)) as bruno:
        waiting = (await bruno.get("/chats", category="bot"))["items"]
        for chat in waiting[:3]:
            await bruno.post(f"/chats/{chat['id']}/start")
            await bruno.post(f"/chats/{chat['id']}/messages", {"content": "Bom dia! Em que posso ajudar?"})
        for chat in waiting[:1]:
            await bruno.post(f"/chats/{chat['id']}/end", {"reason": "resolvido", "farewell": "Volte sempre!"})
    await eventually(stage.settled)


async def _write_now_and_then(stage: Stage, house: House) -> None:
    chance = random.Random(house.account.phone_number_id)  # noqa: S311 - clients need no secrets
    sides = (cloud_side(stage, house), phone_side(stage, house))
    while True:
        await asyncio.sleep(chance.uniform(*PAUSE))
        phone = chance.choice(list(CLIENTS))
        chance.choice(sides).write(phone, chance.choice(SAYINGS))


def _show(console: Console, stage: Stage) -> None:
    places = Table(show_header=False, show_edge=False, pad_edge=False)
    places.add_row("REST, and its documentation", f"{stage.base_url}/docs")
    places.add_row("WebSocket", stage.base_url.replace("http", "ws", 1) + "/ws")
    places.add_row("A client's phone, on CloudAPI", f"{stage.sandbox_url}/__sandbox/")
    places.add_row("A client's phone, on EvolutionAPI", f"{stage.evolution_url}/__sandbox/")
    people = Table("who", "e-mail", "roles", show_edge=False, pad_edge=False)
    for attendant in DEMO.attendants:
        roles = ", ".join(f"{role} at {company}" for company, role in attendant.roles.items())
        people.add_row(attendant.name, attendant.email, roles)
    console.print("\n[bold]Jaboti is running.[/] Ctrl-C ends it.\n", places, "", people, "")
    console.print(f"Everybody's password: [bold]{PASSWORD}[/]\n\nFour things to try in another terminal:\n")
    for command in _commands(stage):
        console.print(f"  {escape(command)}\n", soft_wrap=True, highlight=False)


def _commands(stage: Stage) -> tuple[str, ...]:
    base, house = stage.base_url, stage.houses[0]
    number, instance = house.account.phone_number_id, house.telephones[0].instance
    log_in = f"""'{{"email": "ana@aurora.example", "password": "{PASSWORD}"}}'"""
    return (
        f"TOKEN=$(curl -s {base}/auth/login -H 'Content-Type: application/json' -d {log_in}"
        """ | python3 -c 'import json, sys; print(json.load(sys.stdin)["accessToken"])')""",
        f"""curl -s "{base}/chats?limit=5" -H "Authorization: Bearer $TOKEN" | python3 -m json.tool""",
        f"curl -s {stage.sandbox_url}/__sandbox/inbound -H 'Content-Type: application/json'"
        f""" -d '{{"number": "{number}", "from": "5511955500199", "name": "Você", "content": "Oi!"}}'""",
        f"curl -s {stage.evolution_url}/__sandbox/inbound -H 'Content-Type: application/json'"
        f""" -d '{{"instance": "{instance}", "from": "5511955500199", "content": "Oi, também por aqui!"}}'""",
    )
