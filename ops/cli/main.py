"""The ``redress`` command. Exit codes: 0 done, 1 the thing checked is not so, 2 wrong use, 3 out of reach."""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from ops.cli.terminal import OUT_OF_REACH, WRONG_USE, err, guarded
from shared.process import logs
from shared.process.settings import misspelled
from shared.sealing import process_start

CUT_OFF = 130
"""As a shell has it for Ctrl-C."""
FRAMES_SHOWN = 4
"""Places that are named where Redress itself fails: the innermost say what to look at."""
SINGLE = {
    "up": ("ops.cli.installation", "up_app"),
    "prepare": ("ops.cli.installation", "prepare_app"),
    "down": ("ops.cli.installation", "down_app"),
    "status": ("ops.cli.installation", "status_app"),
    "doctor": ("ops.cli.doctor", "doctor_app"),
    "logs": ("ops.cli.processes", "logs_app"),
    "restart": ("ops.cli.processes", "restart_app"),
    "token": ("ops.cli.installation", "token_app"),
    "backup": ("ops.cli.backup", "backup_app"),
    "restore": ("ops.cli.backup", "restore_app"),
    "deadline": ("ops.cli.previews", "deadline_app"),
    "route": ("ops.cli.previews", "route_app"),
    "export": ("ops.cli.export", "export_app"),
}
GROUPS = {
    "clock": ("ops.cli.clock", "clock_app"),
    "case": ("ops.cli.case", "case_app"),
    "topics": ("ops.cli.topics", "topics_app"),
    "keys": ("ops.cli.keys", "keys_app"),
    "schemas": ("ops.cli.schemas", "schemas_app"),
    "reference": ("ops.cli.reference", "reference_app"),
    "rebuild": ("ops.cli.rebuild", "rebuild_app"),
    "replay": ("ops.cli.replay", "replay_app"),
    "dead-letters": ("ops.cli.dead_letters", "dead_letters_app"),
    "console": ("ops.cli.console", "console_app"),
    "access": ("ops.cli.access", "access_app"),
    "report": ("ops.cli.report", "report_app"),
    "letter": ("ops.cli.previews", "letter_app"),
}
"""Single commands and groups by the module that holds them: imported when they are asked for, since some load half of
the services."""
ORDER = (
    "up", "prepare", "down", "doctor", "status", "logs", "restart", "token", "backup", "restore", *GROUPS, "export",
    "deadline", "route",
)  # fmt: skip


class Commands(TyperGroup):
    """All commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(ORDER)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them."""
        if cmd_name in GROUPS:
            found: Any = get_group(_imported(*GROUPS[cmd_name]))
        elif cmd_name in SINGLE:
            found = get_command(_imported(*SINGLE[cmd_name]))
        else:
            return super().get_command(ctx, cmd_name)
        found.name = cmd_name
        return _with_named_paths(found)


def _imported(module: str, name: str) -> typer.Typer:
    found: typer.Typer = getattr(import_module(module), name)
    return found


def _with_named_paths(command: Any) -> Any:
    """A command, or all of a group, that takes no file or folder without a name: it would be the one that one is in."""
    for one in getattr(command, "commands", {}).values():
        _with_named_paths(one)
    for parameter in command.params:
        if parameter.type_descriptor.annotation in (Path, list[Path]):
            parameter.process_value = partial(_named, parameter, parameter.process_value)
    return command


def _named(parameter: Any, process: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    if value == "" or (isinstance(value, tuple | list) and "" in value):
        raise typer.BadParameter("it is empty, as a script's missing variable makes it", ctx=ctx, param=parameter)
    return process(ctx, value)


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help="Redress, a bank's complaint desk on Kafka."
)


@app.callback()
def redress() -> None:
    """Redress, a bank's complaint desk on Kafka."""


def main() -> None:
    """Entry point. What a library has to say about a failure is in the one line that tells it."""
    logs.say_nothing()
    process_start.keep_private()
    process_start.refuse(misspelled())
    try:
        ended = guarded(lambda: app(standalone_mode=False))
    except typer.TyperException as error:
        ended = _wrong_use(error)
    except typer.Abort:
        ended = CUT_OFF
    except typer.Exit as error:  # what a command did not guard itself
        ended = error.exit_code
    except Exception as error:  # noqa: BLE001 - the last place: whoever sits there is no programmer
        ended = _our_fault(error)
    sys.exit(ended if isinstance(ended, int) else 0)


def _our_fault(error: Exception) -> int:
    """Say that we failed, and where; never in the error's own words, which may quote what somebody wrote."""
    where = " < ".join(reversed(logs.places_in(error)[-FRAMES_SHOWN:]))
    err.print(
        f"redress: this failed by a fault of Redress ({type(error).__name__} at {where}): report it with the command.",
        markup=False,
    )
    return OUT_OF_REACH


def _wrong_use(error: Any) -> int:
    """Say what was wrong with a command, in one line; a group that was named alone is explained."""
    asked = error.ctx.command_path if error.ctx is not None else "redress"
    said = " ".join(error.format_message().split())
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
    else:
        err.print(f"redress: {said.rstrip('.')}; `{asked} --help` shows what there is.", markup=False)
    return WRONG_USE
