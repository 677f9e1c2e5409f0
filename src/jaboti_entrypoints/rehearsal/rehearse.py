"""The main job without a person: played, compared, reported."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from jaboti_entrypoints.rehearsal.people import DEMO
from jaboti_entrypoints.rehearsal.replay import Replay, cloud_payloads
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.rehearsal.script import Script
from jaboti_entrypoints.rehearsal.stage import on_stage
from jaboti_entrypoints.settings import Settings


async def rehearse(folders: Sequence[Path]) -> Report:
    """Play everything on a system that is thrown away afterwards, and say what was seen."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="jaboti-rehearsal-") as directory:
        settings = Settings(
            database_url=None, data_dir=Path(directory), port=0, retry_first=0.02, password_memory_kib=8192
        )
        async with on_stage(settings.with_keys(), DEMO) as stage:
            aurora, horizonte = stage.houses
            await Script(stage, aurora, report).play()
            replay = Replay(stage, horizonte, report)
            for folder in folders:
                await replay.play(cloud_payloads(folder), source=folder.name)
    return report
