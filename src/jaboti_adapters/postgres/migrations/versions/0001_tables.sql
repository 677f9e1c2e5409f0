CREATE TABLE company (
    id uuid NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT company_pkey PRIMARY KEY (id)
);

CREATE TABLE user_account (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    shown text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT user_account_pkey PRIMARY KEY (id),
    CONSTRAINT user_account_email_key UNIQUE (email)
);

CREATE TABLE session (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    active_company_id uuid,
    device text NOT NULL,
    address text NOT NULL,
    counter integer NOT NULL,
    opened_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    ended_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (id),
    CONSTRAINT session_user_account_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);

CREATE INDEX session_opened_at_idx ON session (user_id, opened_at);

CREATE TABLE department (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    description text NOT NULL,
    created_at timestamptz NOT NULL,
    shown text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT department_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT department_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT department_name_key_key UNIQUE (company_id, name_key)
);

CREATE TABLE membership (
    company_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    is_primary boolean NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT membership_pkey PRIMARY KEY (company_id, user_id),
    CONSTRAINT membership_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT membership_user_account_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);

CREATE INDEX membership_user_id_idx ON membership (user_id);

CREATE TABLE membership_department (
    company_id uuid NOT NULL,
    user_id uuid NOT NULL,
    department_id uuid NOT NULL,
    CONSTRAINT membership_department_pkey PRIMARY KEY (company_id, user_id, department_id),
    CONSTRAINT membership_department_membership_company_id_fkey FOREIGN KEY (company_id, user_id)
        REFERENCES membership (company_id, user_id) ON DELETE CASCADE,
    CONSTRAINT membership_department_department_company_id_fkey FOREIGN KEY (company_id, department_id)
        REFERENCES department (company_id, id)
);

CREATE TABLE client (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    phone text,
    document_kind text,
    document text,
    email text,
    attributes json NOT NULL,
    created_at timestamptz NOT NULL,
    merged_into uuid,
    shown text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT client_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT client_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT client_client_company_id_fkey FOREIGN KEY (company_id, merged_into) REFERENCES client (company_id, id)
);

CREATE TABLE client_identity (
    company_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    client_id uuid NOT NULL,
    address text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT client_identity_pkey PRIMARY KEY (company_id, kind, key),
    CONSTRAINT client_identity_client_company_id_fkey FOREIGN KEY (company_id, client_id)
        REFERENCES client (company_id, id)
);

CREATE INDEX client_identity_client_id_idx ON client_identity (company_id, client_id);

CREATE TABLE integration (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    platform text NOT NULL,
    account text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    settings json NOT NULL,
    credentials json NOT NULL,
    bot json,
    reopen_seconds integer NOT NULL,
    trouble text,
    version integer NOT NULL,
    CONSTRAINT integration_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT integration_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
);

CREATE TABLE integration_account (
    platform text NOT NULL,
    account text NOT NULL,
    owner text,
    company_id uuid NOT NULL,
    integration_id uuid NOT NULL,
    CONSTRAINT integration_account_pkey PRIMARY KEY (platform, account),
    CONSTRAINT integration_account_integration_company_id_fkey FOREIGN KEY (company_id, integration_id)
        REFERENCES integration (company_id, id)
);

CREATE INDEX integration_account_integration_id_idx ON integration_account (integration_id);

CREATE INDEX integration_account_owner_idx ON integration_account (platform, owner);

