"""What the locks name: every Python package, every jar, and every package of the check of AsyncAPI."""

import base64
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ops.paths import ROOT
from ops.supply import jars

BUILD, RUN = "requirements-build.lock", "requirements.lock"
FONT, CLIENT = "requirements-font.lock", "requirements-client.lock"
NODE = "ops/supply/asyncapi/package-lock.json"
ENTRY = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"^\s+#\s+(?:via\s+)?([\w.-]+)(?:\[.*\])?(?:\s\(.*\))?$")
US = "redress"


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A locked package. ``name`` is normalised (Maven: ``group:artifact``), ``asked_by`` are names of the same lock.

    ``hashes`` are SHA-256; npm's lock has SHA-512 alone.
    """

    ecosystem: str
    name: str
    version: str
    lock: str
    hashes: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its ecosystem and name, without the version: ``pypi/aiohttp``, ``maven/org.yaml:snakeyaml``."""
        return f"{self.ecosystem}/{self.name}"

    @property
    def purl(self) -> str:
        """Its package URL, as SBOMs name it."""
        return f"pkg:{self.ecosystem}/{self.name.replace(':', '/').replace('@', '%40')}@{self.version}"


def packages(root: Path = ROOT) -> list[Package]:
    """List everything that the locks of a repository name, in order of ecosystem and name."""
    python = [
        p for lock in (BUILD, RUN, FONT, CLIENT) for p in _python((root / lock).read_text(encoding="utf-8"), lock)
    ]
    maven = [
        Package("maven", f"{j.group}:{j.artifact}", j.version, jars.LOCK.name, (j.sha256,), (US,))
        for j in jars.locked()
    ]
    return sorted([*python, *maven, *_npm((root / NODE).read_text(encoding="utf-8"))])


def _npm(text: str) -> set[Package]:
    """What the check of AsyncAPI is installed from; the same package may lie in several places."""
    found = ((place, said) for place, said in json.loads(text)["packages"].items() if place)
    return {
        Package(
            "npm",
            place.rpartition("node_modules/")[2],
            said["version"],
            Path(NODE).name,
            (_hex(said["integrity"]),),
            (US,),
        )
        for place, said in found
    }


def _hex(integrity: str) -> str:
    """The hash of npm's lock, as hashes are written elsewhere."""
    return base64.b64decode(integrity.removeprefix("sha512-"), validate=True).hex()


def _python(text: str, lock: str) -> Iterable[Package]:
    for block in re.split(r"\n(?=\S)", text):
        if entry := ENTRY.match(block):
            asked = tuple(sorted(m[1] for line in block.split("\n") if (m := VIA.match(line)) and m[1] != "via"))
            yield Package(
                "pypi",
                normalised(entry[1]),
                entry[2],
                lock,
                tuple(HASH.findall(block)),
                asked if lock == RUN else (US,),
            )


def normalised(name: str) -> str:
    """Write a Python package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def running(found: Iterable[Package], root: Path = ROOT) -> frozenset[str]:
    """Name the Python packages that a running Redress needs: those it asks for, and what they ask for in turn."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reached = {normalised(re.split(r"[\[=]", asked)[0]) for asked in project["dependencies"]}
    python = [p for p in found if p.ecosystem == "pypi" and p.lock == RUN]
    while more := {p.name for p in python if p.name not in reached and reached & set(p.asked_by)}:
        reached |= more
    return frozenset(reached)
