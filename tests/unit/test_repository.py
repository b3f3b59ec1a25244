"""Rules of the repository itself: imports one way, one producer per type, everything documented."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from ops.cli import app
from ops.services import SERVICES
from ops.topics import TOPICS_FILE
from shared.errors import RedressError
from shared.events import CATALOGUE
from shared.sentences import SENTENCES
from shared.service import Service
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for folder in ("shared", "services", "ops") for p in (ROOT / folder).rglob("*.py"))
DOCUMENTED = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
KAFKA_FILES = {"event_log.py", "kafka_client.py", "topics.py", "terminal.py"}
FAUST_FILES = {"service_worker.py"}


def imports(path: Path) -> set[str]:
    """The modules a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_shared_imports_no_service_and_services_do_not_import_each_other() -> None:
    """Imports point one way."""
    wrong = []
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        for name in imports(path):
            if parts[0] == "shared" and name.split(".")[0] in ("services", "ops"):
                wrong.append(f"{path.name} imports {name}")
            other_service = name.startswith("services.") and name.split(".")[1] != parts[1]
            if parts[0] == "services" and other_service:
                wrong.append(f"{parts[1]}/{path.name} imports {name}")
            if parts[0] == "services" and name.split(".")[0] == "ops":
                wrong.append(f"{path.name} imports {name}")

    assert [] == wrong


def test_only_the_log_knows_kafka_and_only_the_worker_knows_faust() -> None:
    """What is behind an adapter stays behind it."""
    kafka = {p.name for p in SOURCES if any(n.split(".")[0] == "aiokafka" for n in imports(p))}
    faust = {p.name for p in SOURCES if any(n.split(".")[0] == "faust" for n in imports(p))}

    assert kafka <= KAFKA_FILES
    assert FAUST_FILES == faust


def test_decisions_and_states_are_pure() -> None:
    """No clock, no random, no I/O, no settings where it is decided."""
    forbidden = re.compile(r"\bnow\(\)|uuid4|os\.environ|\bawait\b|\bopen\(|random\.")
    names = {"decisions.py", "state.py", "deadlines.py", "candidates.py", "duties.py", "moves.py", "owners.py"}
    names |= {"act.py", "answers.py", "contact.py", "delivery.py", "ending.py", "handling.py", "ownership.py"}
    names |= {"rights.py", "settlement.py", "times.py", "refusing.py", "case_core.py", "case_duties.py"}
    files = [p for p in SOURCES if p.name in names]

    assert len(files) >= 26
    assert [] == [p.name for p in files if forbidden.search(p.read_text(encoding="utf-8"))]


def test_the_environment_is_read_in_one_file() -> None:
    """Settings are typed and in one place; starting children hands the environment on."""
    readers = {p.name for p in SOURCES if "os.environ" in p.read_text(encoding="utf-8")}

    assert readers <= {"cli.py", "processes.py"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.name)
def test_every_service_says_of_every_event_type_whether_it_folds_it(service: Service[object]) -> None:
    """A new type cannot pass unseen."""
    assert set(CATALOGUE) == service.folds | service.ignores
    assert not service.folds & service.ignores
    assert set(service.reacts_to) <= service.folds


def test_every_event_type_has_one_producer_and_a_sentence_in_both_languages() -> None:
    """One service publishes it; the timeline can tell it."""
    assert {"intake", "routing", "casework", "sla", "notify"} == {shape.producer for shape in CATALOGUE.values()}
    assert set(CATALOGUE) == set(SENTENCES)


def test_every_error_has_a_code_and_says_what_to_do() -> None:
    """The docstring is the message."""
    errors = [e for e in _all(RedressError) if e.__module__.split(".")[0] in ("shared", "services", "ops")]

    assert len(errors) > 20
    assert [] == [e.__name__ for e in errors if not e.__doc__ or not re.fullmatch(r"[a-z_]+", e.code)]


def _all(kind: type[RedressError]) -> list[type[RedressError]]:
    return [kind] + [found for sub in kind.__subclasses__() for found in _all(sub)]


def test_every_make_target_and_command_is_documented() -> None:
    """An undocumented command does not exist for a newcomer."""
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    commands = list(_named("redress", get_command(app)))

    assert {"redress deadline", "redress clock advance", "redress console rebuild"} <= set(commands)
    assert [] == [t for t in targets if f"make {t}" not in DOCUMENTED]
    assert [] == [c for c in commands if c not in DOCUMENTED]


def _named(name: str, command: Any) -> Iterator[str]:
    """A command as it is typed, or those of a group."""
    if not isinstance(command, TyperGroup):
        yield name
        return
    context = Context(command)
    for sub in command.list_commands(context):
        yield from _named(f"{name} {sub}", command.get_command(context, sub))


def test_every_topic_setting_and_event_type_is_documented() -> None:
    """The reference pages are complete."""
    topics = re.findall(r"name: (complaints\.[a-z-]+)", TOPICS_FILE.read_text(encoding="utf-8"))
    settings = [f"REDRESS_{name.upper()}" for name in Settings.model_fields]

    assert 7 == len(topics)
    assert [] == [name for name in [*topics, *settings, *CATALOGUE] if name not in DOCUMENTED]


def test_no_tracked_file_names_a_registry_or_this_machine() -> None:
    """Lock files hold no addresses."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(rb"--index-url|--find-links|https?://(pypi|files\.pythonhosted|repo\.maven)|/root/|/work/")
    wrong = [n for n in names if n != "tests/unit/test_repository.py" and pattern.search((ROOT / n).read_bytes())]

    assert [] == wrong
