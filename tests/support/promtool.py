"""Prometheus' own tool, which parses and tests what Prometheus is given; it needs no server."""

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from re import compile as pattern

import yaml

from ops.tables import reference
from tests.support.paths import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
METRIC = pattern(r"(?<![\w:])redress_\w+")
RECORDED = pattern(r"(?<![\w:])redress:[\w:]+")
DOCUMENTED = pattern(r"^\| `(redress_\w+)`")


def promtool(*arguments: str | Path, told: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run it; ``told`` comes in on its standard input."""
    tool = shutil.which("promtool")
    if tool is None:
        raise RuntimeError("promtool is not installed (Debian: apt install prometheus): it tests deploy/prometheus")
    return subprocess.run([tool, *arguments], input=told, capture_output=True, text=True, check=False, timeout=60)


def rules(name: str) -> list[dict[str, object]]:
    """All rules of a file."""
    groups = yaml.safe_load((PROMETHEUS / name).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def parsed(expressions: Iterable[str], folder: Path) -> str:
    """What Prometheus has against any of these expressions; empty where it takes them all."""
    asked = [{"record": f"asked:{number}", "expr": expression} for number, expression in enumerate(expressions)]
    file = folder / "asked.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": asked}]}), encoding="utf-8")
    done = promtool("check", "rules", file)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@cache
def catalogue() -> frozenset[str]:
    """The metrics that any process has, by the reference page."""
    found = (DOCUMENTED.match(line) for line in reference.metrics().splitlines())
    return frozenset(one.group(1) for one in found if one)


def unknown_in(expression: str) -> set[str]:
    """The names of an expression that neither a process nor a recording rule has."""
    recorded = {str(rule["record"]) for rule in rules("recording.yml")}
    return set(METRIC.findall(expression)) - catalogue() | set(RECORDED.findall(expression)) - recorded
