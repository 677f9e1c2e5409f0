"""Whoever owns the database can change the audit log, but not quietly."""

from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.contracts.audit import a_deed, did
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.security.seal import HmacSeal
from jaboti_domain.audit.use_cases import Finding, VerifyAudit
from tests.integration.postgres.on_postgres import KEYS, postgres_backend

if TYPE_CHECKING:
    import asyncpg

TAMPERING = {
    "change": ("UPDATE audit_entry SET actor_name = 'Bia' WHERE seq = 4", 4),
    "reword": ("UPDATE audit_entry SET details = replace(details, 'Vendas', 'Loja') WHERE seq = 4", 4),
    "blank": ("UPDATE audit_entry SET details = NULL, salt = NULL WHERE seq = 4", 4),
    "delete": ("DELETE FROM audit_entry WHERE seq = 3", 3),
    "swap": ("UPDATE audit_entry SET seq = CASE seq WHEN 2 THEN 102 ELSE 2 END WHERE seq IN (2, 3)", 2),
    "cut": ("DELETE FROM audit_entry WHERE seq > 4", 5),
    "cut with the head": ("DELETE FROM audit_entry WHERE seq > 4; UPDATE audit_head SET seq = 4", 5),
    "cut without a head": ("DELETE FROM audit_entry WHERE seq > 4; DELETE FROM audit_head", 5),
    "insert": (
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(last, '{\"seq\": 7}')).* FROM audit_entry last "
        "WHERE seq = 6",
        7,
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_tampering_by_the_owner_is_found(
    how: str, database: Database, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    scene = await Scene.set_in(postgres_backend(database))
    await did(scene, *(a_deed(scene, before={"name": "Vendas"}) for _ in range(6)))
    verify = VerifyAudit(audit_chains=scene.backend.audit_chains, seal=HmacSeal(KEYS))
    assert await verify(scene.company_id) == Finding(checked=6)

    statement, bad = TAMPERING[how]
    await superuser.execute(statement)
    assert (await verify(scene.company_id)).bad == bad
