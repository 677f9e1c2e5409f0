"""The command line: `jaboti --help`."""

import gc
import sys
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from jaboti_domain.audit.use_cases import Finding
from jaboti_domain.integration.costs import RateCard
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.errors import Refusal, Unavailable
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, IntegrationId, UserId, new_id
from jaboti_entrypoints import logs
from jaboti_entrypoints.sandbox.cli import sandbox
from jaboti_entrypoints.sessions import Verb
from jaboti_entrypoints.settings import Settings

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Customer service over WhatsApp, for many companies."
)
company = typer.Typer(no_args_is_help=True, help="Companies.")
user = typer.Typer(no_args_is_help=True, help="Users and where they work.")
integration = typer.Typer(no_args_is_help=True, help="Accounts on platforms.")
webhook = typer.Typer(no_args_is_help=True, help="What platforms send.")
audit = typer.Typer(no_args_is_help=True, help="Who did what.")
retention = typer.Typer(no_args_is_help=True, help="How long what is kept.")
rates = typer.Typer(no_args_is_help=True, help="What platforms charge for messages.")
_PARTS = {
    "company": company,
    "user": user,
    "integration": integration,
    "webhook": webhook,
    "audit": audit,
    "rates": rates,
    "retention": retention,
    "sandbox": sandbox,
}
for _name, _part in _PARTS.items():
    app.add_typer(_part, name=_name)

T = TypeVar("T")
out = Console()
err = Console(stderr=True)
Pairs = Annotated[list[str] | None, typer.Option(help="name=value; may be given again")]


def main() -> None:
    """Run the command line; refusals, wrong settings and an address that is taken are one line and exit code 2."""
    try:
        logs.configure(Settings().log_level)
        app()
    except Refusal as refusal:
        err.print(f"[red]{refusal.code}[/]", refusal, refusal.details or "", _cause_of(refusal))
        sys.exit(2)
    except OSError as error:
        err.print(f"[red]system[/] {error}")
        sys.exit(2)
    except ValidationError as error:
        for problem in error.errors():
            err.print(f"[red]settings[/] {'.'.join(map(str, problem['loc']))}: {problem['msg']}")
        sys.exit(2)


def _cause_of(refusal: Refusal) -> str:
    """What the driver said of a service that is away: whoever works at the command line mends the installation."""
    cause = refusal.__cause__
    is_told = isinstance(refusal, Unavailable) and cause is not None
    return escape(f"({type(cause).__name__}: {cause})") if is_told else ""


@app.command()
def serve(workers: Annotated[bool, typer.Option(help="also drain the journal and send what waits")] = True) -> None:
    """The server: REST, WebSocket, webhooks; with the workers inside, unless they run elsewhere."""
    from jaboti_entrypoints.server import serve as run

    _run(run(Settings().with_keys(), workers=workers))


@app.command()
def worker() -> None:
    """The workers alone, beside servers that run with --no-workers."""
    from jaboti_entrypoints.server import work

    _run(work(Settings().with_keys()))


@app.command()
def migrate() -> None:
    """Brings the database to this version's tables, as JABOTI_MIGRATION_URL's role."""
    from jaboti_entrypoints.container import migrate_store

    out.print(f"the tables are at revision {_run(migrate_store(Settings()))}")


@company.command("create")
def create_company(
    name: str, department: Annotated[list[str] | None, typer.Option()] = None, time_zone: str = "America/Sao_Paulo"
) -> None:
    """A company and its departments; prints their ids."""
    from jaboti_entrypoints.container import open_application

    async def create() -> None:
        async with open_application(Settings().with_keys()) as application:
            founded, opened = await application.found_company(
                name=name, time_zone=time_zone, departments=tuple(department or ())
            )
        _print({"companyId": founded.id, "departments": {each.name: each.id for each in opened}})

    _run(create())


@user.command("create")
def create_user(
    email: str,
    name: str,
    company_id: Annotated[UUID, typer.Option("--company")],
    role: Role = Role.OPERATOR,
    department: Annotated[list[UUID] | None, typer.Option(help="an id; may be given again")] = None,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="JABOTI_NEW_PASSWORD")] = "",
) -> None:
    """A user who works for a company; prints the id. Whoever has an account keeps it as it is."""
    from jaboti_entrypoints.container import open_application

    async def create() -> None:
        async with open_application(Settings().with_keys()) as application:
            person = await application.register_user.or_find(email=email, name=name, password=password)
            await application.enroll(
                company_id=CompanyId(company_id),
                user_id=person.id,
                name=name,
                role=role,
                departments=frozenset(DepartmentId(each) for each in department or ()),
            )
        _print({"userId": person.id})

    _run(create())


