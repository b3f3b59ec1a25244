"""What is known against the locked packages: a dated file, read without any network.

The file holds facts: which versions of a package an advisory is about, and where it is mended. How old it is, is said
every time; how it is renewed stands in docs/how-to/upgrade-a-package.md.
"""

import operator
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

from ops.paths import DEPLOY
from ops.supply.locks import Package, packages

FILE = DEPLOY / "advisories" / "known.yaml"
OLD_AFTER_DAYS = 30
"""An advisory that is mended in a month is seen within a month; a run without network must not fail for its age."""
COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
BOUND = re.compile(r"(<=|>=|==|<|>)\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory on one package. ``affected`` are ranges of versions, each a list of bounds that hold together."""

    id: str
    key: str
    affected: tuple[str, ...]
    fixed: str
    accepted_until: date | None = None
    why: str = ""

    def hits(self, version: str) -> bool:
        """Whether a version lies in one of the ranges."""
        found = Version(version)
        return any(all(COMPARE[op](found, Version(bound)) for op, bound in _bounds(r)) for r in self.affected)


@dataclass(frozen=True, slots=True)
class Known:
    """The file: the day it was last compared with its sources, and its advisories."""

    dated: date
    advisories: tuple[Advisory, ...]

    def age(self, today: date) -> int:
        """Days since then."""
        return (today - self.dated).days


def _bounds(written: str) -> list[tuple[str, str]]:
    found = [BOUND.fullmatch(part.strip()) for part in written.split(",")]
    if not all(found):
        raise ValueError(f"not a range of versions: {written!r} (such as '>=2.0, <2.4.1')")
    return [(m[1], m[2]) for m in found if m]


def known(file: Path = FILE) -> Known:
    """Read the file.

    Raises:
        ValueError: it is not of the form that its head describes; the message names the place.
    """
    read: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(read, dict) or not isinstance(read.get("dated"), date):
        raise ValueError(f"{file}: `dated` is missing or no date.")
    accepted = {(a["package"], a["id"]): a for a in read.get("accepted") or []}
    listed = [_advisory(key, line, accepted.pop((key, line["id"]), None)) for key, line in _lines(read, file)]
    if accepted:
        raise ValueError(f"{file}: accepted, but not listed: {sorted(accepted)}")
    return Known(read["dated"], tuple(listed))


def _lines(read: dict[str, Any], file: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    for key, lines in (read.get("advisories") or {}).items():
        for line in lines:
            if set(line) != {"id", "affected", "fixed"}:
                raise ValueError(f"{file}: {key}: a line has id, affected and fixed, not {sorted(line)}.")
            yield key, line


def _advisory(key: str, line: dict[str, Any], accepted: dict[str, Any] | None) -> Advisory:
    ranges = tuple(str(line["affected"]).split(" or "))
    for written in ranges:
        for _, bound in _bounds(written):
            Version(bound)
    until, why = (accepted["until"], accepted["why"]) if accepted else (None, "")
    return Advisory(line["id"], key, ranges, str(line["fixed"]), until, why)


def report(given: Known, locked: list[Package], today: date) -> tuple[list[str], list[str], bool]:
    """Say what is known against what is locked: lines for stdout, warnings for stderr, and whether all is well."""
    hits = [(p, a) for p in locked for a in given.advisories if a.key == p.key and a.hits(p.version)]
    bad = [(p, a) for p, a in hits if a.accepted_until is None or a.accepted_until < today]
    counted = f"{len(bad)} of {len(locked)} locked packages affected"
    said = [f"advisories: {len(given.advisories)} known, as of {given.dated} ({given.age(today)} days ago); {counted}"]
    said += [
        f"accepted until {a.accepted_until}: {a.id} of {p.key} {p.version}: {a.why}"
        for p, a in hits
        if (p, a) not in bad
    ]
    warned = [f"AFFECTED: {p.key} {p.version} ({p.lock}) by {a.id}; fixed in {a.fixed}" for p, a in bad]
    if given.age(today) > OLD_AFTER_DAYS:
        warned += ["!" * 100, _old(given.age(today)), "!" * 100]
    return said, warned, not bad


def _old(days: int) -> str:
    return (
        f"!!! {FILE.name} is {days} days old: what was found since is not in it. "
        "Renew it: docs/how-to/upgrade-a-package.md"
    )


def main(file: Path = FILE, today: date | None = None) -> int:
    """Print what is known against the locked packages. Exit code 1: one is affected; 2: the file cannot be read."""
    try:
        said, warned, well = report(known(file), packages(), today or datetime.now(UTC).date())
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        sys.stderr.write(f"redress: the file of advisories cannot be used: {error}\n")
        return 2
    sys.stdout.write("".join(f"{line}\n" for line in said))
    sys.stderr.write("".join(f"{line}\n" for line in warned))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
