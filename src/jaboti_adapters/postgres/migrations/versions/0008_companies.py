"""Companies have hours and a bot, members a name of their own, and what was removed stays behind.

Two triggers see to it that no open chat comes to a department that was removed, or to a member who is disabled or has
left. They lock what they look at, so that it holds as well when both happen at once; and they come before the row is
written, for whoever has to wait must not hold the company's stream meanwhile.
"""

import json

from alembic import op

from jaboti_adapters.postgres.migrations.rules import ON_QUEUE, run
from jaboti_domain.kernel.folding import folded

revision = "0008"
down_revision = "0007"

_PROTECTED = ("company", "department", "membership")
_COLUMNS = (
    "ALTER TABLE company ADD COLUMN hours json, ADD COLUMN bot json",
    "ALTER TABLE department ADD COLUMN sort_key text, ADD COLUMN removed_at timestamptz",
    "ALTER TABLE membership ADD COLUMN name text, ADD COLUMN sort_key text, ADD COLUMN shown text, "
    "ADD COLUMN left_at timestamptz",
    "ALTER TABLE user_account ADD COLUMN primary_company_id uuid",
)
_FILLING = (
    "UPDATE membership m SET name = u.name, shown = u.shown FROM user_account u WHERE u.id = m.user_id",
    """
    UPDATE user_account u SET primary_company_id = first.company_id FROM (
        SELECT DISTINCT ON (user_id) user_id, company_id FROM membership WHERE is_primary ORDER BY user_id, created_at
    ) AS first
    WHERE first.user_id = u.id
    """,
    "ALTER TABLE user_account ADD CONSTRAINT user_account_company_primary_company_id_fkey "
    "FOREIGN KEY (primary_company_id) REFERENCES company (id)",
)
_FILLED = (
    "ALTER TABLE membership ALTER COLUMN name SET NOT NULL, ALTER COLUMN sort_key SET NOT NULL, "
    "ALTER COLUMN shown SET NOT NULL, DROP COLUMN is_primary",
    "ALTER TABLE department ALTER COLUMN sort_key SET NOT NULL",
    "ALTER TABLE department DROP CONSTRAINT department_name_key_key",
    "CREATE UNIQUE INDEX department_name_key_key ON department (company_id, name_key) WHERE removed_at IS NULL",
    f"CREATE POLICY of_queue ON company FOR SELECT USING ({ON_QUEUE})",
)
_FUNCTIONS = (
    """
    CREATE FUNCTION is_elsewhere(who uuid, here uuid) RETURNS boolean LANGUAGE plpgsql AS $$
    DECLARE found boolean;
    BEGIN
        PERFORM set_config('app.user_id', who::text, true);
        found := EXISTS (
            SELECT FROM membership m WHERE m.user_id = who AND m.company_id <> here AND m.left_at IS NULL
        );
        PERFORM set_config('app.user_id', '', true);
        RETURN found;
    END
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION standings_of(
        users uuid[], sessions uuid[], companies uuid[], used_since timestamptz, opened_since timestamptz
    ) RETURNS TABLE (place integer, name text, role text, departments uuid[]) LANGUAGE plpgsql AS $$
    BEGIN
        FOR place IN 1 .. cardinality(users) LOOP
            PERFORM set_config('app.user_id', users[place]::text, true);
            RETURN QUERY
                SELECT place, m.name, m.role, ARRAY(
                    SELECT d.department_id FROM membership_department d
                    WHERE d.company_id = m.company_id AND d.user_id = m.user_id
                )
                FROM membership m JOIN user_account u ON u.id = m.user_id JOIN session s ON s.user_id = u.id
                WHERE m.company_id = companies[place] AND m.user_id = users[place]
                  AND m.enabled AND m.left_at IS NULL AND u.enabled
                  AND s.id = sessions[place] AND s.ended_at IS NULL
                  AND s.used_at >= used_since AND s.opened_at >= opened_since;
        END LOOP;
    END
    $$
    """,
    """
    CREATE FUNCTION chat_comes_to_somebody() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        is_there boolean;
    BEGIN
        IF NEW.department_id IS NOT NULL THEN
            SELECT d.removed_at IS NULL INTO is_there FROM department d
            WHERE d.company_id = NEW.company_id AND d.id = NEW.department_id FOR SHARE;
            IF NOT is_there THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'chat_department_is_there';
            END IF;
        END IF;
        IF NEW.attendant_id IS NOT NULL THEN
            SELECT m.enabled AND m.left_at IS NULL INTO is_there FROM membership m
            WHERE m.company_id = NEW.company_id AND m.user_id = NEW.attendant_id FOR SHARE;
            IF NOT is_there THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'chat_attendant_is_there';
            END IF;
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER comes_new BEFORE INSERT ON chat FOR EACH ROW
    WHEN (NEW.status <> 'CLOSED' AND coalesce(NEW.attendant_id, NEW.department_id) IS NOT NULL)
    EXECUTE FUNCTION chat_comes_to_somebody()
    """,
    """
    CREATE TRIGGER comes BEFORE UPDATE ON chat FOR EACH ROW
    WHEN (NEW.status <> 'CLOSED' AND coalesce(NEW.attendant_id, NEW.department_id) IS NOT NULL AND (
        OLD.status = 'CLOSED' OR NEW.attendant_id IS DISTINCT FROM OLD.attendant_id
        OR NEW.department_id IS DISTINCT FROM OLD.department_id
    ))
    EXECUTE FUNCTION chat_comes_to_somebody()
    """,
)


_FOLDED = (
    (
        "SELECT company_id, id, name FROM department",
        """
        UPDATE department SET sort_key = given ->> 2 FROM json_array_elements($1::json) AS given
        WHERE company_id = (given ->> 0)::uuid AND id = (given ->> 1)::uuid
        """,
    ),
    (
        "SELECT company_id, user_id, name FROM membership",
        """
        UPDATE membership SET sort_key = given ->> 2 FROM json_array_elements($1::json) AS given
        WHERE company_id = (given ->> 0)::uuid AND user_id = (given ->> 1)::uuid
        """,
    ),
)


def upgrade() -> None:
    """Row-level security binds the owner too, also when a foreign key is checked, and is lifted for the filling."""
    run(*_COLUMNS, *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in _PROTECTED), *_FILLING)
    connection = op.get_bind()
    for names, filling in _FOLDED:
        rows = connection.exec_driver_sql(names).all()
        keys = [[str(company_id), str(one), folded(name)] for company_id, one, name in rows]
        connection.exec_driver_sql(filling, (json.dumps(keys),))
    run(*(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in _PROTECTED), *_FILLED, *_FUNCTIONS)