@integration.command("create")
def create_integration(
    company_id: Annotated[UUID, typer.Option("--company")],
    account: Annotated[str, typer.Option(help="CloudAPI: the phone number id; EvolutionAPI: the instance's name")],
    platform: Platform = Platform.CLOUD_API,
    name: str = "WhatsApp",
    setting: Pairs = None,
    credential: Pairs = None,
    greeting: Annotated[str, typer.Option(help="with a greeting, the built-in bot answers first")] = "",
) -> None:
    """An account on a platform; prints the id and the webhook's path."""
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.webhooks import webhook_path

    async def create() -> None:
        operator = Actor(user_id=UserId(new_id()), company_id=CompanyId(company_id), role=Role.ADMIN, name="jaboti")
        async with open_application(Settings().with_keys()) as application:
            connected = await application.connect_integration(
                operator,
                platform=platform,
                account=account,
                name=name,
                settings=_pairs(setting),
                credentials=_pairs(credential),
                bot=BotSettings(greeting=greeting) if greeting else None,
            )
        _print({"integrationId": connected.id, "webhook": webhook_path(platform, connected.id)})

    _run(create())


@integration.command("catch-up")
def catch_up(
    integration_id: UUID, hours: Annotated[float, typer.Option(min=0, max=720, help="how far back to look")] = 24.0
) -> None:
    """Asks the platform for messages that it may have told nobody about; prints how many items were new."""
    from jaboti_entrypoints.container import open_application

    async def ask() -> int:
        async with open_application(Settings().with_keys()) as application:
            since = application.clock() - timedelta(hours=hours)
            return await application.catch_up(IntegrationId(integration_id), since=since)

    _print({"new": _run(ask())})


@integration.command("reseal")
def reseal() -> None:
    """Seals the credentials of all integrations with the first of JABOTI_VAULT_KEYS; prints how many."""
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.retention import every_company

    async def done() -> int:
        async with open_application(Settings().with_keys()) as application:
            companies = await every_company(application)
            return sum([await application.reseal_credentials(company_id) for company_id in companies])

    _print({"resealed": _run(done())})


@integration.command("session")
def work_session(verb: Verb, integration_id: UUID) -> None:
    """A phone's session on EvolutionAPI: create (with our webhook), connect, state, restart, logout, delete, webhook.

    What `create` and `connect` print ties a phone to it: whoever has that can read along.
    """
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.sessions import Sessions

    async def done() -> dict[str, str | None]:
        settings = Settings().with_keys()
        async with open_application(settings) as application:
            sessions = Sessions(application=application, public_url=settings.public_url)
            return await sessions.do(verb, IntegrationId(integration_id))

    _print(_run(done()))


@webhook.command("explain")
def explain_webhook(file: Path, platform: Platform = Platform.CLOUD_API) -> None:
    """What a webhook's body would do, item by item, as JSON; nothing is touched."""
    from jaboti_entrypoints.container import channel_alone
    from jaboti_entrypoints.explain import explain

    _print(explain(channel_alone(platform), file.read_bytes()))


@audit.command("verify")
def verify_audit(
    company_id: Annotated[UUID, typer.Option("--company")],
    at_least: Annotated[int, typer.Option(help="how many entries there were when last looked")] = 0,
) -> None:
    """Holds a company's audit log against its seals; names the first bad entry, with exit code 1."""
    from jaboti_entrypoints.container import open_application

    async def verify() -> Finding:
        async with open_application(Settings().with_keys()) as application:
            return await application.verify_audit(CompanyId(company_id), at_least=at_least)

    finding = _run(verify())
    _print({"checked": finding.checked, "firstBad": finding.bad, "reason": finding.reason or None})
    raise typer.Exit(0 if finding.bad is None else 1)


