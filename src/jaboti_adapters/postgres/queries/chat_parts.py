"""The statements behind one chat, its messages and its timeline, and behind the numbers above the lists.

Those of documents give one column, `json`: of something that does not exist, no row or null.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from jaboti_adapters.postgres.queries.chat_documents import COLUMNS, array_of, documents_of
from jaboti_adapters.postgres.queries.chat_pages import in_queues
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.times import time_text
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import chat, message, milestone, note
from jaboti_domain.chat.events import ChatOpened
from jaboti_domain.chat.routing import ChatStatus

_CHAT_ID, _LIMIT, _VIEWER = param("chat_id", Uuid), param("limit", Integer), param("viewer", Uuid)
_IS_CHAT = and_(chat.c.company_id == HERE, chat.c.id == _CHAT_ID)
_EMPTY_CHAT = select(literal("", Text)).where(_IS_CHAT).scalar_subquery()
_OF_CHAT = and_(message.c.company_id == HERE, message.c.chat_id == _CHAT_ID)
_ASKED_FOR = and_(_OF_CHAT, message.c.seq > param("after", Integer), message.c.seq < param("before", Integer))
_OPENED, _MESSAGE, _TURN, _NOTE = (literal_column(rank, Integer) for rank in "0123")
"""What stands first among things of the same millisecond."""


def _one() -> Statement:
    shown = documents_of(select(*COLUMNS).where(_IS_CHAT).subquery("chats")).subquery("shown")
    return within_company(select(utf8(shown.c.document).label("json")))


def _messages(order: ColumnElement[Any]) -> Statement:
    page = select(message.c.seq, message.c.shown).where(_ASKED_FOR).order_by(order).limit(_LIMIT).subquery("page")
    return _array_of_chat(page, page.c.shown, page.c.seq)


def _timeline() -> Statement:
    told = union_all(_messages_told(), _milestones_told(), _notes_told()).subquery("told")
    newest_first = told.c.at.desc(), told.c.rank.desc(), told.c.number.desc(), told.c.id.desc()
    newest = select(*told.c).order_by(*newest_first).limit(_LIMIT).subquery("newest")
    key = case((newest.c.rank == _MESSAGE, ',"message":'), (newest.c.rank == _NOTE, ',"note":'), else_=',"data":')
    entry = func.concat('{"type":"', newest.c.type, '","at":', time_text(newest.c.at), key, newest.c.body, "}")
    return _array_of_chat(newest, entry, newest.c.at, newest.c.rank, newest.c.number, newest.c.id)


def _messages_told() -> Select[Any]:
    return select(
        message.c.at,
        _MESSAGE.label("rank"),
        message.c.seq.label("number"),
        literal("message", Text).label("type"),
        message.c.shown.label("body"),
        message.c.id,
    ).where(_OF_CHAT)


def _milestones_told() -> Select[Any]:
    return select(
        milestone.c.at,
        case((milestone.c.name == ChatOpened.name, _OPENED), else_=_TURN),
        milestone.c.version,
        milestone.c.name,
        cast(milestone.c.data, Text),
        milestone.c.chat_id,
    ).where(milestone.c.company_id == HERE, milestone.c.chat_id == _CHAT_ID)


def _notes_told() -> Select[Any]:
    return select(
        note.c.created_at, _NOTE, literal_column("0", Integer), literal("note", Text), note.c.shown, note.c.id
    ).where(note.c.company_id == HERE, note.c.chat_id == _CHAT_ID, note.c.removed_at.is_(None))


def _array_of_chat(things: FromClause, document: ColumnElement[str], *order: ColumnElement[Any]) -> Statement:
    array = array_of(document, *order, if_none=_EMPTY_CHAT)
    return within_company(select(utf8(array).label("json")).select_from(things))


def _counts(*visible: ColumnElement[bool]) -> Statement:
    is_active = chat.c.status == ChatStatus.ACTIVE.value
    return within_company(
        select(
            func.count().filter(chat.c.status == ChatStatus.BOT.value).label("bot"),
            func.count().filter(chat.c.status == ChatStatus.PENDING.value).label("pending"),
            func.count().filter(is_active).label("active"),
            func.count().filter(is_active, chat.c.attendant_id == _VIEWER).label("mine"),
        ).where(chat.c.company_id == HERE, chat.c.status != ChatStatus.CLOSED.value, *visible)
    )


ONE = _one()
NEWEST_MESSAGES = _messages(message.c.seq.desc())
MESSAGES_AFTER = _messages(message.c.seq)
MESSAGE = within_company(
    select(utf8(message.c.shown).label("json")).where(
        message.c.company_id == HERE, message.c.id == param("message_id", Uuid)
    )
)
TIMELINE = _timeline()
COUNTS = _counts()
COUNTS_OF_OPERATOR = _counts(
    or_(chat.c.attendant_id == _VIEWER, and_(chat.c.attendant_id.is_(None), in_queues(chat))),
)
