"""An inbox of a channel system's own: in its name nobody posts anywhere else, and it posts in no other name."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from ops.local import acls, topics
from services.intake.inbox.answering import Answering
from services.intake.inbox.answers import Outcome, answer
from services.intake.inbox.cloud_events import ForeignSource, PostedEvent, PostedRecord
from shared.process.settings import Settings
from tests.support.facts import NOW

UNUSED: Any = None


def refuses(own: str, source: str) -> bool:
    """Whether an inbox refuses what this source posts there, where the hotline has one of its own."""
    try:
        Answering(UNUSED, UNUSED, UNUSED, own, frozenset({"hotline"})).check_source(PostedEvent(source, "a-1", {}))
    except ForeignSource as error:
        return (error.status, error.pointers) == (403, ("/source",))
    return False


@pytest.mark.parametrize(
    ("own", "source", "refused"),
    [
        ("hotline", "hotline", False),
        ("hotline", "/channel-systems/hotline", False),
        ("hotline", "web", True),
        ("hotline", "/channel-systems/web", True),
        ("", "web", False),
        ("", "hotline", True),
        ("", "/channel-systems/hotline", True),
    ],
)
def test_a_system_with_an_inbox_posts_there_and_nobody_else_does(own: str, source: str, *, refused: bool) -> None:
    """By each of its two names."""
    assert refused == refuses(own, source)


def test_an_answer_names_the_inbox_of_its_own() -> None:
    """Places of two topics are alike, and answers to them are two."""
    record, outcome = PostedRecord(2, 7, b"key", b"{}", ()), Outcome(201, PostedEvent("hotline", "a-1", {}), "c", "n")
    own, common = (orjson.loads(answer(record, outcome, NOW, topic)) for topic in ("complaints.inbox.hotline", None))

    assert {"topic": "complaints.inbox.hotline", "partition": 2, "offset": 7} == own["data"]["inbox"]
    assert {"partition": 2, "offset": 7} == common["data"]["inbox"]
    assert own["id"] != common["id"]


def test_its_topic_and_its_rights_follow_from_the_setting(tmp_path: Path) -> None:
    """One principal writes to it; it is as the inbox of all is."""
    settings = Settings(data=tmp_path, installation="bank", inbox_systems="hotline,web")
    specs = {spec.base: spec for spec in topics.wanted(settings)}
    rights = [str(acl) for acl in acls.wanted(settings)]
    writers = [line for line in rights if line.endswith("may write topic complaints.inbox.hotline")]

    assert specs["complaints.inbox"].configs == specs["complaints.inbox.hotline"].configs
    assert specs["complaints.inbox"].partitions == specs["complaints.inbox.web"].partitions
    assert ["User:channel-hotline may write topic complaints.inbox.hotline"] == writers
    assert "User:intake-inbox may read topic complaints.inbox.web" in rights
    assert "User:channel-web may read topic complaints.inbox-results" in rights
    assert [] == [line for line in rights if "channel-web" in line and "inbox.hotline" in line]


@pytest.mark.parametrize("systems", ["hot line", "hotline,", "../events", "Hotline/1"])
def test_what_cannot_be_a_topic_is_no_setting(systems: str) -> None:
    """It is refused where it is set."""
    with pytest.raises(ValidationError):
        Settings(inbox_systems=systems)
