"""What stores of dashboards' layouts promise."""

import asyncio
from collections.abc import Sequence

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.dashboard.model import DEFAULT, Layout, Widget, WidgetType
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import StaleVersion


class LayoutContract(BackendContract):
    """Each user has a layout of their own in each company."""

    async def test_who_never_saved_one_has_the_usual_one(self, scene: Scene) -> None:
        assert await seen(scene, scene.ana) == Layout(
            company_id=scene.company_id, user_id=scene.ana.user_id, widgets=DEFAULT
        )

    async def test_a_layout_comes_back_equal(self, scene: Scene) -> None:
        widgets = [a_widget("a"), a_widget("b", settings={"cores": ["#fff", None, 1.5, {"á": True}]}), a_widget("")]
        kept = await arranged(scene, scene.ana, widgets)
        assert kept.version == 1
        assert await seen(scene, scene.ana) == kept
        async with scene.uow() as uow:
            assert await uow.layouts.get(scene.ana.user_id) == kept

    async def test_a_layout_may_be_emptied(self, scene: Scene) -> None:
        await arranged(scene, scene.ana, [a_widget("a")])
        await arranged(scene, scene.ana, [])
        layout = await seen(scene, scene.ana)
        assert (list(layout.widgets), layout.version) == ([], 2)

    async def test_it_is_nobody_elses(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await arranged(scene, scene.ana, [])
        assert (await seen(scene, scene.bia)).version == 0
        reads = scene.backend.dashboard_reads
        assert (await reads.layout(other.company_id, scene.ana.user_id)).version == 0

    async def test_what_is_not_committed_is_not_kept(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            layout = await uow.layouts.get(scene.ana.user_id)
            layout.arrange([])
            await uow.layouts.save(layout)
        assert (await seen(scene, scene.ana)).version == 0

    async def test_what_was_saved_meanwhile_is_not_overwritten(self, scene: Scene) -> None:
        stale = await seen(scene, scene.ana)
        await arranged(scene, scene.ana, [a_widget("a")])
        for expected in (1, 1):
            async with scene.uow() as uow:
                await uow.layouts.save(stale)
                with pytest.raises(StaleVersion):
                    await uow.commit()
            assert (await seen(scene, scene.ana)).version == expected

    async def test_of_two_who_save_the_first_at_once_one_is_told(self, scene: Scene) -> None:
        outcomes = await asyncio.gather(
            *(arranged(scene, scene.ana, [a_widget(name)]) for name in "ab"), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert [type(error) for error in refused] in ([], [StaleVersion])
        assert (await seen(scene, scene.ana)).version == 2 - len(refused)


def a_widget(id: str, *, settings: dict[str, object] | None = None) -> Widget:
    """A widget somewhere."""
    return Widget(id=id, type=WidgetType.BY_DAY, x=1, y=2, w=3, h=4, settings=settings or {})


async def arranged(scene: Scene, who: Actor, widgets: Sequence[Widget]) -> Layout:
    """Somebody saves these widgets."""
    async with scene.uow() as uow:
        layout = await uow.layouts.get(who.user_id)
        layout.arrange(widgets)
        await uow.layouts.save(layout)
        await uow.commit()
    return layout


async def seen(scene: Scene, who: Actor) -> Layout:
    """What they see."""
    return await scene.backend.dashboard_reads.layout(scene.company_id, who.user_id)
