"""How quickly clients are found: `python -m bench.search` fills a million of them, and asks as people do.

One company has a fifth of all; row-level security is forced, and the reads are those that REST calls. Filling takes
ten minutes and 9 GB; `--clients 100000` is a tenth of both.
"""

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import uvloop
from attrs import frozen
from rich.console import Console
from rich.table import Table

from jaboti_adapters.postgres.clients import searched
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.migrations import migrate
from jaboti_adapters.postgres.queries.clients import PostgresClientReads
from jaboti_adapters.postgres.texts import shown
from jaboti_adapters.showing import client_card
from jaboti_domain.client.details import Details
from jaboti_domain.client.document import Document
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.queries import ClientFilter, ClientReads
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_domain.kernel.paging import Cursor

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


def _words(text: str) -> list[str]:
    return text.split()


COMPANIES, AT_ONCE, GOAL_MS = 21, 20_000, 5.0
FIRST = _words(
    """
    Maria José Ana João Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Luís Gabriel Rafael Daniel Marcelo
    Bruno Eduardo Felipe Raimundo Rodrigo Manoel Mateus André Fernando Fábio Leonardo Gustavo Guilherme Leandro
    Tiago Anderson Ricardo Márcio Jorge Sebastião Alexandre Roberto Edson Diego Vítor Sérgio Cláudio Adriana Juliana
    Márcia Fernanda Patrícia Aline Sandra Camila Amanda Bruna Jéssica Letícia Júlia Luciana Vanessa Mariana Gabriela
    Valéria Simone Vera Rosângela Beatriz Larissa Débora Cristiane Tatiane Wagner Zuleica Yasmin Wellington Renata
    """
)
SECOND = _words(
    """
    Aparecida Luísa Clara Cristina Eduarda Carlos Henrique Augusto Vitória Maria Paula Pedro Regina
    """
)
LAST = _words(
    """
    Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida
    Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas
    Cardoso Ramos Gonçalves Santana Teixeira Moura Correia Cavalcanti Monteiro Moraes Batista Campos Araújo Pinto
    Farias Peixoto Queiroz Xavier Zanetti Bittencourt Kowalski Yamamoto
    """
)
HOSTS = ("gmail.com", "gmail.com", "hotmail.com", "yahoo.com.br", "uol.com.br", "example.com")
AREAS = (11, 11, 11, 21, 31, 41, 41, 51, 61, 71, 81, 85)

_BEFORE = """
ALTER TABLE client DISABLE TRIGGER USER;
ALTER TABLE client_term DROP CONSTRAINT client_term_pkey;
"""
_AFTER = (
    "INSERT INTO client_term (company_id, term, client_id) SELECT company_id, client_terms(sought), id FROM client",
    "ALTER TABLE client_term ADD CONSTRAINT client_term_pkey PRIMARY KEY (company_id, term, client_id)",
    "ALTER TABLE client ENABLE TRIGGER USER",
    "VACUUM ANALYZE",
)
_COLUMNS = _words(
    """
    company_id id name phone document_kind document email attributes created_at shown version identities contacts
    updated_at name_key sought card
    """
)
_SIZES = """
SELECT relname, pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN ('client', 'client_term')
ORDER BY 1
"""


@frozen
class Question:
    """What is asked, and what it is called in the table."""

    title: str
    ask: Callable[[], ClientFilter]
    second_page: bool = False


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=1_000_000, help="in all; a fifth are of the company that asks")
    options.add_argument("--times", type=int, default=200, help="each question is asked")
    given = options.parse_args()
    uvloop.run(bench(given.clients, given.times))


async def bench(clients: int, times: int) -> None:
    """On a database of its own, which is thrown away afterwards."""
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres:
            await migrate(postgres.owner_url)
            began = time.perf_counter()
            company_id, sample, sizes = await fill(postgres.superuser_url, clients)
            console.print(f"{clients:,} clients filled in {time.perf_counter() - began:.0f} s; {sizes}")
            async with Database.open(postgres.app_url, size=1) as database:
                reads = PostgresClientReads(database)
                console.print(await measured(reads, company_id, questions(sample), times))


async def fill(url: str, clients: int) -> tuple[CompanyId, Sequence[Client], str]:
    """Clients with made-up names; returns the large company, some of its clients, and how large the tables are."""
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'; ")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
    companies = [CompanyId(new_id()) for _ in range(COMPANIES)]
    await connection.executemany(
        "INSERT INTO company VALUES ($1, 'Empresa', 'UTC', 'BRL', now(), 1)", [[c] for c in companies]
    )
    await connection.execute(_BEFORE)
    sample = await _fill_clients(connection, companies, clients)
    for statement in _AFTER:
        await connection.execute(statement, timeout=3600)
    sizes = ", ".join(f"{name} {size}" for name, size in await connection.fetch(_SIZES))
    await connection.close()
    return companies[0], sample, sizes


async def _fill_clients(connection: "Connection", companies: Sequence[CompanyId], clients: int) -> Sequence[Client]:
    dice, sample = random.Random(7), list[Client]()
    numbers = iter(range(clients))
    while some := list(itertools.islice(numbers, AT_ONCE)):
        people = [a_person(dice, _company(companies, number), number) for number in some]
        sample += [one for one in people[::97] if one.company_id == companies[0]]
        await connection.copy_records_to_table("client", records=map(_record, people), columns=_COLUMNS)
    return sample


