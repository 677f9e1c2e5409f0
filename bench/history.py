"""Companies with a long past: chats that were opened, queued, taken and ended, over more than a year."""

from collections.abc import Sequence
from importlib import import_module

import asyncpg
from attrs import frozen

from jaboti_domain.client.details import Details
from jaboti_domain.company.model import Department
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ClientId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.rehearsal.people import PASSWORD, steward

DAYS = 400
DEPARTMENTS, ATTENDANTS = 8, 50

_LIVES = """
CREATE TEMPORARY TABLE life AS
SELECT gen_random_uuid() AS id, n <= $3::int AS is_open, opened, department_id, attendant_id,
       opened + interval '20 seconds' AS queued,
       opened + interval '20 seconds' + random() * interval '15 minutes' AS taken,
       opened + interval '16 minutes' + random() * interval '3 hours' AS ended
FROM generate_series(1, $2::int) n, LATERAL (
    SELECT now() - interval '4 hours' - random() * make_interval(days => CASE WHEN n <= $3::int THEN 1 ELSE $4 END)
               AS opened,
           1 + floor(random() * cardinality($5::uuid[]))::int AS who,
           CASE WHEN random() < 0.05 THEN floor(random() * 1000)::int END AS elsewhere WHERE n > 0
) drawn, LATERAL (
    SELECT ($5::uuid[])[who] AS attendant_id,
           ($6::uuid[])[1 + coalesce(elsewhere, who) % cardinality($6::uuid[])] AS department_id WHERE who > 0
) whose
WHERE $1::uuid IS NOT NULL
"""
_CHATS = """
INSERT INTO chat (company_id, id, client_id, integration_id, platform, status, started_at, attendant_id, department_id,
                  queued_at, first_human_at, ended_at, active_at, shown, version)
SELECT $1, id, gen_random_uuid(), $2, 'EvolutionAPI', CASE WHEN is_open THEN 'ACTIVE' ELSE 'CLOSED' END, opened,
       attendant_id, department_id, queued, taken, CASE WHEN NOT is_open THEN ended END, taken, '', 4
FROM life
"""
_MILESTONES = """
INSERT INTO milestone (company_id, chat_id, version, at, name, data)
SELECT $1, id, turn.version, turn.at, turn.name, turn.data FROM life, LATERAL (
    VALUES (1, opened, 'chat.opened', '{"status":"BOT","attendant":null}'::json),
           (2, queued, 'chat.queued', json_build_object('department', json_build_object('id', department_id))),
           (3, taken, 'chat.started', json_build_object('attendant', json_build_object('id', attendant_id))),
           (4, ended, 'chat.ended', '{"by":null,"reason":""}')
) AS turn (version, at, name, data)
WHERE turn.version < 4 OR NOT is_open
"""


@frozen(kw_only=True)
class House:
    """A company, and those of its people who look at dashboards."""

    supervisor: Actor
    supervisor_email: str
    operator: Actor
    operator_email: str
    departments: Sequence[Department]
    integration: Integration
    attendants: Sequence[Actor]


async def found(application: Application, name: str, *, attendants: int) -> House:
    """A company with its people; each serves one department."""
    names = tuple(f"Setor {number}" for number in range(DEPARTMENTS))
    company, departments = await application.found_company(name=name, departments=names)
    people: list[tuple[Actor, str]] = []
    for number in range(attendants + 1):
        email = f"{name}.{number}@jaboti.example".lower()
        user = await application.register_user(email=email, name=f"Atendente {number:02}", password=PASSWORD)
        role = Role.OPERATOR if number else Role.SUPERVISOR
        serves = frozenset({departments[number % DEPARTMENTS].id} if number else ())
        await application.enroll(
            company_id=company.id, user_id=user.id, name=user.name, role=role, departments=serves, primary=True
        )
        actor = Actor(user_id=user.id, company_id=company.id, role=role, name=user.name, departments=serves)
        people.append((actor, email))
    integration = await application.connect_integration(
        steward(company.id),
        platform=Platform.EVOLUTION_API,
        account=name,
        name="bench",
        settings={"base_url": "http://127.0.0.1:9"},
        credentials={"api_key": "bench", "webhook_secret": "bench"},
    )
    return House(
        supervisor=people[0][0],
        supervisor_email=people[0][1],
        operator=people[1][0],
        operator_email=people[1][1],
        departments=departments,
        integration=integration,
        attendants=[actor for actor, _ in people[1:]],
    )


async def remember(connection: "asyncpg.Connection[asyncpg.Record]", house: House, *, chats: int, open_: int) -> None:
    """Write the company's past, as it would stand there before anything was counted."""
    company_id = house.supervisor.company_id
    await connection.execute("SET session_replication_role = replica")
    attendants = [actor.user_id for actor in house.attendants]
    departments = [department.id for department in house.departments]
    await connection.execute(_LIVES, company_id, chats, open_, DAYS, attendants, departments)
    await connection.execute(_CHATS, company_id, house.integration.id)
    await connection.execute(_MILESTONES, company_id)
    await connection.execute("DROP TABLE life")
    await connection.execute("SET session_replication_role = DEFAULT")


async def count(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """What the migration does for an installation that is not new."""
    migration = import_module("jaboti_adapters.postgres.migrations.versions.0011_dashboard")
    async with connection.transaction():
        for statement in migration.counting():
            await connection.execute(statement)
    await connection.execute("VACUUM ANALYZE")


async def clients_of(application: Application, house: House, many: int) -> list[ClientId]:
    """So many people who have not written yet."""
    unknown = Details(name="Cliente")
    return [(await application.enter_client(house.supervisor, details=unknown)).id for _ in range(many)]
