"""Locks, licences, advisories and the bill of materials: each against what is locked, and each broken once."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import distributions
from pathlib import Path

import pytest

from ops.supply import advisories, jars, sbom
from ops.supply.licences import allowed, faults, licences, permits
from ops.supply.locks import NODE, RUN, Package, normalised, packages, running
from tests.support.paths import ROOT

LOCKED = packages()
TODAY = date(2026, 11, 29)
FILE = """
dated: 2026-11-29
accepted: []
advisories:
  maven/at.yawk.lz4:lz4-java:
    - {id: CVE-2026-59949, affected: "<1.11.1", fixed: "1.11.1"}
  maven/com.github.luben:zstd-jni:
    - {id: CVE-2026-87795, affected: ">=1.2.0, <1.5.7-14", fixed: "1.5.7-14"}
  pypi/urllib3:
    - {id: CVE-2024-37891, affected: "<1.26.19 or >=2.0.0, <2.2.2", fixed: "2.2.2"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file of advisories."""
    found = tmp_path / "known.yaml"
    found.write_text(FILE, encoding="utf-8")
    return found


def test_the_locks_name_what_the_lock_files_hold() -> None:
    """As many as there are lines, each with a hash; what a running Redress needs is less than all."""
    lines = sum(
        len(re.findall(r"^\S+==", f.read_text(encoding="utf-8"), re.M)) for f in ROOT.glob("requirements*.lock")
    )

    node = json.loads((ROOT / NODE).read_text(encoding="utf-8"))["packages"]
    places = {(place.rpartition("node_modules/")[2], said["version"]) for place, said in node.items() if place}

    assert lines + len(jars.locked()) + len(places) == len(LOCKED)
    assert "resolved" not in json.dumps(node)  # no address of a registry: whoever installs names his own
    assert [] == [p.key for p in LOCKED if not p.hashes]
    assert {"aiokafka", "starlette", "cffi"} <= running(LOCKED)
    assert not {"pytest", "moto", "ruff"} & running(LOCKED)


@pytest.mark.parametrize(
    ("key", "version", "affected"),
    [
        ("maven/at.yawk.lz4:lz4-java", "1.10.1", True),
        ("maven/at.yawk.lz4:lz4-java", "1.11.1", False),
        ("maven/com.github.luben:zstd-jni", "1.5.6-10", True),
        ("maven/com.github.luben:zstd-jni", "1.5.7-13", True),
        ("maven/com.github.luben:zstd-jni", "1.5.7-14", False),
        ("pypi/urllib3", "1.26.18", True),
        ("pypi/urllib3", "1.26.19", False),
        ("pypi/urllib3", "2.2.1", True),
        ("pypi/urllib3", "2.2.2", False),
        ("pypi/urllib3-future", "2.2.1", False),
    ],
)
def test_a_locked_version_that_is_listed_fails(file: Path, key: str, version: str, *, affected: bool) -> None:
    """By package, by range, and by Maven's own count of builds."""
    ecosystem, name = key.split("/")
    _, warned, well = advisories.report(advisories.known(file), [Package(ecosystem, name, version, RUN)], TODAY)

    assert affected is not well
    assert affected is any(line.startswith(f"AFFECTED: {key} {version}") and "fixed in" in line for line in warned)


def test_an_old_file_warns_loudly_and_does_not_fail(file: Path) -> None:
    """A run without network, a month later."""
    given = advisories.known(file)

    said, warned, well = advisories.report(given, LOCKED, date(2026, 12, 29))
    assert (True, []) == (well, warned)
    assert "as of 2026-11-29 (30 days ago)" in said[0]
    _, warned, well = advisories.report(given, LOCKED, date(2026, 12, 30))
    assert well
    assert "31 days old" in "\n".join(warned)


def test_what_is_accepted_is_said_and_comes_back_after_its_day(file: Path) -> None:
    """A known fault is kept for a reason and for a time."""
    accepted = "accepted:\n- {package: pypi/urllib3, id: CVE-2024-37891, until: 2027-03-31, why: never asked}"
    file.write_text(FILE.replace("accepted: []", accepted), encoding="utf-8")
    locked = [Package("pypi", "urllib3", "2.2.1", RUN)]

    said, _, well = advisories.report(advisories.known(file), locked, date(2027, 3, 31))
    assert well
    assert "never asked" in said[1]
    assert not advisories.report(advisories.known(file), locked, date(2027, 4, 1))[2]


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("dated: 2026-11-29", "dated: lately"),
        ("<1.11.1", "up to 1.11"),
        ("<1.11.1", "<one"),
        ("accepted: []", "accepted: [{package: pypi/urllib3, id: CVE-1, until: 2027-01-01, why: no}]"),
        (', fixed: "1.11.1"', ""),
    ],
)
def test_a_file_that_cannot_be_used_is_no_all_clear(
    file: Path, there: str, instead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A range that nobody understands hits nothing: so it has to be refused."""
    assert 0 == advisories.main(file, TODAY)
    file.write_text(FILE.replace(there, instead), encoding="utf-8")

    assert 2 == advisories.main(file, TODAY)
    assert "cannot be used" in capsys.readouterr().err


def test_nothing_that_is_locked_is_affected_today(capsys: pytest.CaptureFixture[str]) -> None:
    """What `make check` asks, of the real file."""
    assert 0 == advisories.main(), capsys.readouterr().err
    given = advisories.known()
    assert given.dated <= datetime.now(UTC).date()
    assert {a.accepted_until for a in given.advisories if a.accepted_until} != {None}
    assert (
        "ops.supply.advisories" in (ROOT / "Makefile").read_text(encoding="utf-8").split("\ncheck:")[1].split("\n\n")[0]
    )


def test_every_locked_package_has_a_licence_that_may_be_used() -> None:
    """Of all locks; a new package is looked at before it lands."""
    assert [] == faults(LOCKED)


def test_a_package_without_a_licence_or_with_a_refused_one_is_named(tmp_path: Path) -> None:
    """What the test above would say."""
    file = tmp_path / "licences.yaml"
    file.write_text("allowed: {MIT: x}\npackages: {AGPL-3.0-only: [pypi/a], MIT: [pypi/b]}", encoding="utf-8")
    locked = [Package("pypi", name, "1", RUN) for name in "abc"]

    assert ["pypi/c: look", "pypi/a: AGPL"] == [f[:12].rstrip("-") for f in faults(locked, file)]


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True), ("AGPL-3.0-only", False), ("MIT OR AGPL-3.0-only", True), ("MIT AND AGPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("MPL-2.0 AND (AGPL-3.0-only OR SSPL-1.0)", False),
    ],
)  # fmt: skip
def test_a_licence_of_several_parts_is_kept_by_what_its_words_ask(expression: str, *, may: bool) -> None:
    """All of AND, one of OR."""
    assert may is permits(expression, frozenset({"MIT", "MPL-2.0", "Apache-2.0"}))


def test_the_licences_are_what_the_packages_say_themselves() -> None:
    """Where an installed package declares an SPDX expression, it is ours letter by letter."""
    named, declared = licences(), dict(_declared())

    assert len(declared) > 60
    assert {} == {key: said for key, said in declared.items() if key in named and named[key] != said}
    assert "AGPL-3.0-only" not in allowed()


def _declared() -> Iterator[tuple[str, str]]:
    for found in distributions():
        if "License-Expression" in found.metadata:
            yield f"pypi/{normalised(found.metadata['Name'])}", found.metadata["License-Expression"]


def test_the_bill_of_materials_is_that_of_the_locks() -> None:
    """Whoever changes a lock runs `make sbom`."""
    assert sbom.build() == sbom.FILE.read_text(encoding="utf-8"), "run: make sbom"
    bill = json.loads(sbom.FILE.read_text(encoding="utf-8"))

    assert ("CycloneDX", "1.6") == (bill["bomFormat"], bill["specVersion"])
    assert {p.purl for p in LOCKED} == {c["purl"] for c in bill["components"]}
    assert {c["bom-ref"] for c in bill["components"]} | {"redress"} == {d["ref"] for d in bill["dependencies"]}
    assert {j.sha256 for j in jars.locked()} == {h["content"] for c in bill["components"] for h in c.get("hashes", [])}


def test_another_lock_is_another_bill() -> None:
    """A version that moved cannot pass for the old one, and its number says so."""
    first, *rest = LOCKED
    moved = Package(first.ecosystem, first.name, f"{first.version}.1", first.lock, first.hashes, first.asked_by)

    assert json.loads(sbom.build([moved, *rest]))["serialNumber"] != json.loads(sbom.build())["serialNumber"]
