"""The broker's jars against their lock: altered, missing, smuggled in, and a lock that was tampered with."""

import hashlib
import re
from pathlib import Path

import pytest

from ops.local.broker import Broker, BrokerFailed
from ops.supply import jars
from tests.support.paths import ROOT

KAFKA = "org.apache.kafka:kafka-clients:4.1.2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one jar, and a lock that names it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "kafka-clients-4.1.2.jar").write_bytes(b"PK kafka")
    (tmp_path / "jars.lock").write_text(f"# head\n{_sum(b'PK kafka')}  {KAFKA}\n", encoding="utf-8")
    return tmp_path


def _sum(content: bytes) -> str:

    return hashlib.sha256(content).hexdigest()


def _differences(folder: Path) -> list[str]:
    return jars.differences(folder / "lib", folder / "jars.lock")


def test_the_jars_that_were_locked_are_let_through(folder: Path) -> None:
    """Nothing to say of what is right, also when other files lie beside it."""
    (folder / "lib" / "other-1.jar").write_bytes(b"PK other")

    assert [] == _differences(folder)


def test_an_altered_jar_is_named(folder: Path) -> None:
    """One byte more is another jar."""
    (folder / "lib" / "kafka-clients-4.1.2.jar").write_bytes(b"PK kafka!")

    (said,) = _differences(folder)
    assert said.startswith("kafka-clients-4.1.2.jar is not the one that was locked")


def test_a_missing_jar_is_named(folder: Path) -> None:
    """So is one that was taken away."""
    (folder / "lib" / "kafka-clients-4.1.2.jar").unlink()

    assert ["kafka-clients-4.1.2.jar is missing"] == _differences(folder)


@pytest.mark.parametrize(
    "line", ["", "kafka-clients", f"{'e' * 63}  {KAFKA}", f"{'e' * 64}  ../{KAFKA}", f"{'e' * 64} {KAFKA}"]
)
def test_a_lock_that_is_not_one_lets_nothing_through(folder: Path, line: str) -> None:
    """An emptied or garbled lock is no permission."""
    (folder / "jars.lock").write_text(f"{line}\n", encoding="utf-8")

    assert 1 == len(_differences(folder))


def test_a_jar_that_no_lock_names_is_never_loaded(folder: Path) -> None:
    """Java is given the locked files one by one, not the folder."""
    (folder / "lib" / "aaa-first-1.jar").write_bytes(b"PK")

    assert str(folder / "lib" / "kafka-clients-4.1.2.jar") == jars.classpath(folder / "lib", folder / "jars.lock")
    command = Broker(folder, 1, jars.FOLDER).command()
    assert "*" not in command[command.index("-cp") + 1]


def test_a_broker_with_an_altered_jar_writes_and_starts_nothing(tmp_path: Path) -> None:
    """The check stands before the first file of the data folder and before the first Java."""
    lib = tmp_path / "lib"
    lib.mkdir()
    for jar in jars.locked():
        (lib / jar.file).symlink_to(jars.FOLDER / jar.file)
    altered = lib / jars.locked()[0].file
    altered.unlink()
    altered.write_bytes((jars.FOLDER / altered.name).read_bytes() + b"\0")

    with pytest.raises(BrokerFailed) as refused:
        Broker(tmp_path / "data", 1, lib).prepare()

    assert altered.name in refused.value.detail
    assert "make setup" in refused.value.detail
    assert not (tmp_path / "data").exists()


def test_check_of_the_command_line_says_what_differs_and_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `make setup` runs at its end."""
    given = ["--folder", str(folder / "lib"), "--lock", str(folder / "jars.lock")]
    assert 0 == jars.main(given)
    (folder / "lib" / "kafka-clients-4.1.2.jar").write_bytes(b"")

    assert 1 == jars.main(given)
    assert "kafka-clients-4.1.2.jar is not the one" in capsys.readouterr().err


def test_the_jars_beside_the_broker_are_those_of_the_lock() -> None:
    """Of this very installation."""
    assert 30 < len(jars.locked())
    assert [] == jars.differences()


def test_setup_installs_nothing_that_no_lock_names() -> None:
    """Each pip with hashes and wheels alone, or without packages; each Maven with strict sums, by a pinned plugin."""
    makefile = (
        (ROOT / "Makefile")
        .read_text(encoding="utf-8")
        .replace("$(PIP)", _variable("PIP"))
        .replace("$(MVN)", _variable("MVN"))
    )
    recipe = makefile.split("\n$(STAMP):")[1].split("\n\n")[0]
    pips = re.findall(r"^.* -m pip install.*$", recipe, re.M)
    mavens = re.findall(r"^.*mvn .*$", recipe, re.M)
    pom = (ROOT / "deploy/broker/pom.xml").read_text(encoding="utf-8")

    assert 5 == len(pips)
    assert [] == [
        p for p in pips if not ({"--require-hashes", "--only-binary"} <= set(p.split()) or _installs_only_us(p))
    ]
    assert 1 == len(mavens)
    assert [] == [m for m in mavens if "--strict-checksums" not in m]
    assert "ops.supply.jars" in recipe
    assert "<artifactId>maven-dependency-plugin</artifactId>\n        <version>" in pom


def _variable(name: str) -> str:
    found = re.search(rf"^{name} := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert found is not None
    return found[1]


def _installs_only_us(command: str) -> bool:
    return {"--no-deps", "--no-build-isolation", "--check-build-dependencies"} <= set(command.split())


def test_the_build_backend_is_locked_with_its_hashes() -> None:
    """What pyproject.toml asks for to build us stands in a lock, in that version."""
    asked = re.findall(r'^requires = \["(.*)"\]$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    lock = (ROOT / "requirements-build.lock").read_text(encoding="utf-8")

    assert 1 == len(asked)
    assert re.search(rf"^{re.escape(asked[0])} \\\n    --hash=sha256:[0-9a-f]{{64}}", lock, re.M)


def test_the_locks_hold_a_hash_for_every_package() -> None:
    """A line without one would make pip take whatever it finds."""
    for lock in ROOT.glob("requirements*.lock"):
        text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.M)
        entries = re.split(r"\n(?=\S)", text.strip())
        assert [] == [
            e.split("\n")[0] for e in entries if not re.match(r"[\w.\[\]-]+==\S+ .*\\\n +--hash=sha256:", e)
        ], lock
