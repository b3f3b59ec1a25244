"""Commands that fetch reports from the console, as a person of the bank."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from ops.cli.terminal import DEFAULT_DATA, OUT_OF_REACH, WRONG_USE, Data, err, guarded, installed, language, out
from ops.local.tokens import issuer_for
from services.console.http.report_forms import PDF
from services.console.register.exports import XLSX
from shared.contract.subjects import Subject
from shared.process.settings import Settings

KINDS = {".pdf": PDF, ".xlsx": XLSX}
TIMEOUT_SECONDS = 60
report_app = typer.Typer(no_args_is_help=True, help="Reports for the files of the bank.")


@report_app.callback()
def report() -> None:
    """Reports for the files of the bank."""


@report_app.command("yearly")
def report_yearly(
    year: Annotated[int, typer.Argument(help="The bank's year.", min=1990, max=2999)],
    file: Annotated[Path, typer.Argument(help="Where it is written: its ending, .pdf or .xlsx, says as what.")],
    person: Annotated[str, typer.Option(help="Who asks, by id: the report counts what exists for this person.")],
    unit: Annotated[str | None, typer.Option(help="The unit, with all below it; else the whole bank.")] = None,
    said: Annotated[str | None, typer.Option("--language", help="zh or en; else that of the terminal.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write the yearly report of a unit as a PDF or a spreadsheet. Development only: it issues its own token."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        err.print("redress: the file has to end in .pdf or .xlsx.")
        raise typer.Exit(WRONG_USE)
    settings = installed(data)
    query = {"year": year, "language": said or language()} | ({"unit": unit} if unit is not None else {})
    answer = guarded(lambda: _asked(settings, person, kind, query))
    if answer.is_error:
        err.print(f"redress: {answer.json()['detail']}", markup=False)
        raise typer.Exit(OUT_OF_REACH if answer.is_server_error else WRONG_USE)
    guarded(lambda: file.write_bytes(answer.content))
    out.print(f"{file}: {len(answer.content):,} bytes", markup=False)


def _asked(settings: Settings, person: str, kind: str, query: dict[str, Any]) -> httpx.Response:
    """The console's answer."""
    token = issuer_for(settings).issue(Subject("person", person))
    headers = {"Authorization": f"Bearer {token}", "Accept": kind, "Accept-Language": language()}
    address = f"http://{settings.host}:{settings.ports}/v1/reports/yearly"
    return httpx.get(address, params=query, headers=headers, timeout=TIMEOUT_SECONDS)
