"""An integration: a company's account on a platform, with its settings and secrets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from attrs import define, evolve, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.integration.errors import IntegrationInactive, MissingSetting, OddSetting, StaleHint, UnknownSetting
from jaboti_domain.integration.events import IntegrationChanged
from jaboti_domain.integration.messaging import Connection, Notice, Platform
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.deeds import Facts
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id

DOTS = "••••"
"""What a hint begins with."""


class IntegrationStatus(StrEnum):
    """Whether messages flow."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@frozen(repr=False, str=False)
class Secret:
    """A value that must not be seen: its text forms are `***`, `reveal` is the only way to it."""

    _value: str

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def hint(self) -> str:
        """Enough to recognise it by: the last four characters, none of a short one."""
        return DOTS + (self._value[-4:] if len(self._value) >= 12 else "")

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)


NEEDED: Mapping[Platform, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Platform.CLOUD_API: (("waba_id", "base_url"), ("access_token", "app_secret", "verify_token")),
    Platform.EVOLUTION_API: (("base_url",), ("api_key", "webhook_secret")),
}
"""Per platform: the settings and the credentials without which it can't work.

Of a platform that a program introduced nothing is known: its channel says what is missing, when it is missed.
"""

PER_SECOND = "messages_per_second"
MOST_PER_SECOND = 1000
OPTIONAL: Mapping[Platform, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Platform.CLOUD_API: (("currency", PER_SECOND), ("previous_app_secret",)),
    Platform.EVOLUTION_API: ((PER_SECOND,), ("previous_webhook_secret",)),
}
"""Per platform: those that it knows besides. `currency` is the one in which the platform bills; USD unless given.

`messages_per_second` is how many each process of workers may send for the account, 1 to 1000: what the platform grants,
shared among them.
"""


@frozen(kw_only=True)
class Configuration:
    """What an admin says about an account; it replaces what was said before, except that secrets stay."""

    name: str
    status: IntegrationStatus = IntegrationStatus.ACTIVE
    settings: Mapping[str, str] = field(factory=dict)
    credentials: Mapping[str, str | None] = field(factory=dict, repr=False)
    """One that is not named, or named by its own hint, stays as it is; None takes it away."""
    bot: BotSettings | None = None
    reopen_within: timedelta = timedelta(0)


NEWS_KEPT = 20


@frozen(kw_only=True)
class News:
    """What the platform told of the account or its templates."""

    topic: str
    summary: str
    at: datetime


