"""Rules of the repository itself: imports one way, one producer per type, everything documented."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from ops.cli.main import app
from ops.local.topics import TOPICS_FILE
from ops.verify.services import SERVICES
from shared.case.sentences import SENTENCES
from shared.contract.events import CATALOGUE
from shared.errors import RedressError
from shared.kernel.service import Service
from shared.process.settings import Settings
from tests.support.import_graph import import_graph, longest_chain
from tests.support.paths import ROOT

SOURCES = sorted(p for folder in ("shared", "services", "ops") for p in (ROOT / folder).rglob("*.py"))
DOCUMENTED = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
HEAVY = {"aiokafka", "faust", "sqlalchemy", "cryptography", "fastapi"}
DEEPEST = 9
PURE = (
    "shared/contract/**/*.py", "shared/case/*.py", "shared/case/folding/*.py", "shared/bank/*.py",
    "shared/kernel/service.py",
    "services/casework/*.py", "services/casework/commands/*.py", "services/routing/**/*.py", "services/sla/*.py",
    "services/notify/*.py",
)  # fmt: skip
"""Where it is decided: import-linter says what these may import, the test below what they may not say."""
WIRING = frozenset({"worker.py"})


def test_decisions_and_states_are_pure() -> None:
    """No clock, no random, no I/O, no settings where it is decided."""
    forbidden = re.compile(r"\.now\(\)|uuid4|os\.environ|\bawait\b|\bopen\(|random\.")
    files = [p for pattern in PURE for p in ROOT.glob(pattern) if p.name not in WIRING]

    assert len(files) > 60
    assert [] == [str(p.relative_to(ROOT)) for p in files if forbidden.search(p.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.name)
def test_importing_decisions_loads_no_broker_database_cryptography_or_web(service: Service[object]) -> None:
    """A pure decision can be read, tested and replayed on a machine that has nothing else."""
    code = f"import sys, services.{service.name}.decisions; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "" == loaded.stdout.strip()


def test_no_path_of_imports_is_longer_than_it_has_to_be() -> None:
    """How deep one may have to read: the longest chain of modules that import each other."""
    chain = longest_chain(import_graph(SOURCES))

    assert len(chain) - 1 <= DEEPEST, " -> ".join(chain)


def test_a_name_of_what_is_handed_on_means_one_thing_in_ops() -> None:
    """Whoever reads ``told: HowFar`` need not look up whose it is."""
    of_callables = re.compile(r"^(\w+) = Callable\[", re.MULTILINE)
    named = [name for p in ROOT.glob("ops/**/*.py") for name in of_callables.findall(p.read_text(encoding="utf-8"))]

    assert "HowFar" in named
    assert sorted(set(named)) == sorted(named)


def test_the_environment_is_read_in_one_file() -> None:
    """Settings are typed and in one place; starting children hands the environment on."""
    readers = {p.name for p in SOURCES if "os.environ" in p.read_text(encoding="utf-8")}

    assert readers <= {"settings.py", "installation.py", "processes.py"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.name)
def test_every_service_hears_what_it_reacts_to(service: Service[object]) -> None:
    """Nobody answers a fact that does not reach them."""
    assert set(service.reacts_to) <= service.folds | service.besides


def test_every_event_type_has_one_producer_and_a_sentence_in_both_languages() -> None:
    """One service publishes it; the timeline can tell it."""
    assert {"intake", "routing", "casework", "sla", "notify"} == {shape.producer for shape in CATALOGUE.values()}
    assert [] == sorted(CATALOGUE.keys() ^ SENTENCES.keys())


def test_every_error_has_a_code_and_says_what_to_do() -> None:
    """The docstring is the message."""
    errors = [e for e in _all(RedressError) if e.__module__.split(".")[0] in ("shared", "services", "ops")]

    assert len(errors) > 20
    assert [] == [e.__name__ for e in errors if not e.__doc__ or not re.fullmatch(r"[a-z_]+", e.code)]


def _all(kind: type[RedressError]) -> list[type[RedressError]]:
    return [kind] + [found for sub in kind.__subclasses__() for found in _all(sub)]


def test_every_make_target_and_command_is_documented() -> None:
    """An undocumented command does not exist for a newcomer."""
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
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

    assert 11 == len(topics)
    assert [] == [name for name in [*topics, *settings, *CATALOGUE] if name not in DOCUMENTED]


def test_no_tracked_file_names_a_registry_or_this_machine() -> None:
    """Lock files hold no addresses."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(rb"--index-url|--find-links|https?://(pypi|files\.pythonhosted|repo\.maven)|/root/|/work/")
    wrong = [n for n in names if n != "tests/unit/house/test_repository.py" and pattern.search((ROOT / n).read_bytes())]

    assert [] == wrong
