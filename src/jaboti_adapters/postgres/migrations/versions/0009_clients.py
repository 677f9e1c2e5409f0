"""Clients with contacts, who can be blocked, removed, merged, parted again, and found by any part of a word."""

import json
from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import Connection, Row, text

from jaboti_adapters.postgres.clients import searched
from jaboti_adapters.postgres.migrations.rules import protect, run
from jaboti_adapters.postgres.texts import shown
from jaboti_adapters.showing import client_card
from jaboti_domain.client.document import Document, DocumentKind
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """What clients are found by is made comparable by the domain, for those that are there already too."""
    run(
        "ALTER TABLE client ADD COLUMN contacts json NOT NULL DEFAULT '[]'",
        "ALTER TABLE client ADD COLUMN updated_at timestamptz",
        "ALTER TABLE client ADD COLUMN blocked_at timestamptz",
        "ALTER TABLE client ADD COLUMN removed_at timestamptz",
        """ALTER TABLE client ADD COLUMN name_key text COLLATE "C" NOT NULL DEFAULT ''""",
        "ALTER TABLE client ADD COLUMN sought text NOT NULL DEFAULT ''",
        "ALTER TABLE client ADD COLUMN card text NOT NULL DEFAULT ''",
        _TERM_TABLE,
        _MERGE_TABLE,
        "CREATE INDEX client_merge_client_id_idx ON client_merge (company_id, client_id, absorbed_id)",
        _TERMS,
        _KEEP_TERMS,
        """
        CREATE TRIGGER add_client_terms AFTER INSERT ON client
        FOR EACH ROW EXECUTE FUNCTION keep_client_terms()
        """,
        """
        CREATE TRIGGER keep_client_terms AFTER UPDATE OF sought ON client
        FOR EACH ROW WHEN (OLD.sought IS DISTINCT FROM NEW.sought) EXECUTE FUNCTION keep_client_terms()
        """,
        "ALTER TABLE client NO FORCE ROW LEVEL SECURITY",
        "UPDATE client SET updated_at = created_at",
    )
    _fill(op.get_bind())
    run(
        "ALTER TABLE client FORCE ROW LEVEL SECURITY",
        "ALTER TABLE client ALTER COLUMN updated_at SET NOT NULL",
        *(f"ALTER TABLE client ALTER COLUMN {column} DROP DEFAULT" for column in _WITH_DEFAULT),
        "CREATE INDEX client_name_idx ON client (company_id, name_key, id)"
        " WHERE removed_at IS NULL AND merged_into IS NULL",
        "CREATE UNIQUE INDEX client_document_key ON client (company_id, document)"
        " WHERE document IS NOT NULL AND removed_at IS NULL AND merged_into IS NULL",
        "CREATE INDEX client_email_idx ON client (company_id, email)"
        " WHERE email IS NOT NULL AND removed_at IS NULL AND merged_into IS NULL",
        "CREATE INDEX client_merged_into_idx ON client (company_id, merged_into) WHERE merged_into IS NOT NULL",
    )
    protect("client_term", "client_merge")


_TERM_TABLE = """
CREATE TABLE client_term (
    company_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    client_id uuid NOT NULL,
    CONSTRAINT client_term_pkey PRIMARY KEY (company_id, term, client_id)
)
"""
_MERGE_TABLE = """
CREATE TABLE client_merge (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    absorbed_id uuid NOT NULL,
    at timestamptz NOT NULL,
    absorbed json NOT NULL,
    before json NOT NULL,
    chats json NOT NULL,
    undone_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT client_merge_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT client_merge_client_company_id_fkey FOREIGN KEY (company_id, client_id)
        REFERENCES client (company_id, id),
    CONSTRAINT client_merge_absorbed_id_fkey FOREIGN KEY (company_id, absorbed_id)
        REFERENCES client (company_id, id)
)
"""
_WITH_DEFAULT = ("contacts", "name_key", "sought", "card")
_TERMS = """
CREATE FUNCTION client_terms(sought text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT left(substr(word, n), 16)
    FROM (
        SELECT number, unnest(string_to_array(replace(content, E'\\n', ' '), ' ')) AS word
        FROM unnest(string_to_array(sought, E'\\f')) WITH ORDINALITY AS field (content, number)
    ) AS words, generate_series(1, greatest(1, length(word) - CASE number WHEN 3 THEN 3 ELSE 0 END)) AS n
    WHERE word <> ''
$$
"""
"""All ends of words, cut off after 16 characters; of phones those of four digits or more."""
_KEEP_TERMS = """
CREATE FUNCTION keep_client_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO client_term (company_id, term, client_id)
        SELECT NEW.company_id, term, NEW.id FROM client_terms(NEW.sought) AS term;
        RETURN NULL;
    END IF;
    DELETE FROM client_term AS kept
    USING (SELECT client_terms(OLD.sought) EXCEPT SELECT client_terms(NEW.sought)) AS gone (term)
    WHERE kept.company_id = OLD.company_id AND kept.term = gone.term AND kept.client_id = OLD.id;
    INSERT INTO client_term (company_id, term, client_id)
    SELECT NEW.company_id, fresh.term, NEW.id
    FROM (SELECT client_terms(NEW.sought) EXCEPT SELECT client_terms(OLD.sought)) AS fresh (term);
    RETURN NULL;
END
$$
"""


_SOME = text("""
    SELECT company_id, id, name, phone, document_kind, document, email, attributes::text, identities::text, created_at,
           merged_into, version
    FROM client WHERE (company_id, id) > (:company_id, :id) ORDER BY company_id, id LIMIT 1000
""")
_CHANGE = text("""
    UPDATE client SET name_key = :key, sought = :sought, card = :card WHERE company_id = :company_id AND id = :id
""")


def _fill(connection: Connection) -> None:
    place = {"company_id": UUID(int=0), "id": UUID(int=0)}
    while rows := connection.execute(_SOME, place).all():
        changes = [{"company_id": one.company_id, "id": one.id, **_texts_of(one)} for one in map(_client_of, rows)]
        connection.execute(_CHANGE, changes)
        place = {"company_id": rows[-1].company_id, "id": rows[-1].id}


def _client_of(row: Row[Any]) -> Client:
    names = (ChannelIdentity(kind=IdentityKind(k), key=key, address=a) for k, key, a in json.loads(row.identities))
    return Client(
        id=row.id,
        company_id=row.company_id,
        name=row.name,
        created_at=row.created_at,
        phone=Phone(row.phone) if row.phone else None,
        document=Document(DocumentKind(row.document_kind), row.document) if row.document else None,
        email=row.email,
        identities=tuple(names),
        attributes=json.loads(row.attributes),
        merged_into=row.merged_into,
        version=row.version,
    )


def _texts_of(one: Client) -> dict[str, object]:
    key, sought = searched(one)
    return {"key": key, "sought": sought, "card": shown(client_card(one, version=one.version))}
