"""Refusals about identity.

Unauthenticated ── WrongCredentials, InvalidToken, SessionEnded, RefreshReused
Forbidden ── NotAMember
Conflict ── EmailTaken
Invalid ── InvalidEmail, WeakPassword
"""

from jaboti_domain.kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The e-mail or the password is wrong."""

    code = "auth.wrong_credentials"


class InvalidToken(Unauthenticated):
    """The token is not valid, or no longer."""

    code = "auth.invalid_token"


class SessionEnded(Unauthenticated):
    """The session has ended."""

    code = "auth.session_ended"


class RefreshReused(Unauthenticated):
    """This refresh token was used before: the whole session is ended, for it may have been stolen."""

    code = "auth.refresh_reused"


class NotAMember(Forbidden):
    """You are not a member of this company."""

    code = "auth.not_a_member"


class EmailTaken(Conflict):
    """Another user has this e-mail address."""

    code = "user.email_taken"


class InvalidEmail(Invalid):
    """The e-mail address is not valid."""

    code = "user.invalid_email"


class WeakPassword(Invalid):
    """A password has between 15 and 128 characters."""

    code = "user.weak_password"
