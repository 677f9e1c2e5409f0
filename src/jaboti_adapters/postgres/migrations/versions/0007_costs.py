"""What messages cost, and what they may cost."""

from jaboti_adapters.postgres.migrations.rules import open_to_queues, protect, run

revision = "0007"
down_revision = "0006"

_RATE = """
CREATE TABLE rate (
    market text NOT NULL,
    category text NOT NULL,
    currency text NOT NULL,
    valid_from date NOT NULL,
    amount numeric(12, 6) NOT NULL,
    CONSTRAINT rate_pkey PRIMARY KEY (market, category, currency, valid_from),
    CONSTRAINT rate_amount_check CHECK (amount >= 0 AND amount <> 'NaN')
)
"""
_USAGE = """
CREATE TABLE usage (
    company_id uuid NOT NULL,
    integration_id uuid NOT NULL,
    provider_id text NOT NULL,
    message_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    attendant_id uuid,
    department_id uuid,
    at timestamptz NOT NULL,
    category text NOT NULL,
    kind text NOT NULL,
    country text,
    amount numeric(12, 6),
    currency text NOT NULL,
    rated_from date,
    CONSTRAINT usage_pkey PRIMARY KEY (company_id, integration_id, provider_id),
    CONSTRAINT usage_integration_company_id_fkey FOREIGN KEY (company_id, integration_id)
        REFERENCES integration (company_id, id),
    CONSTRAINT usage_chat_company_id_fkey FOREIGN KEY (company_id, chat_id) REFERENCES chat (company_id, id),
    CONSTRAINT usage_amount_check CHECK (amount >= 0 AND amount <> 'NaN')
)
"""
_BUDGET = """
CREATE TABLE budget (
    company_id uuid NOT NULL,
    amount numeric(18, 6) NOT NULL,
    currency text NOT NULL,
    warned_month date,
    warned_percent integer NOT NULL,
    version integer NOT NULL,
    CONSTRAINT budget_pkey PRIMARY KEY (company_id),
    CONSTRAINT budget_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT budget_amount_check CHECK (amount >= 0 AND amount <> 'NaN')
)
"""
_PRICES = """
INSERT INTO rate (market, category, currency, valid_from, amount) VALUES
    ('BR', 'marketing', 'USD', '2025-07-01', 0.0625),
    ('BR', 'utility', 'USD', '2025-07-01', 0.0068),
    ('BR', 'authentication', 'USD', '2025-07-01', 0.0068),
    ('BR', 'service', 'USD', '2025-07-01', 0),
    ('BR', 'service', 'USD', '2026-10-01', 0.0068)
"""


def upgrade() -> None:
    """`numeric` takes NaN, which would poison every sum: it is refused."""
    run(
        _RATE,
        _USAGE,
        "CREATE INDEX usage_at_idx ON usage (company_id, at) INCLUDE (currency, amount)",
        _BUDGET,
        _PRICES,
    )
    protect("usage", "budget")
    open_to_queues("budget")
