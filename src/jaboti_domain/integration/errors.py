"""Refusals of integrations and their channels.

NotFound ── IntegrationNotFound, DeadLetterNotFound, BudgetNotFound
Conflict ── AccountTaken, IntegrationInactive, HasOpenChats, WindowClosed, DeadLetterNotDead
Invalid ── UnreadableContent, UnsupportedContent, UnreadableWebhook, MissingSetting, OddSetting, UnknownSetting,
           UnsafeAddress, StaleHint, AccountIsFixed, MissingChannel, UnknownTemplate, WrongVariables, NothingToAsk
Unauthenticated ── BadSignature
Exception ── SendingFailed ── TryAgain (NotTried), SlowDown, GiveUp, MendSettings, OutcomeUnknown   (by what to do)
"""

from enum import StrEnum
from typing import ClassVar

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound, Refusal, Unauthenticated


class IntegrationNotFound(NotFound):
    """There is no such integration."""

    code = "integration.not_found"
    portuguese = "Esta integração não existe."


class DeadLetterNotFound(NotFound):
    """There is no such dead letter."""

    code = "dead_letter.not_found"
    portuguese = "Este item não existe."


class BudgetNotFound(NotFound):
    """The company has no budget."""

    code = "budget.not_found"
    portuguese = "A empresa não tem orçamento."


class AccountTaken(Conflict):
    """This account of the platform is already connected."""

    code = "integration.account_taken"
    portuguese = "Esta conta da plataforma já está conectada."


class IntegrationInactive(Conflict):
    """The integration is not active."""

    code = "integration.inactive"
    portuguese = "A integração não está ativa."


class HasOpenChats(Conflict):
    """There are open chats on the integration: end them first."""

    code = "integration.has_open_chats"
    portuguese = "Há atendimentos abertos nesta integração: encerre-os primeiro."


class DeadLetterNotDead(Conflict):
    """The item is no dead letter any more."""

    code = "dead_letter.not_dead"
    portuguese = "O item já não está entre os não processados."


class WindowClosed(Conflict):
    """The client has not written for too long: outside the service window only a template may be sent."""

    code = "channel.window_closed"
    portuguese = "O cliente não escreve há tempo demais: fora da janela de atendimento só segue um modelo."


class UnreadableContent(Invalid):
    """The content can't be read."""

    code = "content.unreadable"
    portuguese = "Não foi possível ler o conteúdo."


class UnsupportedContent(Invalid):
    """The platform can't send this kind of content."""

    code = "content.unsupported"
    portuguese = "A plataforma não envia este tipo de conteúdo."


class UnreadableWebhook(Invalid):
    """The body is not a webhook of this platform."""

    code = "webhook.unreadable"
    portuguese = "O corpo não é um webhook desta plataforma."


class MissingSetting(Invalid):
    """A setting or credential that the platform needs is missing."""

    code = "integration.missing_setting"
    portuguese = "Falta uma configuração ou credencial de que a plataforma precisa."


class OddSetting(Invalid):
    """A setting has a value that can't be used."""

    code = "integration.odd_setting"
    portuguese = "Uma configuração tem um valor que não pode ser usado."


class UnknownSetting(Invalid):
    """The platform knows no such setting or credential."""

    code = "integration.unknown_setting"
    portuguese = "A plataforma não conhece esta configuração ou credencial."


class UnsafeAddress(Invalid):
    """The address must be a plain https URL, unless the installation allows its host."""

    code = "integration.unsafe_address"
    portuguese = "O endereço deve ser uma URL https simples, a não ser que a instalação permita o host."
    field = "settings/base_url"


class StaleHint(Invalid):
    """This is the hint of a credential, not the credential, and not the hint of the present one."""

    code = "integration.stale_hint"
    portuguese = "Isto é a dica de uma credencial, não a credencial, nem a dica da atual."


class AccountIsFixed(Invalid):
    """An integration keeps its platform and its account: connect the other one beside it."""

    code = "integration.account_fixed"
    portuguese = "Uma integração mantém a plataforma e a conta: conecte a outra ao lado."
    field = "account"


