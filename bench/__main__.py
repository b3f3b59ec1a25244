"""``make bench``: what Redress costs, against the goals and against doing the bare minimum in the same run."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import (
    backlog,
    channels,
    fold,
    idle,
    inbox,
    installation,
    intake,
    long_log,
    mail,
    memory,
    pauses,
    store,
    takeover,
    timeline,
    timers,
    waiting,
    whole,
)
from bench.ground import Ground, ground
from bench.table import Row, progress, show

SUBJECTS = {
    "fold": fold.rows,
    "store": store.rows,
    "long-log": long_log.rows,
    "timeline": timeline.rows,
    "memory": memory.rows,
    "waiting": waiting.rows,
    "pauses": pauses.rows,
    "backlog": backlog.rows,
    "timers": timers.rows,
    "takeover": takeover.rows,
    "intake": intake.rows,
    "mail": mail.rows,
    "idle": idle.rows,
    "inbox": inbox.rows,
    "installation": installation.rows,
    "channels": channels.rows,
    "whole": whole.rows,
}
LONGER = "100,000 overdue timers as well; pauses at 100,000 cases; logs of 10,000,000 and of 1,000,000 events"
FAILED = "not measured"


async def measure(names: list[str], on: Ground, long: bool) -> list[Row]:
    """One subject after the other. One that fails is a row that says so; the others are measured all the same."""
    rows: list[Row] = []
    for name in names:
        began = time.perf_counter()
        progress(f"— {name} —")
        try:
            async for row in SUBJECTS[name](on, long):
                rows.append(row)
                progress(f"{row.what}: {row.measured}")
        except (AssertionError, OSError, RuntimeError, TimeoutError) as error:
            rows.append(Row(name, FAILED, f"{type(error).__name__}: {error}", False))
        progress(f"{name} took {time.perf_counter() - began:.0f} s")
    return rows


def main() -> int:
    """Measure and print one table; 1 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", help=f"subjects, by commas: {', '.join(SUBJECTS)}", default=",".join(SUBJECTS))
    parser.add_argument("--long", action="store_true", help=LONGER)
    chosen = parser.parse_args()
    names = chosen.only.split(",")
    if unknown := [name for name in names if name not in SUBJECTS]:
        parser.error(f"there is no subject {', '.join(unknown)}")
    with TemporaryDirectory(prefix="redress-bench-") as folder, ground(Path(folder)) as on:
        rows = asyncio.run(measure(names, on, chosen.long))
    show(rows)
    return 1 if any(row.measured == FAILED for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
