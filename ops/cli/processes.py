"""Commands on single processes: read what they write of themselves, and restart one."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Annotated

import typer
from rich.text import Text

from ops.cli.terminal import DEFAULT_DATA, Data, guarded, installed, out, run
from ops.local import log_lines, restarting
from ops.local.log_lines import LogLine
from shared.contract.ids import UUID_LENGTH
from shared.errors import BadReference

logs_app = typer.Typer(add_completion=False)
restart_app = typer.Typer(add_completion=False)
LOOK_SECONDS = 0.25
"""How often somebody who follows the files looks whether there is more."""
STYLES = {"debug": "dim", "warning": "yellow", "error": "red", "critical": "bold red"}
SHOWN_APART = ("timestamp", "level", "event", "service")


@logs_app.command()
def logs(
    name: Annotated[
        str | None, typer.Argument(help="A process, such as sla, supervisor or broker; without one those of all.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Only lines that name this case, by its id.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only so many, the last ones.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The lines as the processes wrote them.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """What the processes write of themselves, in the order of time; of the broker only warnings, unless it is named."""
    named = guarded(lambda: _id(case)) if case is not None else None
    installed(data)
    files = guarded(lambda: log_lines.files_of(data.resolve(), name))

    def wanted() -> Iterator[LogLine]:
        shown = (line for line in log_lines.together(files) if name is not None or not line.is_murmur)
        return (line for line in shown if named is None or line.is_about(named))

    def tell(lines: Iterable[LogLine]) -> None:
        for line in lines:
            out.print(line.text if as_json else in_words(line), markup=False)

    with suppress(KeyboardInterrupt), ExitStack() as reading:
        for file in files:
            reading.callback(file.close)
        tell(deque(wanted(), last))
        while follow:
            time.sleep(LOOK_SECONDS)
            tell(wanted())


def _id(case: str) -> str:
    """A case's id, by which lines name it. Raises BadReference: it is named otherwise."""
    if len(case) != UUID_LENGTH:
        raise BadReference(
            f"--case {case}: lines name a case by its id, which `redress case show {case or 'NUMBER'}` tells."
        )
    return case


def in_words(line: LogLine) -> Text:
    """A line as somebody reads it: when, who, what, and about what."""
    if not line.said:
        return Text(f"{'':20} {line.process:14} {line.text}")
    said = line.said
    more = " ".join(f"{name}={value}" for name, value in said.items() if name not in SHOWN_APART)
    head = f"{line.time[:19]}Z {line.process:14} {line.level:8} {said.get('event', '')}"
    return Text(f"{head} {more}".rstrip(), style=STYLES.get(line.level, ""))


@restart_app.command()
def restart(
    name: Annotated[str, typer.Argument(help="A process, as `redress status` names it.")], data: Data = DEFAULT_DATA
) -> None:
    """End a process in order, and wait until it has been started again and is ready."""
    seconds = run(restarting.restart_named(installed(data), name))
    out.print(f"{name} is ready again after {seconds:.1f} s")