@retention.command("run")
def run_retention(
    company_id: Annotated[UUID | None, typer.Option("--company", help="one company alone")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only count what would go")] = False,
) -> None:
    """What is too old goes, kind by kind; prints how much. Exit code 1: another process was at some of it."""
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.retention import Found, Housekeeping

    async def done() -> Found:
        async with open_application(Settings().with_keys()) as application:
            only = CompanyId(company_id) if company_id else None
            return await Housekeeping(application=application).run(only, dry=dry_run)

    found = _run(done())
    companies = {str(each): counts for each, counts in found.companies.items()}
    _print({"dryRun": dry_run, "companies": companies, "busy": found.busy, "sessions": found.sessions})
    raise typer.Exit(1 if found.busy else 0)


@retention.command("set")
def set_retention(
    company_id: Annotated[UUID, typer.Option("--company")],
    terms: Annotated[
        list[str] | None, typer.Argument(help="name=days, such as messages=730, or name=forever; none: only show")
    ] = None,
) -> None:
    """For how many days a company keeps what; prints all of its terms."""
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.retention import Housekeeping

    async def done() -> object:
        async with open_application(Settings().with_keys()) as application:
            return await Housekeeping(application=application).change(CompanyId(company_id), _pairs(terms))

    _print(_run(done()))


@rates.command("import")
def import_rates(file: Path) -> None:
    """Takes over rate cards: CSV with market,category,currency,valid_from,amount; all lines, or none of them.

    A market is a country (ISO 3166) or * for any other. Messages that were delivered keep the price that they had.
    """
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.rates import cards_in

    cards = cards_in(file.read_text(encoding="utf-8-sig"))

    async def take_over() -> None:
        async with open_application(Settings().with_keys()) as application:
            await application.import_rates(cards)

    _run(take_over())
    out.print(f"{len(cards)} rate cards are taken over; servers use them within a minute")


@rates.command("show")
def show_rates() -> None:
    """All rate cards, as the CSV that `import` reads."""
    from jaboti_entrypoints.container import open_application
    from jaboti_entrypoints.rates import written

    async def cards() -> Sequence[RateCard]:
        async with open_application(Settings().with_keys()) as application:
            return await application.rate_cards.all()

    sys.stdout.write(written(_run(cards())))


@app.command()
def demo(
    port: int = 8000,
    sandbox_port: int = 8090,
    evolution_port: int = 8091,
    seconds: Annotated[float | None, typer.Option(help="end by itself after so long")] = None,
) -> None:
    """The whole system on this machine, with companies, attendants, and clients who write now and then."""
    from jaboti_entrypoints.rehearsal.demo import demo as run

    _run(run(out, port=port, sandbox_port=sandbox_port, evolution_port=evolution_port, for_seconds=seconds))


@app.command()
def rehearse(payloads: Annotated[list[Path] | None, typer.Option(help="a folder; may be given again")] = None) -> None:
    """The main job without a person; exit code 1 when anything was not as it has to be."""
    from jaboti_entrypoints.rehearsal.rehearse import rehearse as run

    report = _run(run(payloads or []))
    report.show(out)
    if report.failed:
        err.print(f"[red]{len(report.failed)} of {len(report.checks)} checks failed[/]")
        raise typer.Exit(1)
    out.print(f"[green]all {len(report.checks)} checks hold[/]")


@app.command()
def openapi() -> None:
    """The OpenAPI document of the REST interface, as JSON."""
    from jaboti_entrypoints.rest.app import document_of

    sys.stdout.write(msgspec.json.format(document_of(), indent=2).decode() + "\n")


@app.command()
def doctor() -> None:
    """What is configured, what can be reached, and what waits where; exit code 1 when something is wrong."""
    from jaboti_entrypoints.doctor import examine

    report = _run(examine(Settings()))
    report.show(out)
    raise typer.Exit(1 if report.failed else 0)


def _run(what: Coroutine[Any, Any, T]) -> T:
    import uvloop

    async def begun() -> T:
        gc.freeze()
        gc.enable()
        return await what

    try:
        return uvloop.run(begun())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = [each.partition("=") for each in given or ()]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter("write name=value")
    return {name: value for name, _, value in pairs}


def _print(data: object) -> None:
    text = msgspec.json.format(msgspec.json.encode(data, enc_hook=str), indent=2)
    sys.stdout.write(text.decode() + "\n")
