SET LOCAL work_mem = '64MB'

-- The states of chats, each from a milestone to the next. A chat keeps its department until it is given another one.
INSERT INTO chat_interval
WITH zone AS (
    SELECT c.id AS company_id, coalesce(z.name, 'UTC') AS name
    FROM company c LEFT JOIN pg_timezone_names z ON z.name = c.time_zone
),
turn AS (
    SELECT company_id, chat_id, version,
        max(date_trunc('second', at)) OVER life AS since,
        CASE name
            WHEN 'chat.opened' THEN data ->> 'status'
            WHEN 'chat.started' THEN 'ACTIVE'
            WHEN 'chat.ended' THEN 'CLOSED'
            WHEN 'chat.transferred' THEN CASE WHEN data #>> '{attendant,id}' IS NULL THEN 'PENDING' ELSE 'ACTIVE' END
            ELSE 'PENDING'
        END AS state,
        (data #>> '{attendant,id}')::uuid AS named,
        (data #>> '{department,id}')::uuid AS department_id,
        count(*) FILTER (
            WHERE name IN ('chat.opened', 'chat.queued')
               OR name = 'chat.transferred' AND data #>> '{attendant,id}' IS NULL
        ) OVER life AS stay
    FROM milestone
    WINDOW life AS (PARTITION BY company_id, chat_id ORDER BY version)
),
stand AS (
    SELECT company_id, chat_id, version, state, since,
        first_value(department_id) OVER (PARTITION BY company_id, chat_id, stay ORDER BY version) AS department_id,
        CASE state WHEN 'ACTIVE' THEN named WHEN 'CLOSED' THEN lag(named) OVER life END AS attendant_id,
        extract(epoch FROM lead(since) OVER life - since)::integer AS seconds
    FROM turn
    WINDOW life AS (PARTITION BY company_id, chat_id ORDER BY version)
)
SELECT company_id, chat_id, version, state, department_id, attendant_id, since,
    (since AT TIME ZONE zone.name)::date, extract(hour FROM since AT TIME ZONE zone.name)::smallint, seconds, seconds
FROM stand JOIN zone USING (company_id)

-- What each chat counts for, and where: begun, taken out of a queue (after one or more stays in it), ended for good.
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
WITH turn AS (
    SELECT *,
        row_number() OVER life = 1 AS is_first,
        lead(version) OVER life IS NULL AS is_last,
        lag(state) OVER life = 'PENDING' AND state = 'ACTIVE' AS is_taken,
        count(*) FILTER (WHERE state <> 'PENDING') OVER life - (state <> 'PENDING')::integer AS wait
    FROM chat_interval
    WINDOW life AS (PARTITION BY company_id, chat_id ORDER BY version)
),
sums AS (
    SELECT company_id, chat_id, max(version) AS version,
        sum(seconds) FILTER (WHERE state <> 'CLOSED') AS lived,
        sum(business_seconds) FILTER (WHERE state <> 'CLOSED') AS lived_business
    FROM chat_interval GROUP BY company_id, chat_id
),
waits AS (
    SELECT company_id, chat_id, wait,
        sum(seconds) FILTER (WHERE state = 'PENDING') AS seconds,
        sum(business_seconds) FILTER (WHERE state = 'PENDING') AS business
    FROM turn GROUP BY company_id, chat_id, wait
)
SELECT first.company_id, first.day, first.hour, last.department_id, last.attendant_id,
    1 AS chats, 0 AS ended, 0 AS waits,
    0::bigint AS wait_seconds, 0::bigint AS wait_business_seconds,
    0::bigint AS lived_seconds, 0::bigint AS lived_business_seconds
FROM turn first JOIN sums USING (company_id, chat_id) JOIN chat_interval last USING (company_id, chat_id)
WHERE first.is_first AND last.version = sums.version
UNION ALL
SELECT company_id, day, hour, department_id, attendant_id, 0, 0, 1, waits.seconds, waits.business, 0, 0
FROM turn JOIN waits USING (company_id, chat_id, wait)
WHERE is_taken
UNION ALL
SELECT company_id, day, hour, department_id, attendant_id, 0, 1, 0, 0, 0, sums.lived, sums.lived_business
FROM turn JOIN sums USING (company_id, chat_id)
WHERE is_last AND state = 'CLOSED'

UPDATE counted SET
    department_id = coalesce(department_id, '00000000-0000-0000-0000-000000000000'),
    attendant_id = coalesce(attendant_id, '00000000-0000-0000-0000-000000000000')
WHERE department_id IS NULL OR attendant_id IS NULL

-- Rows that are read together lie together, as they do when they are written day by day.
INSERT INTO tally_by_day
SELECT company_id, 'day', day, department_id, attendant_id,
    sum(chats), sum(ended), sum(waits),
    sum(wait_seconds), sum(wait_business_seconds), sum(lived_seconds), sum(lived_business_seconds)
FROM counted GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5

INSERT INTO tally_by_day
SELECT company_id, 'month', date_trunc('month', day)::date, department_id, attendant_id,
    sum(chats), sum(ended), sum(waits),
    sum(wait_seconds), sum(wait_business_seconds), sum(lived_seconds), sum(lived_business_seconds)
FROM tally_by_day GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5

INSERT INTO tally_by_hour
SELECT company_id, place.owner_id, place.id, day, hour,
    sum(chats), sum(ended), sum(waits),
    sum(wait_seconds), sum(wait_business_seconds), sum(lived_seconds), sum(lived_business_seconds)
FROM counted, LATERAL (
    SELECT 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid AS owner_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid AS id
    UNION ALL
    SELECT counted.department_id, counted.department_id
    WHERE counted.department_id <> '00000000-0000-0000-0000-000000000000'
    UNION ALL
    SELECT counted.attendant_id, counted.department_id
    WHERE counted.attendant_id <> '00000000-0000-0000-0000-000000000000'
       OR counted.department_id = '00000000-0000-0000-0000-000000000000'
) AS place
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
