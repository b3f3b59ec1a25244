"""What all commands share: how errors become one clear line and an exit code, and how answers are printed."""

import asyncio
import errno
import locale
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import orjson
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress, TaskID

from ops.local import installation, other_settings, status_words, steering
from ops.local.reading import HowFar, HowFarOfEach
from shared.bank.bank_day import within_reach
from shared.contract import refusal_words
from shared.errors import BadReference, RedressError
from shared.log.kafka_client import BrokerError
from shared.process.settings import Settings

T = TypeVar("T")
NOT_SO, WRONG_USE, OUT_OF_REACH = 1, 2, 3
DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT}
Data = Annotated[Path, typer.Option("--data", help="Folder of the installation.")]
Ports = Annotated[
    int | None,
    typer.Option(
        envvar="REDRESS_PORTS",
        show_envvar=False,
        help="First port; all others follow. Else REDRESS_PORTS, else that of the folder's last start, else 8100.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, nothing else.")]
DEFAULT_DATA = Path("data")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def language() -> refusal_words.Language:
    """The language of whoever sits at this terminal, as the locale has it."""
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _sentence(error: RedressError) -> str:
    """What an error says; what is told in English alone, with what it is about, stays so."""
    in_both = error.said is not None or error.detail == type(error).sentence()
    return refusal_words.sentence(error, language()) if in_both else error.detail


def _in_words(fault: dict[str, Any]) -> str:
    """What is wrong at one place, in words where there are some."""
    known = fault["type"] in refusal_words.table("faults") and fault["type"] != "value_error"
    said = refusal_words.found_wrong(fault)
    return (said.zh if language() == "zh" else said.en) if known else str(fault["msg"])


def _out_of_reach(error: Exception) -> str:
    """What a connection or a disk says that does not do what is asked."""
    if isinstance(error, shutil.Error):  # of several files, each with its source, its place and why not
        _, target, why = error.args[0][0]
        return f"{target}: {why}."
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        return f"{error.strerror}: free some, then try again."
    return f"cannot be reached: {error!r}. Is it running? `redress status` tells."


def guarded(action: Callable[[], T]) -> T:
    """Run an action; a known error becomes one clear line and its exit code."""
    try:
        return action()
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        place = "/".join(str(part) for part in fault["loc"])
        err.print(f"redress: {place}{': ' if place else ''}{_in_words(dict(fault))}", markup=False)
        raise typer.Exit(WRONG_USE) from error
    except RedressError as error:
        err.print(f"redress: {_sentence(error)}", markup=False)
        raise typer.Exit(OUT_OF_REACH if error.status == 503 else WRONG_USE) from error
    except (BrokerError, httpx.HTTPError, OSError) as error:
        err.print(f"redress: {_out_of_reach(error)}", markup=False)
        raise typer.Exit(OUT_OF_REACH) from error


def run(work: Coroutine[Any, Any, T]) -> T:
    """The same for asynchronous work."""
    return guarded(lambda: asyncio.run(work))


@contextmanager
def bars() -> Iterator[HowFarOfEach]:
    """On a terminal a bar for everything that is told."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        known: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in known:
                known[what] = progress.add_task(what, total=None)
            progress.update(known[what], completed=done, total=of or None)

        yield told


def run_telling(what: str, work: Callable[[HowFar], Coroutine[Any, Any, T]]) -> T:
    """Run asynchronous work that says how far it is, and show that."""
    with bars() as told:
        return run(work(partial(told, what)))


def tell_of_blocked(cases: Sequence[str]) -> None:
    """Say which cases wait in what was built anew, since a record of theirs cannot be read by this version."""
    if cases:
        err.print(f"redress: {status_words.blocked_in_words(cases)}", markup=False)


def document(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def installed(data: Path) -> Settings:
    """The settings of a running or stopped installation."""
    return guarded(lambda: installation.load(data.resolve()))


def installed_here(data: Path) -> Settings:
    """The same, for a command that works on what the processes keep: it looks where they do."""
    settings = installed(data)
    guarded(lambda: other_settings.check_places(settings))
    return settings


def instant_of(text: str) -> datetime:
    """An instant with offset between 1900 and 2199, as ISO 8601 writes it. Raises BadReference."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadReference(f"{text!r} is no instant: write it such as 2026-03-05T10:00:00+08:00.") from error
    if found.tzinfo is None:
        raise BadReference(f"{text!r} needs an offset, such as +08:00.")
    if found != within_reach(found):
        raise BadReference(f"{text!r} lies beyond the years 1900 to 2199, in which the bank counts: correct its year.")
    return found


def check_been(option: str, instant: datetime | None, now: datetime | None = None) -> None:
    """Check that an instant is past; ``now``: by this machine's clock if none is given. Raises BadReference."""
    now = now or datetime.now(UTC)
    if instant is not None and instant > now:
        there = now.astimezone(instant.tzinfo).isoformat(timespec="seconds")
        raise BadReference(
            f"{option} {instant.isoformat()} lies ahead, it is {there}: name an instant that has been, or leave it out."
        )


async def check_known(settings: Settings, option: str, instant: datetime | None) -> None:
    """The same by the clock that an installation records by."""
    if instant is not None:
        check_been(option, instant, await steering.present(settings))
