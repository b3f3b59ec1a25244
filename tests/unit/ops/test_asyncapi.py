"""The AsyncAPI document says all that is in the topics: its own parser reads it, and what our code writes fits it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml

from ops.contracts.build import DOCUMENT, bank, documented
from ops.contracts.event_messages import stored
from ops.contracts.exporting import as_yaml, export
from ops.local.topics import TOPICS_FILE
from shared.contract import message_kinds, schemas
from shared.contract.letters import Fault
from shared.log.dead_letters import DeadLetter, DeadLetterBox
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.support.installation import redress
from tests.support.memory_log import MemoryLog
from tests.support.paths import ROOT
from tests.support.published_contract import FOUND, MESSAGES, fits

NODE = ROOT / ".venv" / "node" / "node_modules"
CHECK = ROOT / "tests" / "support" / "asyncapi_check.js"
ERROR = 0
"""What the parser calls the gravest of its diagnostics."""
EMPTY = {"complaints.ownership"}


def parsed(*files: Path) -> list[dict[str, Any]]:
    """What AsyncAPI's own parser says of documents."""
    assert NODE.is_dir(), "AsyncAPI's parser is not installed: install npm, then `make setup`."
    done = subprocess.run(
        ["node", CHECK, *files], env={"PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_PATH": str(NODE)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_document_in_docs_is_what_is_declared() -> None:
    """Whoever changes an event, a record or a topic runs `make docs`."""
    assert documented() == DOCUMENT.read_text(encoding="utf-8"), "run: make docs"


def test_asyncapis_own_parser_reads_it_and_refuses_it_broken(tmp_path: Path) -> None:
    """Without an error; a wrong action is one, and a reference that leads nowhere."""
    wrong_action, wrong_reference = (orjson.loads(orjson.dumps(FOUND)) for _ in range(2))
    wrong_action["operations"]["write events"]["action"] = "publish"
    del wrong_reference["components"]["schemas"]["CaseRouted.v2.data"]
    files = [tmp_path / f"{name}.yaml" for name in ("whole", "action", "reference")]
    for file, one in zip(files, (FOUND, wrong_action, wrong_reference), strict=True):
        file.write_text(as_yaml(one), encoding="utf-8")
    found = parsed(*files)
    told = [[d["path"] for d in one["diagnostics"] if d["severity"] == ERROR] for one in found]

    assert [True, []] == [found[0]["read"], told[0]]
    assert told[1]
    assert told[2]
    assert {topic["address"] for topic in FOUND["channels"].values()} == set(found[0]["messages"])


def test_every_topic_and_every_version_of_every_event_is_there() -> None:
    """A topic without records says so; a new one fails here until its records are described."""
    declared = {topic["name"] for topic in yaml.safe_load(TOPICS_FILE.read_text("utf-8"))["topics"]}
    said = {topic["address"]: set(topic["messages"]) for topic in FOUND["channels"].values()}

    assert declared == set(said)
    assert EMPTY == {name for name, messages in said.items() if not messages}
    assert {type_.removeprefix("redress.") for type_ in schemas.types()} == said["complaints.events"]


@pytest.mark.parametrize("name", MESSAGES)
def test_what_our_code_writes_fits_what_is_said_of_it(name: str) -> None:
    """Examples are made by the code that writes such records, and events hold what golden files hold."""
    (example,) = MESSAGES[name]["examples"]

    assert [] == fits(name, example["payload"])
    assert set(example["headers"]) <= set(MESSAGES[name]["headers"]["properties"])
    assert fits(name, []), "a schema that refuses nothing says nothing"


def test_an_event_of_another_shape_does_not_fit() -> None:
    """An attribute may be added, and nothing within data; what is missing is seen, and so is another type."""
    event = {**MESSAGES["CaseRouted.v2"]["examples"][0]["payload"]}
    less = {name: value for name, value in event.items() if name != "causationid"}

    assert [] == fits("CaseRouted.v2", event | {"tenant": "redress"})
    assert fits("CaseRouted.v2", event | {"data": event["data"] | {"colour": "red"}})
    assert fits("CaseRouted.v2", less)
    assert fits("CaseRouted.v1", event)


async def test_a_dead_letter_is_as_it_is_described(tmp_path: Path) -> None:
    """The one record whose example is not made by the code that writes it."""
    settings = Settings(data=tmp_path)
    topic = MemoryLog()
    async with open_vault(settings) as vault:
        box = DeadLetterBox(topic, vault, "routing")
        await box.publish(DeadLetter.of("a case", "a place", "unreadable", Fault("not_json", "no JSON"), b"{"))
    (record,) = [row for rows in topic._rows for row in rows if row is not None]

    assert [] == fits("DeadLetterRecord", orjson.loads(record.value))


@pytest.mark.parametrize("type_", schemas.types())
def test_every_schema_is_one_of_2020_12_and_takes_what_is_stored(type_: str) -> None:
    """By a validator that is not ours; one that is no schema is refused."""
    shape = schemas.schema_of(type_, bank().schemas_at)
    checker = jsonschema_rs.validator_for(shape, validate_formats=True)

    jsonschema_rs.meta.validate(shape)
    assert not jsonschema_rs.meta.is_valid(shape | {"required": "everything"})
    assert [] == [error.message for error in checker.iter_errors(stored(type_))]


def test_every_field_of_every_record_is_described() -> None:
    """Also of those beside the events."""
    shapes = FOUND["components"]["schemas"].items()
    headers = [one["headers"] for one in MESSAGES.values()]

    assert [] == [field for name, shape in shapes for field in schemas.undescribed(name, shape)]
    assert [] == [field for one in headers for field in schemas.undescribed("headers", one)]


def test_lists_of_codes_have_the_words_that_people_read() -> None:
    """Channels, duties, posts and messages in both languages."""
    lists = FOUND["x-code-lists"]

    assert {"zh": "电话", "en": "telephone"} == lists["Channel"]["phone"]
    assert set(message_kinds.MESSAGES) == set(lists["MessageKind"])
    assert {"Reason", "RemedyKind", "SatisfactionValue", "OriginKind", "Way", "DutyKind", "Post"} <= set(lists)
    assert all(words for name in ("Channel", "DutyKind", "MessageKind", "Post") for words in lists[name].values())


def test_the_command_writes_the_document_and_the_schemas(tmp_path: Path) -> None:
    """With the addresses of the installation; a second run changes nothing."""
    settings = Settings(data=tmp_path, ports=28500, topic_prefix="desk.", installation="desk", inbox_systems="hotline")
    names = export(tmp_path / "out", settings)
    first = {name: (tmp_path / "out" / name).read_bytes() for name in names}
    said = yaml.safe_load(first["asyncapi.yaml"])

    assert names == export(tmp_path / "out", settings)
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert "desk.complaints.events" == said["channels"]["events"]["address"]
    assert ["ComplaintSubmitted.v1"] == list(said["channels"]["inbox.hotline"]["messages"])
    at = orjson.loads(first["redress.CaseRouted.v2.json"])["$id"]
    example = said["components"]["messages"]["CaseRouted.v2"]["examples"][0]["payload"]
    assert "http://127.0.0.1:28500/schemas/redress.CaseRouted.v2.json" == at == example["dataschema"]


def test_the_command_says_in_a_line_what_keeps_it_from_writing(tmp_path: Path) -> None:
    """A file in place of a folder is wrong use; a folder that cannot be made is out of reach."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = [redress("schemas", "export", folder, check=False) for folder in (str(tmp_path / "file"), "/proc/no/folder")]
    written = redress("schemas", "export", str(tmp_path / "out"))

    assert [(2, 1), (3, 1)] == [(one.returncode, one.stderr.count("\n")) for one in done]
    assert written.stdout.startswith(f"asyncapi.yaml, versions.yaml and {len(schemas.types())} schemas in ")
