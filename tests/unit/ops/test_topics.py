"""What is said of topics and brokers that hold fewer copies than they are asked to."""

import pytest

from ops.local.topics import TooFewBrokers, TopicSpec, broker_differences, check_brokers, differences
from shared.log.topic_admin import FoundTopic
from shared.process.settings import Settings

CLUSTER = Settings(replication=3)
REPLICATED = {"min.insync.replicas": "2", "unclean.leader.election.enable": "false"}


@pytest.mark.parametrize(("up", "new"), [(3, True), (2, False)])
def test_so_many_brokers_are_enough_as_something_is_held_by(up: int, *, new: bool) -> None:
    """A new topic needs one for each replica; while one of three is away the others go on, and a restart as well."""
    check_brokers(CLUSTER, up, new=new)


@pytest.mark.parametrize(("up", "new", "told"), [(2, True, "there are 2"), (1, False, "needs 2 brokers")])
def test_with_fewer_nothing_begins(up: int, told: str, *, new: bool) -> None:
    """What would be appended would not count."""
    with pytest.raises(TooFewBrokers, match=told):
        check_brokers(CLUSTER, up, new=new)


def test_one_broker_is_enough_for_one_replica() -> None:
    """On one machine."""
    check_brokers(Settings(), 1, new=True)


def test_a_topic_with_fewer_copies_than_asked_for_is_told() -> None:
    """Its replicas, and how many of them have to hold what counts."""
    spec = TopicSpec("complaints.events", "complaints.events", 4, 3, REPLICATED)
    found = FoundTopic(4, 2, REPLICATED | {"min.insync.replicas": "1"})

    replicas, in_sync = differences(spec, found)
    assert replicas.startswith("complaints.events has replication 2, not 3: ")
    assert in_sync.startswith("complaints.events has min.insync.replicas=1, not 2: ")


def test_the_brokers_own_topics_are_held_as_often_as_ours() -> None:
    """Who may append, and who has got how far, would go with one broker."""
    sound = {"auto.create.topics.enable": "false"}
    own = ("transaction.state.log.replication.factor", "offsets.topic.replication.factor")

    assert [] == broker_differences(CLUSTER, sound | dict.fromkeys(own, "3"))
    assert [] == broker_differences(Settings(), sound | dict.fromkeys(own, "1"))
    assert [f"The broker has {key}=1" for key in own] == [
        line.partition(":")[0] for line in broker_differences(CLUSTER, sound | dict.fromkeys(own, "1"))
    ]
