"""The broker's jars: each has to be, byte by byte, the one that was locked.

Maven compares a download with the sum that the same repository gives, and never again with what already lies on this
machine. The lock is ours: who alters a jar on the way, in Maven's folder or beside the broker is found at `make setup`
and at every start of a broker.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ops.paths import DEPLOY

BROKER = DEPLOY / "broker"
LOCK = BROKER / "jars.lock"
FOLDER = BROKER / "target" / "lib"
HEAD = "# The broker's jars by their SHA-256. Written by `make lock`: read the difference before it lands.\n"
LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<group>[\w.-]+):(?P<artifact>[\w.-]+):(?P<version>[\w.-]+)")
RESOLVED = re.compile(r"^\s+([\w.-]+):([\w.-]+):jar:([\w.-]+):(?:compile|runtime)", re.M)
ADVICE = (
    "Nothing was started. Remove deploy/broker/target, and these jars from Maven's local repository, and run `make"
    " setup`; if they differ again, use none of them before you know who changed the jar or the lock."
)


@dataclass(frozen=True, slots=True, order=True)
class Jar:
    """A jar by its Maven coordinates, with the SHA-256 (hex) of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.artifact}-{self.version}.jar"


def locked(lock: Path = LOCK) -> list[Jar]:
    """Read the jars of a lock, in its order.

    Raises:
        ValueError: a line is none of a jar, or there is none at all; the message names it.
    """
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = [(line, LINE.fullmatch(line)) for line in lines]
    if bad := [line for line, match in found if match is None]:
        raise ValueError(f"{lock}: not a line of a jar: {bad[0][:120]!r}")
    if not found:
        raise ValueError(f"{lock} names no jar.")
    return [Jar(m["group"], m["artifact"], m["version"], m["sha256"]) for _, m in found if m]


def differences(folder: Path = FOLDER, lock: Path = LOCK) -> list[str]:
    """Say of each jar of the lock that is missing or altered in a folder what is wrong with it. Empty: all is right."""
    try:
        jars = locked(lock)
    except (OSError, ValueError) as error:
        return [str(error)]
    return [said for jar in jars if (said := _difference(folder / jar.file, jar))]


def _difference(file: Path, jar: Jar) -> str | None:
    if not file.is_file():
        return f"{jar.file} is missing"
    if (sha256 := _sha256(file)) != jar.sha256:
        return f"{jar.file} is not the one that was locked (SHA-256 {sha256[:12]}…, locked {jar.sha256[:12]}…)"
    return None


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def classpath(folder: Path = FOLDER, lock: Path = LOCK) -> str:
    """Name the locked jars one by one, as Java's class path: what else lies in the folder is never loaded."""
    return ":".join(str(folder / jar.file) for jar in locked(lock))


def write(folder: Path = FOLDER, lock: Path = LOCK) -> None:
    """Write the lock anew from what the pom resolves to and the jars that lie in the folder."""
    listing = folder.parent / "resolved.txt"
    maven = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "-f", str(BROKER / "pom.xml")]
    asked = ["dependency:list", "-DincludeScope=runtime", f"-DoutputFile={listing}"]
    subprocess.run([*maven, *asked], check=True)
    named = RESOLVED.findall(listing.read_text(encoding="utf-8"))
    jars = sorted(Jar(group, artifact, version, "") for group, artifact, version in named)
    lines = [f"{_sha256(folder / j.file)}  {j.group}:{j.artifact}:{j.version}\n" for j in jars]
    lock.write_text(HEAD + "".join(lines), encoding="utf-8")


def main(arguments: Iterable[str] | None = None) -> int:
    """Compare the broker's jars with the lock, or write it. Exit code 1: they differ, and stderr says how."""
    parser = argparse.ArgumentParser(prog="python -m ops.supply.jars", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="write the lock anew from what lies in the folder")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--lock", type=Path, default=LOCK)
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.write:
        write(given.folder, given.lock)
    wrong = differences(given.folder, given.lock)
    for said in wrong:
        sys.stderr.write(f"redress: {said}\n")
    if wrong:
        sys.stderr.write(f"redress: {ADVICE}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
