"""Made-up companies, their people, and the clients who write to them."""

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from jaboti_domain.company.model import Company, Department
from jaboti_domain.identity.model import User
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.sandbox.evolutionapi import GLOBAL_KEY

PASSWORD = "jaboti anda devagar e chega"

CLIENTS: Mapping[str, str] = {
    "5511955500101": "Marina Tavares",
    "554188800102": "Otávio Pacheco",
    "5521955500103": "Lúcia Brandão",
    "553188800104": "Davi Quintela",
    "5571955500105": "Sônia Vasconcelos",
    "5551955500106": "Nelson Arruda",
    "5585955500107": "Ivete Camargo",
    "5562955500108": "Rui Santoro",
    "5548955500109": "Clara Figueira",
    "5592955500110": "Tomás Leal",
}
"""Phone and name; two of them are written without the ninth digit, as old WhatsApp accounts are."""


@frozen(kw_only=True)
class Attendant:
    """Somebody who works for one or more of the companies."""

    name: str
    email: str
    roles: Mapping[str, Role]
    """By company."""
    departments: Sequence[str] = ()


@frozen(kw_only=True)
class Plan:
    """What is to be set up: companies with their departments, and who works there."""

    companies: Mapping[str, Sequence[str]]
    attendants: Sequence[Attendant]
    greeting: str = "Olá! Aqui é {company}."


DEMO = Plan(
    companies={"Padaria Aurora": ("Vendas", "Financeiro"), "Oficina Horizonte": ("Agendamento", "Peças")},
    attendants=(
        Attendant(
            name="Ana Lemos",
            email="ana@aurora.example",
            roles={"Padaria Aurora": Role.OPERATOR},
            departments=("Vendas",),
        ),
        Attendant(
            name="Bruno Teles",
            email="bruno@aurora.example",
            roles={"Padaria Aurora": Role.SUPERVISOR, "Oficina Horizonte": Role.ADMIN},
            departments=("Financeiro",),
        ),
        Attendant(
            name="Carla Nunes",
            email="carla@horizonte.example",
            roles={"Oficina Horizonte": Role.OPERATOR},
            departments=("Agendamento",),
        ),
    ),
)


@frozen(kw_only=True)
class Account:
    """A company's account on the sandbox's CloudAPI."""

    phone_number_id: str
    waba_id: str
    display_phone_number: str
    access_token: str
    app_secret: str
    verify_token: str


@frozen(kw_only=True)
class Telephone:
    """A company's phone, to be tied to an instance on the sandbox's EvolutionAPI server."""

    instance: str
    number: str
    integration: Integration


@frozen(kw_only=True)
class House:
    """A company as it was set up."""

    company: Company
    departments: Mapping[str, Department]
    integration: Integration
    account: Account
    telephones: Sequence[Telephone] = ()


def account(number: int) -> Account:
    """The account of the company with this number, from 1."""
    return Account(
        phone_number_id=f"10000000000{number:04}",
        waba_id=f"20000000000{number:04}",
        display_phone_number=f"551140028{number:03}",
        access_token=f"sandbox-access-token-{number}",
        app_secret=f"sandbox-app-secret-{number}",
        verify_token=f"sandbox-verify-token-{number}",
    )


def steward(company_id: CompanyId) -> Actor:
    """Who sets up a company before it has anybody: the operator of the installation."""
    return Actor(user_id=UserId(new_id()), company_id=company_id, role=Role.ADMIN, name="jaboti")


async def settle_in(
    application: Application, plan: Plan, *, graph_url: str, evolution_url: str | None = None
) -> list[House]:
    """Set up the plan's companies and their people; each has an account at `graph_url`, a phone at `evolution_url`."""
    houses = [
        await _found(application, name, departments, account(number), plan.greeting, graph_url)
        for number, (name, departments) in enumerate(plan.companies.items(), 1)
    ]
    if evolution_url is not None:
        houses = [
            evolve(house, telephones=[await _telephone(application, house, number, plan.greeting, evolution_url)])
            for number, house in enumerate(houses, 1)
        ]
    for attendant in plan.attendants:
        user = await application.register_user(email=attendant.email, name=attendant.name, password=PASSWORD)
        await _enroll(application, attendant, user, houses)
    return houses


async def _found(
    application: Application, name: str, departments: Sequence[str], own: Account, greeting: str, graph_url: str
) -> House:
    company, opened = await application.found_company(name=name, departments=tuple(departments))
    integration = await application.connect_integration(
        steward(company.id),
        platform=Platform.CLOUD_API,
        account=own.phone_number_id,
        name=f"WhatsApp {own.display_phone_number}",
        settings={"base_url": graph_url, "waba_id": own.waba_id},
        credentials={
            "access_token": own.access_token,
            "app_secret": own.app_secret,
            "verify_token": own.verify_token,
        },
        bot=BotSettings(greeting=greeting.format(company=name)) if departments else None,
    )
    return House(company=company, departments={d.name: d for d in opened}, integration=integration, account=own)


async def _telephone(
    application: Application, house: House, number: int, greeting: str, evolution_url: str
) -> Telephone:
    instance, own = f"jaboti-{number}", f"551197000{number:04}"
    integration = await application.connect_integration(
        steward(house.company.id),
        platform=Platform.EVOLUTION_API,
        account=instance,
        name=f"Celular {own}",
        settings={"base_url": evolution_url},
        credentials={"api_key": GLOBAL_KEY, "webhook_secret": f"sandbox-webhook-secret-{number}"},
        bot=BotSettings(greeting=greeting.format(company=house.company.name)) if house.departments else None,
    )
    return Telephone(instance=instance, number=own, integration=integration)


async def _enroll(application: Application, attendant: Attendant, user: User, houses: Sequence[House]) -> None:
    for house in houses:
        role = attendant.roles.get(house.company.name)
        if role is not None:
            await application.enroll(
                company_id=house.company.id,
                user_id=user.id,
                name=user.name,
                role=role,
                departments=_departments(attendant, house),
                primary=house.company.name == next(iter(attendant.roles)),
            )


def _departments(attendant: Attendant, house: House) -> frozenset[DepartmentId]:
    return frozenset(house.departments[name].id for name in attendant.departments if name in house.departments)