class MissingChannel(Invalid):
    """There is no channel for this platform."""

    code = "integration.missing_channel"
    portuguese = "Esta instalação não tem canal para a plataforma."


class UnknownTemplate(Invalid):
    """The channel has no approved template of this name and language."""

    code = "template.unknown"
    portuguese = "O canal não tem modelo aprovado com este nome e idioma."
    field = "template"


class WrongVariables(Invalid):
    """The template takes other variables: `expected` says how many, `errors` where they are wrong."""

    code = "template.wrong_variables"
    portuguese = "O modelo pede outras variáveis: `expected` diz quantas, `errors` diz onde estão erradas."
    field = "template"


class NothingToAsk(Invalid):
    """The platform can't be asked for the messages that it has."""

    code = "integration.nothing_to_ask"
    portuguese = "A plataforma não informa as mensagens que tem."


class BadSignature(Unauthenticated):
    """The webhook's signature does not match."""

    code = "webhook.bad_signature"
    portuguese = "A assinatura do webhook não confere."


class SendingFailed(Refusal):
    """The platform did not take the message."""

    code = "channel.failed"
    portuguese = "A plataforma não aceitou a mensagem."
    permanent: ClassVar[bool] = False

    def __init__(self, *, error_code: str, title: str, info: str = "") -> None:
        self.error_code, self.title, self.info = error_code, title, info
        super().__init__(error_code=error_code, title=title, info=info)


class TryAgain(SendingFailed):
    """The platform refused for a passing reason: the same message may be taken later."""

    code = "channel.try_again"
    portuguese = "A plataforma recusou por um motivo passageiro: a mesma mensagem pode ser aceita depois."

    def __init__(
        self, *, error_code: str, title: str, info: str = "", is_outage: bool = False, at_most: int | None = None
    ) -> None:
        """`is_outage`: any other message would be refused too; `at_most`: it is not worth more tries than that."""
        self.is_outage, self.at_most = is_outage, at_most
        super().__init__(error_code=error_code, title=title, info=info)


class NotTried(TryAgain):
    """It was not handed to the platform at all."""

    code = "channel.not_tried"
    portuguese = "A mensagem nem chegou a ser entregue à plataforma."


class Scope(StrEnum):
    """Whom the platform wants to be slower."""

    PAIR = "pair"
    """This number, towards this client."""
    NUMBER = "number"
    """This number, for the moment."""
    ACCOUNT = "account"
    """Everything of the account, for longer: somebody should look into it."""


class SlowDown(SendingFailed):
    """The platform wants fewer messages: wait `retry_after` seconds, or as the back-off says when it is None."""

    code = "channel.slow_down"
    portuguese = "A plataforma quer menos mensagens por enquanto."

    def __init__(
        self,
        *,
        error_code: str,
        title: str,
        info: str = "",
        retry_after: float | None = None,
        scope: Scope = Scope.NUMBER,
    ) -> None:
        self.retry_after, self.scope = retry_after, scope
        super().__init__(error_code=error_code, title=title, info=info)


class GiveUp(SendingFailed):
    """The platform will never take this message."""

    code = "channel.give_up"
    portuguese = "A plataforma nunca aceitará esta mensagem."
    permanent = True


class MendSettings(SendingFailed):
    """The platform refuses the whole integration until its settings are mended."""

    code = "channel.mend_settings"
    portuguese = "A plataforma recusa a integração inteira até que as configurações sejam corrigidas."
    permanent = True


class OutcomeUnknown(SendingFailed):
    """The connection was lost after the message was written: it may or may not have been taken."""

    code = "channel.outcome_unknown"
    portuguese = "A conexão caiu depois do envio: a mensagem pode ter sido aceita, ou não."


def is_final(failure: SendingFailed, attempt: int) -> bool:
    """Whether another try would be one too many, after so many."""
    if isinstance(failure, TryAgain) and failure.at_most is not None:
        return attempt >= failure.at_most
    return isinstance(failure, GiveUp)