CREATE TABLE chat (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    integration_id uuid NOT NULL,
    platform text NOT NULL,
    status text NOT NULL,
    started_at timestamptz NOT NULL,
    attendant_id uuid,
    department_id uuid,
    queued_at timestamptz,
    first_human_at timestamptz,
    ended_at timestamptz,
    last_seq integer DEFAULT 0 NOT NULL,
    last_message_id uuid,
    last_sender_type text,
    last_text text,
    last_media_type text,
    active_at timestamptz NOT NULL,
    read_seq integer DEFAULT 0 NOT NULL,
    unread integer DEFAULT 0 NOT NULL,
    bot_turns integer DEFAULT 0 NOT NULL,
    window_closes_at timestamptz,
    window_entered_at timestamptz,
    shown text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT chat_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT chat_client_company_id_fkey FOREIGN KEY (company_id, client_id) REFERENCES client (company_id, id),
    CONSTRAINT chat_integration_company_id_fkey FOREIGN KEY (company_id, integration_id)
        REFERENCES integration (company_id, id),
    CONSTRAINT chat_department_company_id_fkey FOREIGN KEY (company_id, department_id)
        REFERENCES department (company_id, id)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX chat_open_key ON chat (company_id, client_id, integration_id) WHERE status <> 'CLOSED';

CREATE INDEX chat_list_idx ON chat (company_id, status, active_at DESC, id DESC);

CREATE INDEX chat_attendant_idx ON chat (company_id, attendant_id, status, active_at DESC, id DESC);

CREATE INDEX chat_client_idx ON chat (company_id, client_id, started_at);

CREATE TABLE message (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    chat_id uuid NOT NULL,
    seq integer NOT NULL,
    integration_id uuid NOT NULL,
    outbound boolean NOT NULL,
    sender_type text NOT NULL,
    sender_id uuid,
    sender_name text,
    content json NOT NULL,
    reply_to uuid,
    status text NOT NULL,
    error json,
    provider_id text,
    at timestamptz NOT NULL,
    provider_at timestamptz,
    client_key text,
    metadata json NOT NULL,
    possibly_doubled boolean NOT NULL,
    edited_at timestamptz,
    revoked_at timestamptz,
    reactions json NOT NULL,
    shown text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (company_id, chat_id, seq),
    CONSTRAINT message_id_key UNIQUE (company_id, id),
    CONSTRAINT message_chat_company_id_fkey FOREIGN KEY (company_id, chat_id) REFERENCES chat (company_id, id)
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX message_provider_key ON message (company_id, integration_id, provider_id, outbound)
    WHERE provider_id IS NOT NULL;

CREATE UNIQUE INDEX message_client_key_key ON message (company_id, chat_id, client_key) WHERE client_key IS NOT NULL;

CREATE TABLE milestone (
    company_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    name text NOT NULL,
    data json NOT NULL,
    CONSTRAINT milestone_pkey PRIMARY KEY (company_id, chat_id, version),
    CONSTRAINT milestone_chat_company_id_fkey FOREIGN KEY (company_id, chat_id) REFERENCES chat (company_id, id)
);

CREATE TABLE company_stream (
    company_id uuid NOT NULL,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    forgotten bigint DEFAULT 0 NOT NULL,
    CONSTRAINT company_stream_pkey PRIMARY KEY (company_id),
    CONSTRAINT company_stream_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
) WITH (fillfactor = 50);

CREATE TABLE event (
    company_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    name text NOT NULL,
    audience json NOT NULL,
    data json NOT NULL,
    CONSTRAINT event_pkey PRIMARY KEY (company_id, seq)
);

CREATE TABLE journal (
    company_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    integration_id uuid NOT NULL,
    event_key text NOT NULL,
    lane text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reason text,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT journal_pkey PRIMARY KEY (company_id, id),
    CONSTRAINT journal_integration_id_key UNIQUE (company_id, integration_id, event_key)
) WITH (fillfactor = 80);

CREATE INDEX journal_lane_idx ON journal (company_id, integration_id, lane, id) WHERE outcome = 'PENDING';

CREATE INDEX journal_due_idx ON journal (company_id, due_at, id) WHERE outcome = 'PENDING';

CREATE TABLE journal_lane (
    company_id uuid NOT NULL,
    integration_id uuid NOT NULL,
    lane text NOT NULL,
    CONSTRAINT journal_lane_pkey PRIMARY KEY (company_id, integration_id, lane)
);

CREATE TABLE errand (
    company_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    chat_id uuid NOT NULL,
    kind text NOT NULL,
    message_id uuid NOT NULL,
    sending boolean NOT NULL,
    unsure boolean NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    due_at timestamptz NOT NULL,
    CONSTRAINT errand_pkey PRIMARY KEY (company_id, id)
) WITH (fillfactor = 70);

CREATE INDEX errand_chat_idx ON errand (company_id, chat_id, id);

CREATE INDEX errand_due_idx ON errand (company_id, due_at, id);
