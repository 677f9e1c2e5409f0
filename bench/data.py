"""The installation that is measured: 20 companies with a supervisor each, 100 chats each, 50 messages a chat."""

import asyncpg
from attrs import frozen

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.actor import Role
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.rehearsal.people import PASSWORD, steward

COMPANIES, CHATS, MESSAGES = 20, 100, 50
SECRET = "bench-app-secret"

_CLIENTS = """
INSERT INTO client (company_id, id, name, phone, attributes, created_at, shown, version, identities, contacts,
                    updated_at, name_key, sought, card)
SELECT c.id, g.id, g.name, g.phone, '{}', now(),
       json_build_object('id', g.id, 'name', g.name, 'phone', g.phone), 1,
       json_build_array(json_build_array('PHONE', '5511' || substr(g.phone, 7), substr(g.phone, 2))), '[]', now(),
       lower(g.name),
       concat_ws(E'\\f', lower(g.name), '', substr(g.phone, 2) || E'\\n5511' || substr(g.phone, 7), '', ''),
       json_build_object('id', g.id, 'companyId', c.id, 'name', g.name, 'document', null, 'phone', g.phone,
           'email', null, 'contacts', '[]'::json, 'attributes', '{}'::json, 'identities', '[]'::json,
           'blocked', false, 'createdAt', '2026-11-23T12:00:00.000Z', 'updatedAt', '2026-11-23T12:00:00.000Z',
           'version', 1)
FROM company c, generate_series(1, $1::int) n,
     LATERAL (SELECT gen_random_uuid() AS id, 'Cliente ' || n AS name,
                     '+55119' || lpad((80000000 + n)::text, 8, '0') AS phone WHERE c.id IS NOT NULL) g
"""
_IDENTITIES = """
INSERT INTO client_identity (company_id, kind, key, client_id, address, position)
SELECT company_id, 'PHONE', '5511' || substr(phone, 7), id, substr(phone, 2), 0 FROM client
"""
_CHATS = """
INSERT INTO chat (company_id, id, client_id, integration_id, platform, status, started_at, attendant_id, queued_at,
                  first_human_at, last_seq, last_message_id, last_sender_type, last_text, active_at, unread,
                  window_closes_at, shown, version)
SELECT c.company_id, g.id, c.id, i.id, 'CloudAPI', 'ACTIVE', g.at, m.user_id, g.at, g.at, $1::int, g.last,
       'CLIENT', g.said, now() - random() * interval '1 hour', 3, now() + interval '23 hours',
       left(json_build_object(
           'id', g.id, 'companyId', c.company_id, 'integrationId', i.id, 'platform', 'CloudAPI', 'status', 'ACTIVE',
           'startedAt', g.shown_at, 'queuedAt', g.shown_at, 'firstHumanAt', g.shown_at, 'endedAt', null,
           'unreadCount', 3, 'lastMessage', json_build_object(
               'id', g.last, 'seq', $1::int, 'senderType', 'CLIENT', 'content', g.said, 'mediaType', null,
               'timestamp', g.shown_at),
           'serviceWindow', json_build_object('closesAt', g.shown_at))::text, -2), 9
FROM client c JOIN integration i USING (company_id) JOIN membership m USING (company_id),
     LATERAL (SELECT gen_random_uuid() AS id, gen_random_uuid() AS last, now() - interval '1 hour' AS at,
                     'Bom dia! Vocês têm pão de queijo?' AS said, '2026-11-23T12:00:00.000Z' AS shown_at
              WHERE c.id IS NOT NULL) g
"""
_MESSAGES = """
INSERT INTO message (company_id, id, chat_id, seq, integration_id, outbound, sender_type, sender_id, sender_name,
                     content, status, provider_id, at, metadata, possibly_doubled, reactions, shown, version)
SELECT c.company_id, g.id, c.id, n, c.integration_id, n % 2 = 0, g.sender_type,
       CASE n % 2 WHEN 0 THEN c.attendant_id END, CASE n % 2 WHEN 0 THEN 'Ana Lemos' END,
       json_build_object('kind', 'text', 'body', c.last_text), g.status, 'wamid.bench.' || c.id || n,
       c.started_at + n * interval '30 seconds', '{}', false, '{}',
       json_build_object(
           'id', g.id, 'chatId', c.id, 'seq', n, 'senderType', g.sender_type,
           'sender', CASE n % 2 WHEN 0 THEN json_build_object('id', c.attendant_id, 'name', 'Ana Lemos') END,
           'content', c.last_text, 'mediaType', null, 'media', null, 'metadata', json_build_object('kind', 'text'),
           'replyTo', null, 'status', g.status, 'error', null, 'timestamp', '2026-11-23T12:00:00.000Z'), 1
FROM chat c, generate_series(1, $1::int) n,
     LATERAL (SELECT gen_random_uuid() AS id, CASE n % 2 WHEN 0 THEN 'ATTENDANT' ELSE 'CLIENT' END AS sender_type,
                     CASE n % 2 WHEN 0 THEN 'READ' ELSE 'RECEIVED' END AS status WHERE c.id IS NOT NULL) g
"""


@frozen(kw_only=True)
class Tenant:
    """One of the companies, as the load needs it."""

    company_id: str
    integration_id: str
    account: str
    email: str


async def furnish(application: Application, superuser_url: str, *, graph_url: str) -> list[Tenant]:
    """Fill an empty installation."""
    tenants = [await _tenant(application, number, graph_url) for number in range(COMPANIES)]
    connection = await asyncpg.connect(superuser_url)
    for statement, count in ((_CLIENTS, CHATS), (_IDENTITIES, None), (_CHATS, MESSAGES), (_MESSAGES, MESSAGES)):
        await connection.execute(statement, *([count] if count else []))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return tenants


async def chats_of(superuser_url: str) -> list[tuple[str, str]]:
    """Every chat with its company."""
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch("SELECT company_id, id FROM chat ORDER BY id")
    await connection.close()
    return [(str(row["company_id"]), str(row["id"])) for row in rows]


async def _tenant(application: Application, number: int, graph_url: str) -> Tenant:
    company, _ = await application.found_company(name=f"Empresa {number}")
    email = f"bench{number}@jaboti.example"
    user = await application.register_user(email=email, name="Ana Lemos", password=PASSWORD)
    await application.enroll(company_id=company.id, user_id=user.id, name=user.name, role=Role.SUPERVISOR, primary=True)
    account = f"{7_000_000 + number}"
    integration = await application.connect_integration(
        steward(company.id),
        platform=Platform.CLOUD_API,
        account=account,
        name="bench",
        settings={"base_url": graph_url, "waba_id": f"{number}"},
        credentials={"access_token": "bench-token", "app_secret": SECRET, "verify_token": "bench"},
    )
    return Tenant(company_id=str(company.id), integration_id=str(integration.id), account=account, email=email)
