"""Refusals about notes.

NotFound ── NoteNotFound, NoSuchChat
Forbidden ── NotYourNote
Invalid ── InvalidNote
"""

from jaboti_domain.kernel.errors import Forbidden, Invalid, NotFound


class NoteNotFound(NotFound):
    """There is no such note."""

    code = "note.not_found"
    portuguese = "Esta nota não existe."


class NoSuchChat(NotFound):
    """There is no such chat to write about."""

    code = "note.no_such_chat"
    portuguese = "Não existe tal atendimento sobre o qual escrever."


class NotYourNote(Forbidden):
    """Only its author or a supervisor may change or delete a note."""

    code = "note.not_yours"
    portuguese = "Só quem escreveu a nota ou um supervisor pode alterá-la ou excluí-la."


class InvalidNote(Invalid):
    """A note has 1 to 10,000 characters."""

    code = "note.invalid_text"
    portuguese = "Uma nota tem de 1 a 10.000 caracteres."
    field = "text"
