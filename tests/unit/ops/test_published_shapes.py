"""A published shape stays as it is: whoever changes one gives its type a new version, or a test fails."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from ops.contracts import build, published
from shared.contract.channels import CHANNELS

TYPE = "redress.MessageSent.v3"
TODAY = published.shapes_of_today()


def changed(**changes: Any) -> list[str]:
    """What is said where the shape of a type is another one."""
    shape = orjson.loads(orjson.dumps(TODAY[TYPE]))
    shape |= {"properties": shape["properties"] | changes}
    return published.broken(published.lines_of({TYPE: TODAY[TYPE]}), published.lines_of({TYPE: shape}))


def test_nothing_that_was_published_is_changed_or_gone() -> None:
    """And what is new stands in the file: run `make docs`."""
    before, now = published.published(), published.lines_of(TODAY)

    assert [] == published.broken(before, now)
    assert published.text(now) == published.FILE.read_text(encoding="utf-8"), "run: make docs"


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": {"type": "string"}},
        {"way": {"enum": ["email", "sms", "messenger", "print", "fax"], "type": "string"}},
        {"content_sha256": {"type": "integer"}},
        {"smtp_reply": {"type": "string"}},
    ],
)
def test_any_change_of_a_shape_is_seen(changes: dict[str, Any]) -> None:
    """Also one that only adds: data are closed, so a reader of today refuses it."""
    (said,) = changed(**changes)

    assert said.startswith(f"{TYPE}: its shape changed. Give the type a new version")


def test_words_may_be_said_better() -> None:
    """They ask nothing of anybody."""
    was = TODAY[TYPE]["properties"]["content_sha256"]

    assert [] == changed(content_sha256=was | {"description": "said better", "title": "x"})


def test_a_type_that_is_gone_is_seen() -> None:
    """The log holds it for ever."""
    said = published.broken({"redress.Gone.v1": "abc"}, {})

    assert ["redress.Gone.v1 was published, and the log holds it for ever: bring it back."] == said


def test_a_list_of_codes_grows_and_never_loses_one() -> None:
    """A tenth channel is no new version of a receipt: whoever reads passes over a code that he does not know."""
    codes = tuple(CHANNELS)
    shape = {TYPE: {"properties": {"channel": {"enum": list(codes), "type": "string"}}}}
    before = published.lines_of(shape, {"Channel": codes[:-1]})

    assert [] == published.broken(before, published.lines_of(shape, {"Channel": codes}))
    assert ["codes/Channel: phone was published: bring it back."] == published.broken(
        before, published.lines_of(shape, {"Channel": codes[1:]})
    )
    fewer = {TYPE: {"properties": {"channel": {"enum": list(codes[:-1]), "type": "string"}}}}
    assert published.lines_of(shape)[TYPE] == published.lines_of(fewer)[TYPE]


def test_make_docs_adds_what_is_new_and_never_writes_a_change_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what to do instead, and leaves both files as they were."""
    lock, *written_too = (tmp_path / name for name in ("shapes.lock", "asyncapi.yaml", "versions.yaml"))
    file = written_too[0]
    lines = published.lines_of(TODAY)
    lock.write_text(published.text({name: said for name, said in lines.items() if name != TYPE}), encoding="utf-8")
    assert 0 == build.main(lock, *written_too)
    assert lines == published.published(lock)

    lock.write_text(published.text(lines | {TYPE: "0" * 64}), encoding="utf-8")
    written = file.read_bytes()
    file.write_bytes(b"as it was")
    assert 1 == build.main(lock, *written_too)
    assert "new version" in capsys.readouterr().err
    assert "0" * 64 == published.published(lock)[TYPE]
    assert b"as it was" == file.read_bytes() != written
