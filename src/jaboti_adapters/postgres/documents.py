"""What a row shows on the wire, worked out when the row is written: a page of fifty is then read, not built."""

from jaboti_adapters.postgres.texts import shown
from jaboti_adapters.showing import media_shown, metadata_shown, status_shown, time_shown
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.model import Client
from jaboti_domain.company.model import Department, Membership
from jaboti_domain.identity.model import User


def message_shown(message: Message) -> str:
    """The message as a JSON object."""
    file = message.content.file
    return shown(
        {
            "id": message.id,
            "chatId": message.chat_id,
            "seq": message.seq,
            "senderType": message.sender_type,
            "sender": {"id": message.sender.id, "name": message.sender.name} if message.sender else None,
            "content": message.content.text,
            "mediaType": file.type if file else None,
            "media": media_shown(message.content),
            "metadata": metadata_shown(message),
            "replyTo": message.reply_to,
            "status": status_shown(message.status),
            "error": {"code": message.error.code, "title": message.error.title} if message.error else None,
            "timestamp": time_shown(message.provider_at or message.at),
        }
    )


def chat_shown(chat: Chat) -> str:
    """The chat as a JSON object that is not closed yet, nor is its last member, the service window."""
    text = shown(
        {
            "id": chat.id,
            "companyId": chat.company_id,
            "integrationId": chat.integration_id,
            "platform": chat.platform,
            "status": chat.status,
            "startedAt": time_shown(chat.started_at),
            "queuedAt": time_shown(chat.queued_at),
            "firstHumanAt": time_shown(chat.first_human_at),
            "endedAt": time_shown(chat.ended_at),
            "unreadCount": chat.unread,
            "lastMessage": _last_message(chat),
            "version": chat.version,
            "serviceWindow": {"closesAt": time_shown(chat.window.closes_at)},
        }
    )
    return text.removesuffix("}}")


def client_shown(client: Client) -> str:
    """The client as a chat shows them."""
    phone = client.phone.e164 if client.phone else None
    return shown({"id": client.id, "name": client.name, "phone": phone})


def named_shown(named: Department | User) -> str:
    """Something with its name."""
    return shown({"id": named.id, "name": named.name})


def member_shown(member: Membership) -> str:
    """An attendant as a chat shows them."""
    return shown({"id": member.user_id, "name": member.name})


def _last_message(chat: Chat) -> dict[str, object] | None:
    last = chat.last_message
    if last is None:
        return None
    return {
        "id": last.id,
        "seq": last.seq,
        "senderType": last.sender_type,
        "content": last.text,
        "mediaType": last.media_type,
        "timestamp": time_shown(last.at),
    }
