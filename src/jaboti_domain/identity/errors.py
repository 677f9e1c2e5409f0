"""Refusals about identity.

Unauthenticated ── WrongCredentials, InvalidToken, SessionEnded, RefreshReused
Forbidden ── NotAMember
Conflict ── EmailTaken, BelongsElsewhere
NotFound ── SessionNotFound
TooMany ── TooManyAttempts
Invalid ── InvalidEmail, WeakPassword, CommonPassword, WrongPassword
"""

from jaboti_domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


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


class CommonPassword(Invalid):
    """The password is one of the first that anybody would try."""

    code = "user.common_password"
    portuguese = "A senha é uma das primeiras que qualquer um tentaria."
    field = "password"


class WrongPassword(Invalid):
    """This is not the current password."""

    code = "user.wrong_password"
    portuguese = "Esta não é a senha atual."
    field = "currentPassword"


class SessionNotFound(NotFound):
    """There is no such session."""

    code = "session.not_found"
    portuguese = "Esta sessão não existe."


class TooManyAttempts(TooMany):
    """Too many attempts to sign in: wait, or use a device that was signed in before."""

    code = "auth.too_many_attempts"
    portuguese = "Tentativas demais de entrar: espere, ou use um aparelho em que já entrou antes."
