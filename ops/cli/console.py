"""Commands on the console's database."""

import typer

from ops.cli.terminal import DEFAULT_DATA, Data, err, installed_here, out, run, tell_of_blocked
from services.console.projection import building

console_app = typer.Typer(no_args_is_help=True, help="The console's database.")


@console_app.command("rebuild")
def console_rebuild(data: Data = DEFAULT_DATA) -> None:
    """Build the console's database anew from the beginning of the log, beside the one that serves, then change over."""
    settings = installed_here(data)
    with err.status("building from the beginning of the log"):
        built = run(building.rebuild(settings))
    rate = f"{built.events / built.seconds:,.0f}" if built.seconds else "-"
    out.print(f"generation {built.number} is live: {built.events} events in {built.seconds:.1f} s ({rate}/s)")
    tell_of_blocked(built.blocked)
