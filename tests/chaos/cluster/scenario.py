"""A steady load, and one disturbance after the other; then all is settled, and what is there is held against it."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.chaos.cluster import findings
from tests.chaos.cluster.disturbances import Disturbance
from tests.chaos.cluster.installation import Installation, running
from tests.chaos.cluster.load import Load
from tests.chaos.cluster.pauses import Answer, Pause, Stretch, pauses
from tests.support.installation import redress
from tests.support.processes import environment

QUIET_SECONDS = 8.0
"""Before the first disturbance and after each: what is late comes in."""
SETTLED_SECONDS = 900.0
"""A machine that is too slow for the load has it all to do still when the load ends."""
LOOKS = 3
UNDISTURBED = "nothing"


@dataclass
class Outcome:
    """What a run found. ``faults``: nothing, if all is well."""

    complaints: int = 0
    events: int = 0
    letters: int = 0
    faults: list[str] = field(default_factory=list)
    sent_again: dict[str, float] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    repeated: dict[str, int] = field(default_factory=dict)
    restarts: list[str] = field(default_factory=list)
    verified: str = ""
    load_average: str = ""
    stretches: list[Stretch] = field(default_factory=list)
    receipts: list[float] = field(default_factory=list)
    written: list[tuple[float, int, str]] = field(default_factory=list)


async def play(folder: Path, disturbances: Sequence[Disturbance], per_second: float) -> Outcome:
    """All of it, from an empty disk."""
    async with running(folder) as made:
        load = Load(made.intakes, made.authorization, per_second)
        async with load.running():
            stretches = await _disturbed(made, disturbances)
        stretches[-1] = stretches[-1]._replace(ended=time.time())
        await _until_settled(made)
        return await _found(made, load, stretches)


async def _disturbed(made: Installation, disturbances: Sequence[Disturbance]) -> list[Stretch]:
    """Do one after the other; from when until when each counts."""
    found, began = list[Stretch](), time.time()
    await asyncio.sleep(QUIET_SECONDS)
    for name, done in ((UNDISTURBED, None), *disturbances):
        if done is not None:
            say(f"{name} (load {os.getloadavg()[0]:.1f})")
            await done(made)
        await asyncio.sleep(QUIET_SECONDS)
        found.append(Stretch(name, began, time.time()))
        began = time.time()
    return found


async def _until_settled(made: Installation) -> None:
    """Wait until every process is ready and owes nothing, several times in a row."""
    quiet = 0
    async with asyncio.timeout(SETTLED_SECONDS), httpx.AsyncClient(timeout=5) as client:
        while quiet < LOOKS:
            quiet = quiet + 1 if await _settled(made, client) else 0
            await asyncio.sleep(0.5)


async def _settled(made: Installation, client: httpx.AsyncClient) -> bool:
    reports, owned = [], Counter[str]()
    for host in made.hosts:
        for child in host.children:
            try:
                report = (await client.get(f"http://127.0.0.1:{child.port}/internal/settled")).json()
            except (httpx.HTTPError, ValueError):
                return False
            reports.append(report)
            if host in made.workers:
                owned[report["service"]] += len(report["positions"])
    all_owned = set(owned.values()) == {made.settings.partitions}
    return all_owned and all(r["ready"] and not r["owed"] and not r["sendings"] for r in reports)


async def _found(made: Installation, load: Load, stretches: Sequence[Stretch]) -> Outcome:
    """Hold the log, the mail server and the processes against what the caller was told."""
    log = await findings.read_log(made.settings)
    answers = [Answer(one.body["subject"], one.at, one.partition) for one in log if findings.acknowledges(one)]
    made.remember()
    verified = await asyncio.to_thread(
        redress, "rebuild", "verify", "--data", str(made.settings.data), check=False, **environment(made.settings)
    )
    again = findings.sent_again(log, made.mail.taken)
    faults = findings.lost_or_twice(log, load.cases) + findings.unsent(log, made.mail.taken)
    limit = made.settings.sending_limit.total_seconds()
    faults += [f"letter {id_} was sent twice by one sender" for id_, open_for in again.items() if open_for < limit]
    if verified.returncode != 0:
        faults.append(f"rebuild verify: {verified.stdout[-2000:]}{verified.stderr[-2000:]}")
    return Outcome(
        load.sent, len(log), sum(made.mail.taken.values()), faults, again,
        pauses(stretches, load.taken_at, answers), dict(load.repeated),
        [line for host in made.hosts for line in host.restarts], verified.stdout.strip(),
        " ".join(f"{one:.1f}" for one in os.getloadavg()), list(stretches), sorted(load.taken_at.values()),
        [(one.at, one.partition, one.type) for one in log],
    )  # fmt: skip


def say(line: str) -> None:
    """Tell whoever waits how it goes."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)  # noqa: T201 - it is a command
