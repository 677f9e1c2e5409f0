"""How each kind of trace is erased, and where it stands: every column with words is in here, or not personal.

A new column with words in it is named in one of the two (a test asks); one that tells of clients needs an eraser.
"""

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen
from sqlalchemy import text

from jaboti_adapters.postgres.silencing import UNEXPLAINED, silencing
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.kernel.forgetting import FORGOTTEN
from jaboti_domain.privacy.model import Trace

Columns = Mapping[str, Sequence[str]]

_CHATS = "company_id = :company_id AND chat_id = ANY(CAST(:chats AS uuid[]))"
_GONE = "'" + FORGOTTEN + "' || encode(sha256(convert_to({}, 'UTF8')), 'hex')"
_SAYS = "EXISTS (SELECT FROM unnest(CAST(:{} AS text[])) AS word WHERE position(word IN {}) > 0)"
_HOLDS = "EXISTS (SELECT FROM unnest(CAST(:{} AS text[])) AS word WHERE position(convert_to(word, 'UTF8') IN {}) > 0)"
ROWS_AT_ONCE = 20_000
"""Rows that are looked through in one statement, which has five seconds."""


def _counting(sql: str) -> Statement:
    return Statement(text(f"WITH changed AS ({sql} RETURNING 1) SELECT count(*) AS changed FROM changed"))


def _all_counting(statements: Iterable[str]) -> Sequence[Statement]:
    return tuple(map(_counting, statements))


@frozen
class Eraser:
    """Statements that each give how many rows they changed; those over a span are run for one span after the other."""

    columns: Columns
    statements: Sequence[Statement] = field(converter=_all_counting)
    span: str | None = None
    """The table whose numbered rows are looked through."""


ERASERS: Mapping[Trace, Eraser] = {
    Trace.JOURNAL: Eraser(
        {"journal": ("event_key", "lane", "raw", "reason")},
        [
            f"""
            UPDATE journal SET event_key = {_GONE.format("event_key")}, lane = '{FORGOTTEN}', raw = '', reason = NULL,
                outcome = CASE WHEN outcome IN ('PENDING', 'DEAD') THEN 'IGNORED' ELSE outcome END,
                settled_at = coalesce(settled_at, now())
            WHERE company_id = :company_id AND id BETWEEN :first AND :last AND lane <> '{FORGOTTEN}' AND (
                lane = ANY(CAST(:lanes AS text[]))
                OR {_SAYS.format("names", "lane")}
                OR outcome <> 'PENDING' AND ({_HOLDS.format("names", "raw")} OR {_SAYS.format("names", "event_key")})
            )
            """
        ],
        span="journal",
    ),
    Trace.LANES: Eraser(
        {"journal_lane": ("lane",)},
        ["DELETE FROM journal_lane WHERE company_id = :company_id AND lane = ANY(CAST(:lanes AS text[]))"],
    ),
    Trace.ERRANDS: Eraser({}, [f"DELETE FROM errand WHERE {_CHATS}"]),
    Trace.MERGES: Eraser(
        {"client_merge": ("absorbed", "before", "chats")},
        [
            """
            DELETE FROM client_merge WHERE company_id = :company_id
            AND (client_id = ANY(CAST(:clients AS uuid[])) OR absorbed_id = ANY(CAST(:clients AS uuid[])))
            """
        ],
    ),
    Trace.NOTES: Eraser(
        {"note": ("text", "shown")},
        [
            """
            DELETE FROM note WHERE company_id = :company_id
            AND (client_id = ANY(CAST(:clients AS uuid[])) OR chat_id = ANY(CAST(:chats AS uuid[])))
            """
        ],
    ),
    Trace.COMMANDS: Eraser(
        {"command": ("answer", "key")},
        [
            f"DELETE FROM command WHERE company_id = :company_id AND {_SAYS.format('names', 'key')}",
            f"""
            UPDATE command SET answer = NULL WHERE company_id = :company_id AND answer IS NOT NULL
            AND (subject = ANY(CAST(:clients AS uuid[]))
                OR subject IN (SELECT media_id FROM message WHERE {_CHATS} AND media_id IS NOT NULL)
                OR {_HOLDS.format("words", "answer")})
            """,
        ],
    ),
    Trace.MEDIA: Eraser(
        {"media": ("filename", "sha256", "handles")},
        [
            f"""
            DELETE FROM media WHERE company_id = :company_id
            AND id IN (SELECT media_id FROM message WHERE {_CHATS})
            AND NOT EXISTS (
                SELECT FROM message WHERE message.company_id = :company_id AND message.media_id = media.id
                AND message.chat_id <> ALL(CAST(:chats AS uuid[]))
            )
            """
        ],
    ),
    Trace.MESSAGES: Eraser(
        {
            "message": (
                "content",
                "error",
                "provider_id",
                "client_key",
                "metadata",
                "reactions",
                "shown",
            )
        },
        [
            f"""
            UPDATE message SET {silencing("anonymized")}, provider_id = {_GONE.format("provider_id")},
                status = CASE WHEN status IN ('QUEUED', 'SENDING') THEN 'FAILED' ELSE status END
            WHERE {_CHATS}
            """
        ],
    ),
    Trace.CHATS: Eraser(
        {"chat": ("last_text", "last_media_type", "shown")},
        [
            """
            UPDATE chat SET last_text = '', last_media_type = NULL, shown = given.shown
            FROM unnest(CAST(:chats AS uuid[]), CAST(:chats_shown AS text[])) AS given (id, shown)
            WHERE company_id = :company_id AND chat.id = given.id AND last_text IS NOT NULL
            """
        ],
    ),
    Trace.MILESTONES: Eraser(
        {"milestone": ("data",)},
        [
            f"""
            UPDATE milestone SET {UNEXPLAINED}
            WHERE {_CHATS} AND data ->> 'reason' IS NOT NULL
            """
        ],
    ),
    Trace.USAGE: Eraser(
        {"usage": ("provider_id",)},
        [
            f"""
            UPDATE usage SET provider_id = {_GONE.format("provider_id")}
            WHERE {_CHATS} AND provider_id NOT LIKE '{FORGOTTEN}%'
            """
        ],
    ),
    Trace.CALLS: Eraser(
        {"call_log": ("peer", "request_id", "error_title")},
        [
            """
            UPDATE call_log SET peer = NULL, request_id = NULL, error_title = NULL
            WHERE company_id = :company_id AND peer = ANY(CAST(:hints AS text[]))
            """
        ],
    ),
    Trace.EVENTS: Eraser(
        {"event": ("data",)},
        [
            "DELETE FROM event WHERE company_id = :company_id"
            " AND seq BETWEEN :first AND least(CAST(:last AS bigint), CAST(:newest AS bigint))"
        ],
        span="event",
    ),
}

