"""The command that looks whether an installation has what it needs."""

import typer

from ops.cli.terminal import DEFAULT_DATA, NOT_SO, AsJson, Data, document, guarded, out, run
from ops.local import doctor as examination
from ops.local import webhook_settings
from ops.local.doctor import Finding
from ops.local.installation import load, settings_file
from shared.process.settings import Settings

doctor_app = typer.Typer(add_completion=False)
LOOKS = {**examination.LOOKS, "webhooks": webhook_settings.webhooks}
"""What is looked at, in the order in which it is told."""


@doctor_app.command()
def doctor(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Look whether an installation has what it needs, from settings and disk to mail server and webhooks.

    Settings, disk, processes, brokers and topics, keys, clock, versions of events, mail server, webhooks. Nothing is
    changed. It may be run before the first `redress up`, beside what runs, and when nothing does. Exit code 1 if
    something is wrong; each such line says what to do.
    """
    folder = data.resolve()
    settings = guarded(lambda: load(folder) if settings_file(folder).exists() else Settings(data=folder))
    findings = list[Finding]()

    def told(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            _show(finding)

    well = run(examination.examine(settings, LOOKS, told))
    if as_json:
        document([finding._asdict() for finding in findings])
    if not well:
        raise typer.Exit(NOT_SO)


def _show(finding: Finding) -> None:
    mark = "[red]wrong[/]" if finding.wrong else "[green]well [/]"
    out.print(mark, f"{finding.about:12}", end=" ")
    out.print(finding.found, markup=False)
    for line in finding.wrong:
        out.print(f"                   {line}", markup=False)
