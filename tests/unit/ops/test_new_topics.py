"""Topics that were made a moment ago: on a cluster not every broker has heard of them yet."""

from types import SimpleNamespace
from typing import Any

import pytest

from shared.log import topic_admin
from shared.log.topic_admin import NOT_KNOWN, TopicAdmin

NAMES = ["complaints.events"]


class SlowBrokers:
    """Brokers of which the one that is asked for settings hears of a topic only after some questions."""

    def __init__(self, after: int) -> None:
        self.questions = 0
        self._after = after

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        """They know its partitions already."""
        return [{"topic": name, "partitions": [{"replicas": [1, 2, 3]}]} for name in names]

    async def describe_configs(self, resources: list[Any]) -> list[Any]:
        """They know its settings later."""
        self.questions += 1
        known = self.questions > self._after
        row = (0, "", 2, NAMES[0], [("min.insync.replicas", "2")]) if known else (NOT_KNOWN, "", 2, NAMES[0], [])
        return [SimpleNamespace(resources=[row])]


async def test_a_topic_that_a_broker_has_not_heard_of_yet_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the first start on a cluster would find every setting missing."""
    monkeypatch.setattr(topic_admin, "LOOK_SECONDS", 0)
    brokers = SlowBrokers(after=2)
    found = await TopicAdmin(brokers).described(NAMES)

    assert {"min.insync.replicas": "2"} == found[NAMES[0]].configs
    assert 3 == brokers.questions


async def test_a_topic_that_no_broker_ever_hears_of_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting has an end."""
    monkeypatch.setattr(topic_admin, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(topic_admin, "KNOWN_WITHIN_SECONDS", 0.05)
    with pytest.raises(TimeoutError):
        await TopicAdmin(SlowBrokers(after=10**9)).described(NAMES)
