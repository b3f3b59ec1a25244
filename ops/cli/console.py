"""Commands on the console's database."""

import typer

from ops.cli.terminal import DEFAULT_DATA, Data, err, installed, out, run
from services.console.projection import building
from shared.process import logs

console_app = typer.Typer(no_args_is_help=True, help="The console's database.")


@console_app.command("rebuild")
def console_rebuild(data: Data = DEFAULT_DATA) -> None:
    """Build the console's database anew from the beginning of the log, beside the one that serves, then change over."""
    logs.configure_logging("console-rebuild", "warning")
    with err.status("building from the beginning of the log"):
        built = run(building.rebuild(installed(data)))
    rate = f"{built.events / built.seconds:,.0f}" if built.seconds else "-"
    out.print(f"generation {built.number} is live: {built.events} events in {built.seconds:.1f} s ({rate}/s)")
