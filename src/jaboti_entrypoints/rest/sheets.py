"""/clients/import and /clients/export: many clients as CSV."""

import asyncio

from pydantic import Field

from jaboti_domain.client.sheet import read_sheet
from jaboti_domain.client.use_cases.exchange import ImportReport
from jaboti_domain.kernel.actor import Operation
from jaboti_entrypoints.errors import Language, sentence
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer, Streamed, shown
from jaboti_entrypoints.rest.route import Call, Route, Upload
from jaboti_entrypoints.rest.wire import Flag, Query, Shown

CSV = "text/csv"
SHEET = Upload(CSV, 8 * 1024 * 1024)
MOST_ERRORS = 100


class ImportQuery(Query):
    """Whether it counts."""

    dry_run: Flag = Field(False, description="With `true`, nothing is changed, and what would be is told.")


class RowError(Shown):
    """Why a row was passed over. An empty column: the row as a whole."""

    line: int
    column: str
    code: str
    message: str


class ImportResult(Shown):
    """What became of the rows; of the errors at most 100 are told."""

    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    errors: list[RowError]


async def import_clients(call: Call[ImportQuery]) -> Answer:
    """POST /clients/import"""
    dry_run, rows = call.given.dry_run, await asyncio.to_thread(read_sheet, call.body)
    report = await call.application.import_clients(call.actor, rows=rows, dry_run=dry_run)
    return shown(_result(report, dry_run, headers.language(call.scope)))


async def export_clients(call: Call[None]) -> Streamed:
    """GET /clients/export"""
    pieces = await call.application.export_clients(call.actor)
    return Streamed(pieces, CSV.encode(), ((b"content-disposition", b'attachment; filename="clients.csv"'),))


def _result(report: ImportReport, dry_run: bool, language: Language) -> ImportResult:
    return ImportResult(
        dry_run=dry_run,
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        errors=[
            RowError(
                line=trouble.line,
                column=trouble.column,
                code=trouble.refusal.code,
                message=sentence(trouble.refusal, language),
            )
            for trouble in report.troubles[:MOST_ERRORS]
        ],
    )


ROUTES = (
    Route(
        method="POST",
        path="/clients/import",
        endpoint=import_clients,
        access=Operation.MANAGE_CLIENTS,
        request=ImportQuery,
        upload=SHEET,
        answers={200: ImportResult},
        problems=(409,),
        tag="clients",
        summary="Bring clients from elsewhere",
        description="CSV in UTF-8 with commas or semicolons, at most 8 MiB and 20,000 rows below the first one, which "
        "names the columns: `name`, `document`, `phone`, `email`, and any others, which are attributes. A row is the "
        "client with its document, else with its phone, else with its e-mail address; else a new one. Empty cells "
        "change nothing. The answer comes when all is done: the same sheet may be sent again after a break.",
    ),
    Route(
        method="GET",
        path="/clients/export",
        endpoint=export_clients,
        access=Operation.MANAGE_CLIENTS,
        answers={200: CSV},
        answer_headers=("Content-Disposition",),
        tag="clients",
        summary="Take all clients along",
        description="CSV in UTF-8, with the columns of the import. A cell that a spreadsheet would take for a formula "
        "begins with an apostrophe, which the import takes off.",
    ),
)