SPANS: Mapping[str, Statement] = {
    "journal": Statement(text("SELECT min(id) AS first, max(id) AS last FROM journal WHERE company_id = :company_id")),
    "event": Statement(text("SELECT min(seq) AS first, max(seq) AS last FROM event WHERE company_id = :company_id")),
}
NEWEST_EVENT = Statement(
    text(
        f"""
        SELECT max(seq) AS newest FROM event
        WHERE company_id = :company_id AND seq BETWEEN :first AND :last AND {_SAYS.format("words", "data::text")}
        """
    )
)
LANES = Statement(
    text(
        f"""
        SELECT entry.lane FROM chat
        JOIN message USING (company_id) JOIN journal AS entry USING (company_id)
        WHERE company_id = :company_id AND chat.client_id = ANY(CAST(:clients AS uuid[])) AND message.chat_id = chat.id
          AND message.provider_id IS NOT NULL AND entry.integration_id = chat.integration_id
          AND entry.event_key = 'm:' || message.provider_id AND entry.lane NOT LIKE 'a:%'
          AND entry.lane <> '{FORGOTTEN}'
        UNION
        SELECT lane FROM journal_lane WHERE company_id = :company_id AND {_SAYS.format("names", "lane")}
        """
    )
)
"""The lanes of what the person wrote and was written, and those that have one of their names."""
LOCK_LANES = Statement(
    text(
        """
        SELECT lane FROM journal_lane WHERE company_id = :company_id AND lane = ANY(CAST(:lanes AS text[]))
        ORDER BY integration_id, lane FOR UPDATE
        """
    )
)
FORGET_EVENTS = Statement(
    text(
        """
        UPDATE company_stream SET forgotten = greatest(forgotten, CAST(:newest AS bigint))
        WHERE company_id = :company_id
        """
    )
)

ELSEWHERE: Columns = {
    "client": (
        "name", "phone", "document_kind", "document", "email", "attributes", "shown", "identities", "contacts",
        "name_key", "sought", "card",
    ),
    "client_identity": ("kind", "key", "address"),
    "client_term": ("term",),
    "audit_entry": ("details", "salt"),
}  # fmt: skip
"""What is written anew with the client who says nothing any more (`Client.anonymize`), and what the log forgets."""

NOT_PERSONAL: Columns = {
    "audit_entry": ("action", "actor_name", "address", "subject", "digest", "seal"),
    "audit_head": ("last", "seal"),
    "budget": ("currency",),
    "call_log": ("platform", "direction", "kind", "outcome", "error_code"),
    "chat": ("platform", "status", "last_sender_type"),
    "chat_interval": ("state",),
    "command": ("fingerprint",),
    "company": ("name", "time_zone", "currency", "hours", "bot", "retention"),
    "dashboard_layout": ("widgets",),
    "department": ("name", "name_key", "description", "shown", "sort_key"),
    "erasure": ("by_name", "digest", "erased"),
    "errand": ("kind",),
    "event": ("name", "audience"),
    "integration": (
        "platform", "account", "name", "status", "settings", "credentials", "bot", "trouble", "quality", "news",
    ),
    "integration_account": ("platform", "account", "owner"),
    "journal": ("outcome",),
    "media": ("state", "mime_type", "uploaded_by_name"),
    "membership": ("role", "name", "sort_key", "shown"),
    "message": ("sender_type", "sender_name", "status"),
    "milestone": ("name",),
    "note": ("author_name",),
    "rate": ("market", "category", "currency"),
    "retention_run": ("removed",),
    "session": ("device", "address"),
    "tally_by_day": ("span",),
    "usage": ("category", "kind", "country", "currency"),
    "user_account": ("email", "name", "password_hash", "shown"),
}  # fmt: skip
"""Words that are ours, the company's, or its people's; a `sender_name` is an attendant's."""
