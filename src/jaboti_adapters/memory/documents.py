"""Chats and messages as screens get them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.showing import (
    media_shown,
    metadata_shown,
    milestone_shown,
    note_shown,
    status_shown,
    time_shown,
)
from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.state import LastMessage
from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.client.model import Client
from jaboti_domain.note.model import Note

Document = Mapping[str, object]


def chat_document(store: MemoryStore, chat: Chat) -> Document:
    """A chat, with its people as they are called now."""
    return {
        "id": chat.id,
        "companyId": chat.company_id,
        "client": _client(store.clients.rows[chat.client_id]),
        "attendant": _attendant(store, chat),
        "department": _department(store, chat),
        "integrationId": chat.integration_id,
        "platform": chat.platform,
        "status": chat.status,
        "startedAt": time_shown(chat.started_at),
        "queuedAt": time_shown(chat.queued_at),
        "firstHumanAt": time_shown(chat.first_human_at),
        "endedAt": time_shown(chat.ended_at),
        "unreadCount": chat.unread,
        "lastMessage": chat.last_message and _last_message(chat.last_message),
        "serviceWindow": _window(chat.window, store.clock()),
        "version": chat.version,
    }


def message_document(message: Message) -> Document:
    """A message."""
    file = message.content.file
    return {
        "id": message.id,
        "chatId": message.chat_id,
        "seq": message.seq,
        "senderType": message.sender_type,
        "sender": message.sender and _named(message.sender.id, message.sender.name),
        "content": message.content.text,
        "mediaType": file and file.type,
        "media": media_shown(message.content),
        "metadata": metadata_shown(message),
        "replyTo": message.reply_to,
        "status": status_shown(message.status),
        "error": message.error and _error(message.error),
        "timestamp": time_shown(message.provider_at or message.at),
    }


def message_entry(message: Message) -> Document:
    """A message in a timeline."""
    return {"type": "message", "at": time_shown(message.at), "message": message_document(message)}


def milestone_entry(event: Milestone) -> Document:
    """A turn of the chat's life in a timeline."""
    return {"type": event.name, "at": time_shown(event.at), "data": milestone_shown(event)}


def entry(told: Message | Milestone | Note) -> Document:
    """Anything in a timeline."""
    match told:
        case Message():
            return message_entry(told)
        case Note():
            return {"type": "note", "at": time_shown(told.created_at), "note": note_shown(told, version=told.version)}
    return milestone_entry(told)


def _named(id: UUID, name: str) -> Document:
    return {"id": id, "name": name}


def _client(client: Client) -> Document:
    return {"id": client.id, "name": client.name, "phone": client.phone and client.phone.e164}


def _attendant(store: MemoryStore, chat: Chat) -> Document | None:
    if chat.attendant_id is None:
        return None
    member = store.memberships.get((chat.company_id, chat.attendant_id))
    return {"id": chat.attendant_id, "name": member and member.name}


def _department(store: MemoryStore, chat: Chat) -> Document | None:
    department = chat.department_id and store.departments.get(chat.department_id)
    return _named(department.id, department.name) if department else None


def _last_message(message: LastMessage) -> Document:
    return {
        "id": message.id,
        "seq": message.seq,
        "senderType": message.sender_type,
        "content": message.text,
        "mediaType": message.media_type,
        "timestamp": time_shown(message.at),
    }


def _window(window: ServiceWindow, at: datetime) -> Document:
    return {"open": window.is_open(at), "closesAt": time_shown(window.closes_at)}


def _error(error: DeliveryError) -> Document:
    return {"code": error.code, "title": error.title}
