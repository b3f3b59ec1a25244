"""The topic of cases on a real Kafka, read by the Python of the page for analysts."""

from typing import Any

import orjson
import pytest
from aiokafka.errors import ProducerFenced

from services.console.analysis.for_analysts import WRITER
from shared.contract.case_changed import outgoing_case
from shared.contract.case_versions import NEWEST
from shared.contract.ids import derived
from shared.contract.records import Outgoing
from shared.contract.topics import CASES, partition_of, topic_name
from shared.log.kafka_log import KafkaLog
from tests.support.broker import FreshTopics
from tests.support.doc_blocks import blocks_of
from tests.support.paths import ROOT

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120), pytest.mark.usefixtures("nothing_left_open")]
PAGE = ROOT / "docs" / "how-to" / "analyse-with-duckdb.md"
CASE_COUNT = 20


def record(case: int, version: int) -> Outgoing:
    """A case after so many events."""
    id_ = derived("case", str(case))
    data = orjson.dumps({"case_id": id_, "version": version})
    return outgoing_case(derived(id_, version), "2026-04-01T10:00:00+08:00", data, id_, NEWEST)


async def test_the_page_reads_every_case_as_it_is_now(fresh_topics: FreshTopics) -> None:
    """In all partitions; what came twice counts once; whoever lost the right adds nothing."""
    settings = await fresh_topics()
    log = KafkaLog(settings, CASES)
    records = [record(case, version) for version in (1, 2) for case in range(CASE_COUNT)]
    try:
        for partition in range(log.partitions):
            mine = [one for one in records if partition_of(one.key, log.partitions) == partition]
            former, writer = log.writer(WRITER, partition), log.writer(WRITER, partition)
            await former.start()
            await writer.start()
            await writer.append([*mine, *mine[-1:]])
            with pytest.raises(ProducerFenced):
                await former.append([one for one in mine if b'"version":1' in one.value])
            await former.stop()
            await writer.stop()
    finally:
        await log.stop()
    known: dict[str, Any] = {}
    exec(blocks_of(PAGE, "python")["Open the stream"], known)  # noqa: S102 - our own page
    found = await known["newest"](settings.bootstrap, topic_name(settings, CASES))

    assert {derived("case", str(case)): 2 for case in range(CASE_COUNT)} == {
        id_: one["data"]["version"] for id_, one in found.items()
    }