@define(kw_only=True)
class Integration(Aggregate):
    """A company's account on a platform. `account` names it there (CloudAPI: phone_number_id)."""

    id: IntegrationId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    platform: Platform = field(on_setattr=frozen_field)
    account: str = field(on_setattr=frozen_field)
    name: str
    status: IntegrationStatus = IntegrationStatus.ACTIVE
    settings: Mapping[str, str] = field(factory=dict)
    credentials: Mapping[str, Secret] = field(factory=dict, repr=False)
    bot: BotSettings | None = None
    company_bot: BotSettings | None = None
    """The company's, as the store found it: it is never kept with the integration."""
    reopen_within: timedelta = timedelta(0)
    """A client who writes again this soon after the end comes back to the same chat; zero: always a new chat."""
    trouble: str | None = None
    """Why the platform refuses us, in its own words; None while all is well."""
    quality: str | None = None
    """How good the platform finds the account, in its own words, when it was last asked."""
    news: Sequence[News] = field(default=(), converter=tuple[News, ...])
    """What the platform told last of the account and its templates, the newest first."""
    removed_at: datetime | None = None

    @classmethod
    def begin(cls, *, company_id: CompanyId, platform: Platform, account: str) -> Self:
        """One that is yet to be configured."""
        return cls(id=IntegrationId(new_id()), company_id=company_id, platform=platform, account=account, name="")

    @classmethod
    def connect(
        cls,
        *,
        company_id: CompanyId,
        platform: Platform,
        account: str,
        name: str,
        settings: Mapping[str, str],
        credentials: Mapping[str, str],
        at: datetime,
        bot: BotSettings | None = None,
    ) -> Self:
        """A new active integration. Raises what `configure` raises."""
        integration = cls.begin(company_id=company_id, platform=platform, account=account)
        integration.configure(Configuration(name=name, settings=settings, credentials=credentials, bot=bot), at=at)
        return integration

    def configure(self, wanted: Configuration, *, at: datetime) -> None:
        """Be as an admin says. New secrets or settings end the trouble: whether they are right is yet to be seen.

        Raises MissingSetting, OddSetting, UnknownSetting and StaleHint, each naming all that are.
        """
        before = self._configured()
        credentials = _merged(self.credentials, wanted.credentials)
        _check(self.platform, wanted.settings, credentials)
        has_other_means = (credentials, wanted.settings) != (self.credentials, self.settings)
        self.name, self.status, self.bot, self.reopen_within = (
            wanted.name,
            wanted.status,
            wanted.bot,
            wanted.reopen_within,
        )
        self.settings, self.credentials = dict(wanted.settings), credentials
        if has_other_means:
            self.trouble = None
        if self.version == 0 or before != self._configured():
            self._changed(at)

    def remove(self, *, at: datetime) -> None:
        """No more traffic: the secrets are forgotten, and the account is free for another integration."""
        self.status, self.removed_at, self.credentials = IntegrationStatus.INACTIVE, at, {}
        self._changed(at)

    def examined(self, *, well: bool, trouble: str | None, quality: str | None, at: datetime) -> None:
        """The platform was asked: all is well, or trouble is what must be mended (None: it could not be told)."""
        if quality is not None and quality != self.quality:
            self.quality = quality
            self._changed(at)
        if well or trouble is not None:
            self.report(trouble, at=at)

    @property
    def facts(self) -> Facts:
        """What an admin said about it, without secrets."""
        return {
            "name": self.name,
            "status": self.status.value,
            "settings": dict(self.settings),
            "bot": {"greeting": self.bot.greeting, "farewell": self.bot.farewell} if self.bot else None,
            "reopenWithinSeconds": int(self.reopen_within.total_seconds()),
        }

    @property
    def bot_in_effect(self) -> BotSettings | None:
        """Its own, else the company's; None where people answer from the beginning."""
        return self.bot or self.company_bot

    def credential(self, name: str) -> Secret:
        """A credential by name. Raises MissingSetting when there is none."""
        try:
            return self.credentials[name]
        except KeyError:
            raise MissingSetting(missing=[name]) from None

    def must_be_active(self) -> None:
        """Raise IntegrationInactive unless messages may flow."""
        if self.status is not IntegrationStatus.ACTIVE:
            raise IntegrationInactive(integration_id=str(self.id))

    def report(self, trouble: str | None, *, at: datetime) -> None:
        """Note that the platform refuses us, or (None) that it no longer does."""
        if trouble != self.trouble:
            self.trouble = trouble
            self._changed(at)

    def _configured(self) -> tuple[Facts, Mapping[str, Secret]]:
        return self.facts, dict(self.credentials)

    def heard(self, notice: Notice, *, at: datetime) -> None:
        """The platform may say how the account's session stands: its summary is the trouble, unless it is open.

        A session that is about to connect is neither well nor ill: it does so by itself, many times a day.
        """
        if notice.about_account:
            news = News(topic=notice.topic, summary=notice.summary, at=notice.at or at)
            self.news = (news, *self.news)[:NEWS_KEPT]
            self._changed(at)
        if notice.connection is Connection.OPEN:
            self.report(None, at=at)
        elif notice.connection in (Connection.CLOSED, Connection.PAIRING):
            self.report(notice.summary, at=at)

    def _changed(self, at: datetime) -> None:
        self.record(
            IntegrationChanged(
                company_id=self.company_id,
                at=at,
                integration_id=self.id,
                title=self.name,
                platform=self.platform,
                status=self.status.value,
                trouble=self.trouble,
            )
        )

    def without_secrets(self) -> Self:
        """A copy that may be shown."""
        return evolve(self, credentials={})


def _merged(kept: Mapping[str, Secret], wanted: Mapping[str, str | None]) -> dict[str, Secret]:
    stale = [name for name, value in wanted.items() if _is_stale(value, kept.get(name))]
    if stale:
        raise StaleHint(fields=_paths("credentials", stale))
    merged = dict(kept)
    for name, value in wanted.items():
        if value is None:
            merged.pop(name, None)
        elif not value.startswith(DOTS):
            merged[name] = Secret(value)
    return merged


def _is_stale(value: str | None, kept: Secret | None) -> bool:
    return value is not None and value.startswith(DOTS) and (kept is None or value != kept.hint())


def _check(platform: Platform, settings: Mapping[str, str], credentials: Mapping[str, Secret]) -> None:
    if platform not in NEEDED:
        return
    (needed_settings, needed_credentials), (more_settings, more_credentials) = NEEDED[platform], OPTIONAL[platform]
    unknown = _paths("settings", (n for n in settings if n not in needed_settings + more_settings))
    unknown += _paths("credentials", (n for n in credentials if n not in needed_credentials + more_credentials))
    if unknown:
        raise UnknownSetting(fields=unknown)
    if PER_SECOND in settings and not _is_flow(settings[PER_SECOND]):
        raise OddSetting(fields=_paths("settings", (PER_SECOND,)))
    no_settings = [n for n in needed_settings if not settings.get(n)]
    no_credentials = [n for n in needed_credentials if not credentials.get(n)]
    if no_settings or no_credentials:
        missing = no_settings + no_credentials
        raise MissingSetting(
            missing=missing, fields=_paths("settings", no_settings) + _paths("credentials", no_credentials)
        )


def _is_flow(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_PER_SECOND


def _paths(kind: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{kind}/{name}" for name in names)
