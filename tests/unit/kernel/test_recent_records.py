"""What was read last is found again without asking the brokers, as long as there is room for it."""

import pytest

from shared.contract.records import Record
from shared.log.kafka_log import KafkaLog
from shared.log.offset_reader import OffsetReader
from shared.log.recent_records import BESIDES_BYTES, RecentRecords
from shared.process.settings import Settings

BODY = b"x" * 1000
ROOM = 3 * (BESIDES_BYTES + len(BODY))


def records(*offsets: int) -> list[Record]:
    """Records of one size in partition 1."""
    return [Record(1, offset, "case", BODY, {}) for offset in offsets]


def test_the_oldest_leave_when_there_is_no_room() -> None:
    """And one that is read twice takes its room once."""
    recent = RecentRecords(ROOM)
    recent.add(records(0, 1))
    recent.add(records(1, 2))
    all_three = set(recent.pick(1, [0, 1, 2]))
    recent.add(records(3))

    assert {0, 1, 2} == all_three
    assert {1, 2, 3} == set(recent.pick(1, [0, 1, 2, 3]))
    assert {} == recent.pick(0, [1, 2, 3])


async def test_only_what_is_not_there_any_more_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order that was asked for; where everything is there nobody is asked."""
    fetched: list[list[int]] = []

    async def pick(self: OffsetReader, offsets: list[int]) -> list[Record]:
        fetched.append(offsets)
        return records(*offsets)

    monkeypatch.setattr(OffsetReader, "pick", pick)
    log = KafkaLog(Settings())
    log.keep_recent()
    log._recent.add(records(5, 7))  # type: ignore[union-attr]

    assert [5, 7] == [one.offset for one in await log.records_at(1, [5, 7])]
    assert [] == fetched
    assert [4, 5, 6, 7] == [one.offset for one in await log.records_at(1, [4, 5, 6, 7])]
    assert [[4, 6]] == fetched
