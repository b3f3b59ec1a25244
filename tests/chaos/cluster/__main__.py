"""``make cluster-test``: an installation on three brokers, disturbed while it works; ``--short`` does less of it."""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import orjson

from shared.process.logs import quiet_libraries
from tests.chaos.cluster.disturbances import ALL, FEW
from tests.chaos.cluster.network import INSIDE, NoNamespaces, inside, possible
from tests.chaos.cluster.scenario import play, say
from tests.chaos.cluster.telling import told

PER_SECOND, FEW_PER_SECOND = 20.0, 8.0


def main(arguments: list[str]) -> int:
    """Play it in a network of its own; 0 if nothing was lost, doubled or left unsent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a broker and a host of workers killed, fewer complaints")
    parser.add_argument("--only", help="those disturbances whose name holds this")
    parser.add_argument("--rate", type=float, help="complaints a second")
    parser.add_argument("--folder", type=Path, help="where all is kept; a temporary one if none is named")
    parser.add_argument("--json", type=Path, help="a file for what was found")
    chosen = parser.parse_args(arguments)
    if INSIDE not in os.environ:
        if not possible():
            sys.stderr.write(f"redress: {NoNamespaces.__doc__}\n")
            return 3
        command = inside("tests.chaos.cluster", *arguments)
        return subprocess.run(command, env=os.environ | {INSIDE: "1"}, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="redress-cluster-") as temporary:
        return _play(chosen, (chosen.folder or Path(temporary)).resolve())


def _play(chosen: argparse.Namespace, folder: Path) -> int:
    quiet_libraries()  # that a broker is away is what is played
    disturbances = [one for one in (FEW if chosen.short else ALL) if chosen.only is None or chosen.only in one.name]
    rate = chosen.rate or (FEW_PER_SECOND if chosen.short else PER_SECOND)
    say(f"three brokers, two workers of each service, {rate:.0f} complaints a second")
    outcome = asyncio.run(play(folder, disturbances, rate))
    sys.stdout.write(told(outcome))
    if chosen.json is not None:
        chosen.json.write_bytes(orjson.dumps(asdict(outcome), default=list))
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
