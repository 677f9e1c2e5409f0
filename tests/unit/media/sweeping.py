"""Clearing files away, over any storage."""

from datetime import timedelta

from jaboti_adapters.backend import Backend
from jaboti_adapters.memory.media import MemoryMediaFiles
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.ports import MediaFiles
from jaboti_domain.media.use_cases import DropContents, SweepFiles

DAY = timedelta(days=1)


def sweep_over(backend: Backend, *, files: MediaFiles | None = None, clock: Clock | None = None) -> SweepFiles:
    """The use case with these parts."""
    files = files or MemoryMediaFiles()
    drop = DropContents(new_uow=backend.uow, media_files=files)
    return SweepFiles(new_uow=backend.uow, media_files=files, drop=drop, clock=clock or backend.clock)
