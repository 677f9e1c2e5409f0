"""Refusals about chats.

NotFound ── ChatNotFound, MessageNotFound
Conflict ── ChatAlreadyAssigned, ChatAlreadyClosed, ChatNotActive, AlreadyTheirs, ChatIsOpen, AttendantDisabled
Forbidden ── NotYourChat
Invalid ── EmptyMessage, MessageTooLong, NotReactable, UnfitCaption, NoAddress, MessageExpired
"""

from jaboti_domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class ChatNotFound(NotFound):
    """There is no such chat."""

    code = "chat.not_found"
    portuguese = "Este atendimento não existe."


class MessageNotFound(NotFound):
    """There is no such message in this chat."""

    code = "message.not_found"
    portuguese = "Esta mensagem não existe neste atendimento."


class ChatAlreadyAssigned(Conflict):
    """Another attendant has already taken this chat."""

    code = "chat.already_assigned"
    portuguese = "Outro atendente já assumiu este atendimento."


class ChatAlreadyClosed(Conflict):
    """The chat has ended."""

    code = "chat.already_closed"
    portuguese = "O atendimento já terminou."


class ChatNotActive(Conflict):
    """Nobody has taken this chat yet: start it first."""

    code = "chat.not_active"
    portuguese = "Ninguém assumiu este atendimento ainda: inicie-o primeiro."


class AlreadyTheirs(Conflict):
    """The chat is already there."""

    code = "chat.already_there"
    portuguese = "O atendimento já está lá."


class ChatIsOpen(Conflict):
    """The client already has an open chat on this integration."""

    code = "chat.already_open"
    portuguese = "O cliente já tem um atendimento aberto nesta integração."


class AttendantDisabled(Conflict):
    """This attendant can't take chats: their account is disabled."""

    code = "chat.attendant_disabled"
    portuguese = "Este atendente não pode assumir atendimentos: a conta está desativada."


class NotYourChat(Forbidden):
    """Only the chat's attendant, somebody of its queue, or a supervisor may do this."""

    code = "chat.not_yours"
    portuguese = "Só o atendente, alguém da fila do atendimento ou um supervisor pode fazer isso."


class EmptyMessage(Invalid):
    """A message needs words, a file, or a template."""

    code = "message.empty"
    portuguese = "Uma mensagem precisa de palavras, de um arquivo ou de um modelo."
    field = "content"


class MessageTooLong(Invalid):
    """A message has at most 4,096 characters."""

    code = "message.too_long"
    portuguese = "Uma mensagem tem no máximo 4.096 caracteres."
    field = "content"


class NotReactable(Invalid):
    """A reaction is on a message that the client wrote."""

    code = "message.not_reactable"
    portuguese = "Só se reage a uma mensagem que o cliente escreveu."
    field = "replyTo"


class UnfitCaption(Invalid):
    """A file comes with at most 1,024 characters; sound and stickers, with none."""

    code = "message.unfit_caption"
    portuguese = "Um arquivo vai com no máximo 1.024 caracteres; áudio e figurinhas, com nenhum."
    field = "content"


class MessageExpired(Invalid):
    """The message could not be sent for so long that it is not sent any more."""

    code = "message.expired"
    portuguese = "A mensagem não pôde ser enviada por tanto tempo que já não será enviada."


class NoAddress(Invalid):
    """The client can't be reached on this platform."""

    code = "client.no_address"
    portuguese = "Não há como alcançar o cliente nesta plataforma."
