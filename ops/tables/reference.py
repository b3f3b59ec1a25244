"""Writes the tables of the reference pages from what the code declares: `cog` puts them into docs/reference.

A page asks by ``cog.out(tables.settings())``; `make check` fails where a page is not what is declared.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from ops.cli.main import app
from ops.local.topics import TOPICS_FILE
from ops.paths import DEPLOY, ROOT, SERVICES
from ops.tables.markdown import table
from services.casework.refusing import REFUSALS
from shared.case.duty_kinds import KINDS, DutyKind, Limit
from shared.contract.events import CATALOGUE
from shared.process.settings import Settings

RUNBOOKS = "../how-to/runbooks"
PRODUCERS = ("intake", "routing", "casework", "sla", "notify")
SETTINGS_FILE = ROOT / "shared" / "process" / "settings.py"


def settings() -> str:
    """Every setting with its default, and what its docstring says."""
    said = dict(_documented(SETTINGS_FILE, "Settings"))
    fields = Settings.model_fields.items()
    rows = ((f"`REDRESS_{n.upper()}`", f"`{f.default}`" if f.default else "–", said[n]) for n, f in fields)
    return table(("variable", "default", "meaning"), rows)


def _documented(file: Path, name: str) -> Iterator[tuple[str, str]]:
    """The fields of a class, each with the docstring below it."""
    found = next(n for n in ast.parse(file.read_text("utf-8")).body if isinstance(n, ast.ClassDef) and n.name == name)
    for field, below in zip(found.body, [*found.body[1:], ast.Pass()], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            says = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            yield field.target.id, _line(str(says))


def topics() -> str:
    """Every topic with its partitions, how long it is kept, and what it holds."""
    declared = yaml.safe_load(TOPICS_FILE.read_text("utf-8"))["topics"]
    rows = ((f"`{t['name']}`", str(t["partitions"]), t["keep"], t["holds"]) for t in declared)
    return table(("topic", "partitions", "kept", "holds"), rows)


def events(producer: str) -> str:
    """The event types of a service with their newest version, and what each says. *reserved*: nothing publishes it."""
    published = "\n".join(path.read_text("utf-8") for path in SERVICES.rglob("*.py"))
    shapes = {name: shape for name, shape in CATALOGUE.items() if shape.producer == producer}
    said = {name for name in shapes if re.search(rf'(?<!["\w]){name}(?!["\w])', published)}
    rows = ((f"`{n}`", str(s.version) if n in said else "reserved", _line(s.__doc__)) for n, s in shapes.items())
    return table(("type", "version", "says"), rows)


def duties() -> str:
    """Every kind of duty: its limit, what discharges it, what else is declared of it, its Chinese words."""
    rows = ((f"`{name}`", *_duty(kind), kind.zh) for name, kind in KINDS.items())
    return table(("kind", "limit", "discharged by", "besides", "in Chinese"), rows)


def _duty(kind: DutyKind) -> tuple[str, str, str]:
    limit = _limit(kind.limit) if kind.limit else "as promised" if kind.promised else "–"
    besides = {
        "belongs to the bank's own clock": kind.own_clock == "part",
        "ends that clock where the case has no part of it": kind.own_clock == "substitute",
        "a level after the other": kind.levelled,
        "does not bar closing": not kind.closing,
        "moves to a new handler": kind.follows_handler,
        "owed anew by a new handler": kind.personal,
        "may be waived": kind.waivable,
        "opened anew by a reopening": kind.reopened,
        "what was said before it was opened counts": kind.before_opening,
    }
    by = ", ".join(f"`{event}`" for event in sorted(kind.discharged_by))
    return limit, by, "; ".join(text for text, so in besides.items() if so)


def _limit(limit: Limit) -> str:
    words = limit.unit.replace("_", " ")
    return f"{limit.amount} {words.removesuffix('s') if limit.amount == 1 else words}"


def refusals(status: int) -> str:
    """The refusals of commands that are answered with a status, by code, each with what to do."""
    found = sorted((code, error) for code, error in REFUSALS.items() if error.status == status)
    return table(("status", "code", "what to do"), ((str(status), f"`{code}`", _line(e.__doc__)) for code, e in found))


METRIC = re.compile(r'\b(Counter|Gauge|Histogram)\(\s*"(redress_\w+)",\s*"([^"]+)"(?:,\s*\[([^\]]*)\])?')


def metrics() -> str:
    """Every metric of any process, as its source declares it."""
    files = (path for folder in ("shared", "services", "ops") for path in (ROOT / folder).rglob("*.py"))
    found = (declared for path in files for declared in METRIC.findall(path.read_text("utf-8")))
    rows = ((f"`{name}`", kind.lower(), labels.replace('"', "`"), says) for kind, name, says, labels in found)
    return table(("metric", "kind", "labels", "says"), sorted(rows))


def alerts() -> str:
    """Every alert with its page, whom it concerns, after how long it fires, and what it says."""
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"]
    rows = (
        (f"[{rule['alert']}]({RUNBOOKS}/{rule['alert']}.md)", rule["labels"]["severity"], rule["for"], _said(rule))
        for group in groups
        for rule in group["rules"]
    )
    return table(("alert", "severity", "for", "says"), rows)


def _said(rule: dict[str, Any]) -> str:
    """What an alert says, with the name of a label in the place of its value."""
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"*\1*", rule["annotations"]["summary"])


def commands() -> str:
    """Every `redress` command as it is typed, what its help says, and its options."""
    return table(("command", "does", "options"), _typed("redress", get_command(app)))


def _typed(name: str, command: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(command, TyperGroup):
        context = Context(command)
        if command.invoke_without_command:
            yield _row(name, command)
        for sub in command.list_commands(context):
            yield from _typed(f"{name} {sub}", command.get_command(context, sub))
        return
    yield _row(name, command)


def _row(name: str, command: Any) -> tuple[str, str, str]:
    params = [param for param in command.params if param.name not in ("help", "data")]
    needed = (_word(param) for param in params if param.required)
    options = (f"`{_word(param)}` {_line(param.help)}" for param in params if not param.required)
    return f"`{' '.join((name, *needed))}`", _line(command.help), " ".join(options)


def _word(param: Any) -> str:
    """An argument or an option as it is typed."""
    if not param.opts[0].startswith("-"):
        return str(param.name).upper()
    of = param.type_descriptor.annotation
    value = {bool: "", int: " N", Path: " FILE"}.get(of, f" {param.name.rstrip('_').upper()}")
    return f"{max(param.opts, key=len)}{value}"


def targets() -> str:
    """Every make target, and what it says of itself."""
    found = re.findall(r"^([a-z-]+):.*?## (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    return table(("target", "does"), ((f"`make {name}`", says) for name, says in found))


def _line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("``", "`").replace("|", "\\|")
