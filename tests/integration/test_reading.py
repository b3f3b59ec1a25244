"""One case straight from a log on a real broker: all of it, and nothing of anybody else is even looked at."""

from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from ops.local.reading import read_topic, reading
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.verify.timeline import case_id_of, told_of
from shared.case.numbers import UnknownCase, number_for
from shared.contract.envelope import from_json
from shared.contract.topics import EVENTS, partition_of, topic_name
from shared.log.unproven import unproven_here
from shared.process.settings import Settings
from tests.support.broker import FreshTopics
from tests.support.facts import NOW
from tests.support.replays import appended
from tests.support.stored_journeys import journeys

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("nothing_left_open")]
CASES = 12
NUMBER = b"20200305-0000000001-1"
"""The number that all cases of told journeys have; none has it here."""


def number_of(case: str) -> str:
    """The number that intake would give to a case."""
    return number_for(case, NOW.date(), lambda _: False)


@pytest.fixture
async def log(fresh_topics: FreshTopics) -> Settings:
    """The log of a dozen cases."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    rows = [row._replace(value=row.value.replace(NUMBER, number_of(row.key).encode())) for row in journeys(CASES)]
    await appended(settings, rows)
    return settings


async def forged(settings: Settings, case: str) -> None:
    """A record that somebody else wrote under the key of a case."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap)
    await producer.start()
    await producer.send_and_wait(
        topic_name(settings, EVENTS), b"{}", case.encode(), partition_of(case, settings.partitions)
    )
    await producer.stop()


async def test_a_case_is_told_by_id_and_by_number_with_all_its_records_and_no_others(log: Settings) -> None:
    """What somebody else wrote under its key is none of them; under another's it is not even noted."""
    rows = await read_topic(log)
    case = rows[0].key
    mine = [row for row in rows if row.key == case]
    other = next(
        row.key
        for row in rows
        if row.key != case and partition_of(row.key, log.partitions) == partition_of(case, log.partitions)
    )
    number = number_of(case)
    before = unproven_here().get(topic_name(log, EVENTS))
    await forged(log, other)

    told = [await told_of(log, one, None) for one in (case, number)]

    assert before == unproven_here().get(topic_name(log, EVENTS))
    assert [(case, mine)] * 2 == [(one.case, list(one.records)) for one in told]
    assert [from_json(row.value).id for row in mine] == [event.id for event in told[0].events]
    await forged(log, case)
    assert mine == list((await told_of(log, case, None)).records)


async def test_a_number_that_no_case_has_is_unknown_after_the_whole_log_was_read(log: Settings) -> None:
    """How far that is, is told over all partitions."""
    told = list[tuple[int, int]]()
    number = number_of(str(UUID(int=0)))
    with pytest.raises(UnknownCase):
        await case_id_of(log, number, lambda done, of: told.append((done, of)))

    assert {sum(1 for _ in journeys(CASES))} == {of for _, of in told}
    assert told[-1][0] == told[-1][1]


async def test_whoever_has_found_what_he_looked_for_leaves_nothing_open(log: Settings) -> None:
    """The consumer of the partition that he was in is closed with the block."""
    async with reading(log) as records:
        async for record in records:
            assert record.key
            break
