"""An integration: a company's account on a platform, with its settings and secrets."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from attrs import define, evolve, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.integration.errors import IntegrationInactive, MissingSetting
from jaboti_domain.integration.events import IntegrationChanged
from jaboti_domain.integration.messaging import Connection, Notice, Platform
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id


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
        return "••••" + (self._value[-4:] if len(self._value) >= 12 else "")

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)


NEEDED: Mapping[Platform, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Platform.CLOUD_API: (("waba_id", "base_url"), ("access_token", "app_secret", "verify_token")),
    Platform.EVOLUTION_API: (("base_url",), ("api_key", "webhook_secret")),
}
"""Per platform: the settings and the credentials without which it can't work."""


@frozen(kw_only=True)
class BotSettings:
    """What the built-in menu says first, in the words of the company."""

    greeting: str
    farewell: str = ""


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
    reopen_within: timedelta = timedelta(0)
    """A client who writes again this soon after the end comes back to the same chat; zero: always a new chat."""
    trouble: str | None = None
    """Why the platform refuses us, in its own words; None while all is well."""

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
        """A new active integration. Raises MissingSetting, naming all that is missing."""
        needed_settings, needed_credentials = NEEDED.get(platform, ((), ()))
        missing = [n for n in needed_settings if not settings.get(n)]
        missing += [n for n in needed_credentials if not credentials.get(n)]
        if missing:
            raise MissingSetting(missing=missing)
        integration = cls(
            id=IntegrationId(new_id()),
            company_id=company_id,
            platform=platform,
            account=account,
            name=name,
            settings=dict(settings),
            credentials={name: Secret(value) for name, value in credentials.items()},
            bot=bot,
        )
        integration._changed(at)
        return integration

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

    def heard(self, notice: Notice, *, at: datetime) -> None:
        """The platform may say how the account's session stands: its summary is the trouble, unless it is open.

        A session that is about to connect is neither well nor ill: it does so by itself, many times a day.
        """
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
