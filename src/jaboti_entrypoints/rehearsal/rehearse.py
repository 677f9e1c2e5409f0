"""The main job without a person: played on either platform, compared, reported."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from jaboti_entrypoints.rehearsal.people import DEMO, House
from jaboti_entrypoints.rehearsal.replay import Replay, payloads_below
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.rehearsal.script import Script, eventually
from jaboti_entrypoints.rehearsal.sides import cloud_side, phone_side
from jaboti_entrypoints.rehearsal.stage import HERE, Stage, on_stage
from jaboti_entrypoints.settings import Settings


async def rehearse(folders: Sequence[Path]) -> Report:
    """Play everything on a system that is thrown away afterwards, and say what was seen."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="jaboti-rehearsal-") as directory:
        settings = Settings(
            database_url=None,
            data_dir=Path(directory),
            port=0,
            retry_first=0.02,
            password_memory_kib=8192,
            allowed_hosts=(HERE,),
        )
        async with on_stage(settings.with_keys(), DEMO) as stage:
            aurora, horizonte = stage.houses
            await _play(stage, aurora, report)
            replay = Replay(stage, horizonte, report)
            for folder in folders:
                for platform, payloads in payloads_below(folder).items():
                    await replay.play(platform, payloads, source=folder.name)
    return report


async def _play(stage: Stage, house: House, report: Report) -> None:
    handshake = await stage.sandbox.verify_webhook(house.account.phone_number_id)
    report.check("CloudAPI's handshake with our webhook", handshake)
    cloud = Script(stage, house, report, cloud_side(stage, house))
    await cloud.play()
    report.check("a phone tied to EvolutionAPI by our QR code", await stage.tie(house.telephones[0]))
    await eventually(stage.settled)
    phone = Script(stage, house, report, phone_side(stage, house))
    await phone.play()
    known = sum(cloud.people.get(number) == client for number, client in phone.people.items())
    report.check("of those who wrote to both, known as the same clients", known, len(phone.side.clients))
