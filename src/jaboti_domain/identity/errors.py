"""Refusals about identity.

Unauthenticated ── WrongCredentials, InvalidToken, SessionEnded, RefreshReused
Forbidden ── NotAMember
Conflict ── EmailTaken, BelongsElsewhere
Invalid ── InvalidEmail, WeakPassword
"""

from jaboti_domain.kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The e-mail or the password is wrong."""

    code = "auth.wrong_credentials"
    portuguese = "O e-mail ou a senha está incorreto."


class InvalidToken(Unauthenticated):
    """The token is not valid, or no longer."""

    code = "auth.invalid_token"
    portuguese = "O token não é válido, ou deixou de ser."


class SessionEnded(Unauthenticated):
    """The session has ended."""

    code = "auth.session_ended"
    portuguese = "A sessão terminou."


class RefreshReused(Unauthenticated):
    """This refresh token was used before: the whole session is ended, for it may have been stolen."""

    code = "auth.refresh_reused"
    portuguese = "Este token de renovação já foi usado: a sessão terminou, pois ele pode ter sido roubado."


class NotAMember(Forbidden):
    """You are not a member of this company."""

    code = "auth.not_a_member"
    portuguese = "Você não é membro desta empresa."


class EmailTaken(Conflict):
    """Another user has this e-mail address."""

    code = "user.email_taken"
    portuguese = "Outro usuário tem este e-mail."


class BelongsElsewhere(Conflict):
    """They belong to another company too: only they themselves can change their e-mail address and password."""

    code = "user.belongs_elsewhere"
    portuguese = "Esta pessoa também é de outra empresa: só ela mesma pode trocar o próprio e-mail e a própria senha."


class InvalidEmail(Invalid):
    """The e-mail address is not valid."""

    code = "user.invalid_email"
    portuguese = "O e-mail não é válido."
    field = "email"


class WeakPassword(Invalid):
    """A password has between 15 and 128 characters."""

    code = "user.weak_password"
    portuguese = "Uma senha tem de 15 a 128 caracteres."
    field = "password"
