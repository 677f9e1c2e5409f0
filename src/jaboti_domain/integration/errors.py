"""Refusals of integrations and their channels.

NotFound ── IntegrationNotFound
Conflict ── AccountTaken, IntegrationInactive, WindowClosed
Invalid ── UnreadableContent, UnsupportedContent, UnreadableWebhook, MissingSetting, MissingChannel
Unauthenticated ── BadSignature
Exception ── SendingFailed ── TryAgain, SlowDown, GiveUp, MendSettings, OutcomeUnknown   (sorted by what to do next)
"""

from typing import ClassVar

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound, Refusal, Unauthenticated


class IntegrationNotFound(NotFound):
    """There is no such integration."""

    code = "integration.not_found"


class AccountTaken(Conflict):
    """This account of the platform is already connected."""

    code = "integration.account_taken"


class IntegrationInactive(Conflict):
    """The integration is not active."""

    code = "integration.inactive"


class WindowClosed(Conflict):
    """The client has not written for too long: outside the service window only a template may be sent."""

    code = "channel.window_closed"


class UnreadableContent(Invalid):
    """The content can't be read."""

    code = "content.unreadable"


class UnsupportedContent(Invalid):
    """The platform can't send this kind of content."""

    code = "content.unsupported"


class UnreadableWebhook(Invalid):
    """The body is not a webhook of this platform."""

    code = "webhook.unreadable"


class MissingSetting(Invalid):
    """A setting or credential that the platform needs is missing."""

    code = "integration.missing_setting"


class MissingChannel(Invalid):
    """There is no channel for this platform."""

    code = "integration.missing_channel"


class BadSignature(Unauthenticated):
    """The webhook's signature does not match."""

    code = "webhook.bad_signature"


class SendingFailed(Refusal):
    """The platform did not take the message."""

    code = "channel.failed"
    permanent: ClassVar[bool] = False

    def __init__(self, *, error_code: str, title: str, info: str = "") -> None:
        self.error_code, self.title, self.info = error_code, title, info
        super().__init__(error_code=error_code, title=title, info=info)


class TryAgain(SendingFailed):
    """The platform refused for a passing reason: the same message may be taken later."""

    code = "channel.try_again"


class SlowDown(SendingFailed):
    """The platform wants fewer messages: wait `retry_after` seconds, or as the back-off says when it is None."""

    code = "channel.slow_down"

    def __init__(self, *, error_code: str, title: str, info: str = "", retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(error_code=error_code, title=title, info=info)


class GiveUp(SendingFailed):
    """The platform will never take this message."""

    code = "channel.give_up"
    permanent = True


class MendSettings(SendingFailed):
    """The platform refuses the whole integration until its settings are mended."""

    code = "channel.mend_settings"
    permanent = True


class OutcomeUnknown(SendingFailed):
    """The connection was lost after the message was written: it may or may not have been taken."""

    code = "channel.outcome_unknown"
