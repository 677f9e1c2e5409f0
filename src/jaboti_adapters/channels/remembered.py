"""Templates, remembered for a while: asking for all of them takes seconds, and they change a few times a week."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from attrs import define, field, frozen

from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import KnownTemplates, TemplateCatalogue
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.ids import IntegrationId

REMEMBERED = 300.0
"""Seconds."""
MOST = 1_000
"""Integrations; beyond that those that were asked for first are forgotten."""


@frozen
class _Kept:
    templates: Sequence[TemplateInfo]
    until: float
    settings: Mapping[str, str]


@define(eq=False)
class RememberedTemplates(TemplateCatalogue, KnownTemplates):
    """Asks the platform's catalogue once in five minutes; while it is away, what it said last is true.

    Several who ask for the same at once wait for one answer. When another account is meant, nothing is remembered.
    Platforms without a catalogue have no templates.
    """

    _catalogues: Mapping[Platform, TemplateCatalogue]
    _clock: Callable[[], float] = time.monotonic
    _kept: dict[IntegrationId, _Kept] = field(factory=dict, init=False)
    _turns: dict[IntegrationId, asyncio.Lock] = field(factory=dict, init=False)
    _learning: dict[IntegrationId, asyncio.Task[None]] = field(factory=dict, init=False)

    def known(self, integration_id: IntegrationId) -> Sequence[TemplateInfo] | None:
        kept = self._kept.get(integration_id)
        return kept.templates if kept is not None and self._clock() < kept.until else None

    def learn(self, integration: Integration) -> None:
        if integration.id not in self._learning:
            task = asyncio.create_task(self._learn(integration))
            self._learning[integration.id] = task
            task.add_done_callback(lambda _: self._learning.pop(integration.id))

    async def _learn(self, integration: Integration) -> None:
        with suppress(SendingFailed, Refusal):
            await self.templates(integration)

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        if integration.platform not in self._catalogues:
            return ()
        async with self._turns.setdefault(integration.id, asyncio.Lock()):
            kept = self._kept.get(integration.id)
            if kept is not None and kept.settings != integration.settings:
                kept = None
            if kept is not None and self._clock() < kept.until:
                return kept.templates
            return await self._asked(integration, kept)

    async def _asked(self, integration: Integration, kept: _Kept | None) -> Sequence[TemplateInfo]:
        try:
            templates = await self._catalogues[integration.platform].templates(integration)
        except SendingFailed:
            if kept is None:
                raise
            return kept.templates
        self._kept.pop(integration.id, None)
        self._kept[integration.id] = _Kept(templates, self._clock() + REMEMBERED, dict(integration.settings))
        if len(self._kept) > MOST:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._turns.pop(oldest, None)
        return templates
