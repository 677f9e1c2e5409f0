DO $$
DECLARE
    named text;
    mine text := $q$company_id = (SELECT NULLIF(current_setting('app.company_id', true), '')::uuid)$q$;
BEGIN
    FOREACH named IN ARRAY ARRAY[
        'department', 'membership', 'membership_department', 'client', 'client_identity', 'integration',
        'integration_account', 'chat', 'message', 'milestone', 'company_stream', 'event', 'journal', 'journal_lane',
        'errand'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY of_company ON %I USING (%s) WITH CHECK (%s)', named, mine, mine);
    END LOOP;
END
$$;

ALTER TABLE company ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_company ON company
    USING (id = (SELECT NULLIF(current_setting('app.company_id', true), '')::uuid))
    WITH CHECK (id = (SELECT NULLIF(current_setting('app.company_id', true), '')::uuid));

DO $$
DECLARE
    named text;
    on_queue text := $q$(SELECT current_setting('app.queue', true)) = 'on'$q$;
BEGIN
    FOREACH named IN ARRAY ARRAY['journal', 'journal_lane', 'errand', 'integration', 'integration_account'] LOOP
        EXECUTE format('CREATE POLICY of_queue ON %I USING (%s) WITH CHECK (%s)', named, on_queue, on_queue);
    END LOOP;
END
$$;

CREATE POLICY of_user ON membership FOR SELECT
    USING (user_id = (SELECT NULLIF(current_setting('app.user_id', true), '')::uuid));

CREATE POLICY of_user ON membership_department FOR SELECT
    USING (user_id = (SELECT NULLIF(current_setting('app.user_id', true), '')::uuid));

CREATE POLICY of_user ON company FOR SELECT
    USING (EXISTS (
        SELECT FROM membership
        WHERE membership.company_id = company.id
          AND membership.user_id = (SELECT NULLIF(current_setting('app.user_id', true), '')::uuid)
    ));

CREATE FUNCTION begin_stream() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO company_stream (company_id, epoch, seq)
    VALUES (NEW.id, extract(epoch FROM clock_timestamp()) * 1000, 0);
    RETURN NULL;
END
$$;

CREATE TRIGGER begin_stream AFTER INSERT ON company FOR EACH ROW EXECUTE FUNCTION begin_stream();

CREATE FUNCTION standings_of(
    users uuid[], sessions uuid[], companies uuid[], used_since timestamptz, opened_since timestamptz
) RETURNS TABLE (place integer, name text, role text, departments uuid[]) LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(users) LOOP
        PERFORM set_config('app.user_id', users[place]::text, true);
        RETURN QUERY
            SELECT place, u.name, m.role, ARRAY(
                SELECT d.department_id FROM membership_department d
                WHERE d.company_id = m.company_id AND d.user_id = m.user_id
            )
            FROM membership m JOIN user_account u ON u.id = m.user_id JOIN session s ON s.user_id = u.id
            WHERE m.company_id = companies[place] AND m.user_id = users[place] AND m.enabled AND u.enabled
              AND s.id = sessions[place] AND s.ended_at IS NULL
              AND s.used_at >= used_since AND s.opened_at >= opened_since;
    END LOOP;
END
$$;