def _company(companies: Sequence[CompanyId], number: int) -> CompanyId:
    return companies[0] if number % 5 == 0 else companies[1 + number % (COMPANIES - 1)]


def a_person(dice: random.Random, company_id: CompanyId, number: int) -> Client:
    """Somebody with a name of two to five words, a phone, and sometimes more."""
    names = [*dice.choices(FIRST, [1 / (n + 2) for n in range(len(FIRST))])]
    names += [dice.choice(SECOND)] * (dice.random() < 0.35)
    names += dice.choices(LAST, [1 / (n + 2) for n in range(len(LAST))], k=dice.choice((1, 2, 2, 3)))
    digits = f"{number % 10**8:08}"[::-1]
    user = folded(f"{names[0]}{dice.choice('._')}{names[-1]}{dice.choice(('', dice.randrange(999)))}")
    details = Details(
        name=" ".join(names),
        phone=Phone(f"+55{dice.choice(AREAS)}9{digits}"),
        document=_a_document(number) if dice.random() < 0.6 else None,
        email=f"{user}@{dice.choice(HOSTS)}" if dice.random() < 0.5 else None,
    )
    return Client.enter(details, company_id=company_id, at=datetime(2026, 1, 1, tzinfo=UTC))


def _a_document(number: int) -> Document:
    """One for each number."""
    digits = [int(digit) for digit in f"{(number + 1) * 387_420_489 % 10**9:09}"]
    for weight in (10, 11):
        rest = sum(digit * (weight - place) for place, digit in enumerate(digits)) * 10 % 11
        digits.append(rest % 10)
    return Document.parse("".join(map(str, digits)))


def _record(one: Client) -> tuple[object, ...]:
    phone, document = one.phone and one.phone.e164, one.document
    kind, number = (document.kind, document.number) if document else (None, None)
    named = shown({"id": one.id, "name": one.name, "phone": phone})
    card, identities = shown(client_card(one, version=1)), shown([(i.kind, i.key, i.address) for i in one.identities])
    start = (
        one.company_id,
        one.id,
        one.name,
        phone,
        kind,
        number,
        one.email,
        "{}",
        one.created_at,
        named,
        1,
        identities,
    )
    return (*start, "[]", one.updated_at, *searched(one), card)


def questions(sample: Sequence[Client]) -> Iterator[Question]:
    """What people ask."""
    dice = random.Random(11)
    documents = [one.document for one in sample if one.document]
    emails = [one.email for one in sample if one.email]

    def some_phone(first: int, last: int) -> str:
        return (dice.choice(sample).phone or Phone("+")).digits[first:last]

    yield Question("no condition", ClientFilter)
    yield Question("common first name: maria", lambda: ClientFilter(search="maria"))
    yield Question("the same, second page", lambda: ClientFilter(search="maria"), second_page=True)
    yield Question("first names of all kinds", lambda: ClientFilter(search=folded(dice.choice(FIRST))))
    yield Question("surname part: liveir", lambda: ClientFilter(search="liveir"))
    yield Question("surnames of all kinds", lambda: ClientFilter(search=folded(dice.choice(LAST))))
    yield Question("first and last name", lambda: ClientFilter(search=_two_of(dice.choice(sample))))
    yield Question("two common words: maria silva", lambda: ClientFilter(search="maria silva"))
    yield Question("two that seldom meet: zuleica kowalski", lambda: ClientFilter(search="zuleica kowalski"))
    yield Question("last 4 digits of a phone", lambda: ClientFilter(search=some_phone(-4, 20)))
    yield Question("8 digits of a phone", lambda: ClientFilter(search=some_phone(-8, 20)))
    yield Question("area and 9: 55419", lambda: ClientFilter(search="55419"))
    yield Question("phone as its own condition", lambda: ClientFilter(phone=some_phone(4, 10)))
    yield Question("5 digits of a document", lambda: ClientFilter(search=dice.choice(documents).number[3:8]))
    yield Question("document with its mask", lambda: ClientFilter(search=dice.choice(documents).masked))
    yield Question("whole e-mail address", lambda: ClientFilter(search=dice.choice(emails)))
    yield Question("e-mail part: @gmail", lambda: ClientFilter(search="@gmail"))
    yield Question("one letter: z", lambda: ClientFilter(search="z"))
    yield Question("nothing found: xqzj", lambda: ClientFilter(search="xqzj"))
    yield Question("nothing found, two letters: xq", lambda: ClientFilter(search="xq"))


def _two_of(one: Client) -> str:
    names = folded(one.name).split()
    return f"{names[0]} {names[-1]}"


async def measured(reads: ClientReads, company_id: CompanyId, asked: Iterator[Question], times: int) -> Table:
    """A row for each question."""
    table = Table("page of 50 by", "p50 ms", "p99 ms", "found", "p50 <= 5 ms")
    for question in asked:
        after: Cursor | None = None
        if question.second_page:
            after = (await reads.page(company_id, where=question.ask(), after=None, limit=50)).next
        took, found = list[float](), 0
        for _ in range(times):
            where = question.ask()
            began = time.perf_counter()
            page = await reads.page(company_id, where=where, after=after, limit=50)
            took.append((time.perf_counter() - began) * 1000)
            found += page.items.count(b'"companyId"')
            await asyncio.sleep(0)
        took.sort()
        p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
        reached = "yes" if p50 <= GOAL_MS else "no"
        table.add_row(question.title, f"{p50:.2f}", f"{p99:.2f}", f"{found / times:.1f}", reached)
    return table


if __name__ == "__main__":
    main()
