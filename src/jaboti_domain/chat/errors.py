"""Refusals about chats.

NotFound ── ChatNotFound, MessageNotFound
Conflict ── ChatAlreadyAssigned, ChatAlreadyClosed, ChatNotActive, AlreadyTheirs, ChatIsOpen, AttendantDisabled
Forbidden ── NotYourChat
Invalid ── EmptyMessage, MessageTooLong, NoAddress
"""

from jaboti_domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class ChatNotFound(NotFound):
    """There is no such chat."""

    code = "chat.not_found"


class MessageNotFound(NotFound):
    """There is no such message in this chat."""

    code = "message.not_found"


class ChatAlreadyAssigned(Conflict):
    """Another attendant has already taken this chat."""

    code = "chat.already_assigned"


class ChatAlreadyClosed(Conflict):
    """The chat has ended."""

    code = "chat.already_closed"


class ChatNotActive(Conflict):
    """Nobody has taken this chat yet: start it first."""

    code = "chat.not_active"


class AlreadyTheirs(Conflict):
    """The chat is already there."""

    code = "chat.already_there"


class ChatIsOpen(Conflict):
    """The client already has an open chat on this integration."""

    code = "chat.already_open"


class AttendantDisabled(Conflict):
    """This attendant can't take chats: their account is disabled."""

    code = "chat.attendant_disabled"


class NotYourChat(Forbidden):
    """Only the chat's attendant, somebody of its queue, or a supervisor may do this."""

    code = "chat.not_yours"


class EmptyMessage(Invalid):
    """A message needs words, a file, or a template."""

    code = "message.empty"


class MessageTooLong(Invalid):
    """A message has at most 4,096 characters."""

    code = "message.too_long"


class NoAddress(Invalid):
    """The client can't be reached on this platform."""

    code = "client.no_address"
