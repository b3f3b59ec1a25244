"""The index of all cases in a store: whatever happens to its file, it knows what the log says, or begins anew."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from shared.contract.envelope import Event, from_json, outgoing
from shared.contract.records import Outgoing, Record
from shared.store.store_file import StoreFile
from shared.store.stores import Stores
from shared.store.typed_rows import StoreDamaged
from shared.web.case_index import DAY_LENGTH, CaseIndex
from tests.support.facts import event, receipt
from tests.support.kept_folds import FullDisk
from tests.support.memory_log import MemoryLog
from tests.support.paths import GOLDEN_EVENTS
from tests.support.stored_journeys import die, journeys, records

CASES = 30
CANDIDATES = 12
REVIEWS = 8


def golden(type_: str, cause: str, **changes: Any) -> Event:
    """An event as a golden file holds it, with another cause."""
    data = json.loads((GOLDEN_EVENTS / f"{type_}.json").read_text(encoding="utf-8"))
    return event(receipt(), cause)._replace(type=f"redress.{type_}", data=data | changes)


def beside_cases() -> Iterator[Event]:
    """Candidates, some of them dropped or confirmed, reviews of boxes, and files that wait for a scanner."""
    for at in range(CANDIDATES):
        named = f"candidate-{at}"
        yield golden("CandidateReported.v1", f"report {at}", candidate=named)
        if at % 3 == 1:
            yield golden("CandidateDropped.v1", f"drop {at}", candidate=named)
        if at % 3 == 2:
            details = {"details": {"candidate": named}}
            received = event(receipt(), f"case {at}")
            yield received._replace(subject=f"{at:08d}-0000-5000-8000-000000000000", data=received.data | details)
        if at % 6 == 2:
            confirmed = f"{at:08d}-0000-5000-8000-000000000000"
            yield golden("CandidateConfirmed.v1", f"say {at}", candidate=named, case_id=confirmed)
    for at in range(REVIEWS):
        yield golden("OpinionBoxReviewed.v1", f"review {at}", date=f"2020-03-{at % 6 + 1:02d}")
        added = golden("EvidenceAdded.v2", f"file {at}", quarantined=True)
        yield added
        if at % 2:
            yield golden("EvidenceScanned.v1", f"scan {at}", document=added.id)


@lru_cache(maxsize=1)
def log_rows() -> tuple[Outgoing, ...]:
    """Journeys of cases, mixed with everything else that the index knows."""
    rng, rows, beside = Random(1), list(journeys(CASES)), [outgoing(one) for one in beside_cases()]
    places = sorted(rng.sample(range(len(rows)), len(beside)), reverse=True)
    for place, one in zip(places, reversed(beside), strict=True):
        rows.insert(place, one)
    return tuple(rows)


def known_by(index: CaseIndex, read: Sequence[Record]) -> dict[str, Any]:
    """Everything that can be asked of it, about all that the log tells of."""
    events = [from_json(one.value) for one in read]
    causes = {one.causationid for one in events}
    ids = {str(one.data.get(name)) for one in events for name in ("receipt_id", "candidate")} | {*causes}
    days = {(one.actor, one.recordedtime[:DAY_LENGTH]) for one in events}
    boxes = {(one.data["unit"], one.data["date"]) for one in events if one.name == "OpinionBoxReviewed"}
    cases = {one.subject for one in events}
    found = {case: index.get(case) for case in cases}
    return {
        "cases": found,
        "numbers": {one.case_number: index.by_number(one.case_number) for one in found.values() if one is not None},
        "receipts": {id_: index.receipt(id_) for id_ in ids | cases},
        "evidence": {cause: index.evidence(cause) for cause in causes},
        "files": {case: index.files_of(case) for case in cases},
        "reviews": {cause: index.review(cause) for cause in causes},
        "reviewed": {box: index.review_of(*box) for box in boxes},
        "uploads": {whose: index.uploads_of(*whose) for whose in days},
        "candidates": {id_: index.candidate(id_) for id_ in ids},
        "unsaid": list(index.candidates.unsaid()),
        "waiting": index.candidates.waiting(),
        "waiting files": index.waiting_files.now(),
    }


class Desk:
    """A log, and the store of its index below a folder."""

    def __init__(self, folder: Path, rows: Sequence[Outgoing] = log_rows()) -> None:
        self.read = records(rows)
        self.stores = Stores(folder, "test", 1)
        self.log = MemoryLog(1)
        self.rows = list(rows)

    @property
    def file(self) -> Path:
        """Where the store lies."""
        return self.stores.folder / "intake" / "index.db"

    async def opened(self) -> CaseIndex:
        """An index that has opened its store on the log."""
        if self.rows:
            await self.log.append(self.rows)
            self.rows = []
        index = CaseIndex(self.log, self.stores, "intake")
        await index.keepers[0].open(self.log)
        return index

    def take_on(self, index: CaseIndex, most: int = 2**31) -> None:
        """Take in at most so many records more."""
        began = self.began(index)
        for record in self.read[began : began + most]:
            index.take(record)

    def began(self, index: CaseIndex) -> int:
        """Up to where it has taken in the log."""
        return index.maps.places[0].next if index.maps.places else 0

    async def all_known(self) -> int:
        """Open the store, take in the rest; compared with an index of the whole log. Also from where it went on."""
        index = await self.opened()
        began = self.began(index)
        self.take_on(index)
        assert self.expected() == known_by(index, self.read)
        await index.keepers[0].close()
        return began

    def expected(self) -> dict[str, Any]:
        """What an index without a store knows."""
        index = CaseIndex(MemoryLog(1))
        for record in self.read:
            index.take(record)
        return known_by(index, self.read)


async def written_down(desk: Desk, most: int = 2**31) -> None:
    """Take in so many records, and write all of it down."""
    index = await desk.opened()
    desk.take_on(index, most)
    await index.keepers[0].close()


@pytest.mark.parametrize("seed", range(6))
async def test_an_index_with_a_store_knows_what_one_of_the_whole_log_knows(tmp_path: Path, seed: int) -> None:
    """However often it is written down, closed, killed and opened anew in between."""
    desk, rng = Desk(tmp_path), Random(seed)
    index = await desk.opened()
    while desk.began(index) < len(desk.read):
        desk.take_on(index, rng.randint(1, 300))
        what = rng.choice(["goes on", "is written down", "is closed", "dies"])
        if what == "is written down":
            await index.keepers[0].flush()
        elif what != "goes on":
            await index.keepers[0].close() if what == "is closed" else die(index.keepers[0])
            index = await desk.opened()

    assert desk.expected() == known_by(index, desk.read)
    await index.keepers[0].close()


async def test_what_is_being_written_down_is_known_meanwhile(tmp_path: Path) -> None:
    """And what comes meanwhile is written down the next time."""
    desk = Desk(tmp_path)
    index = await desk.opened()
    desk.take_on(index, 700)
    taken = index.maps.take()
    desk.take_on(index)
    assert desk.expected() == known_by(index, desk.read)
    index.keepers[0].file.write(await index.maps.change(taken))
    await index.maps.written(taken)
    assert desk.expected() == known_by(index, desk.read)
    die(index.keepers[0])

    assert 700 == await desk.all_known()


async def test_a_start_goes_on_from_what_was_written_down(tmp_path: Path) -> None:
    """Nothing before it is read again, and nothing of it is in memory but what waits."""
    desk = Desk(tmp_path)
    await written_down(desk, 500)
    index = await desk.opened()

    assert {} == index.maps.changed
    await index.keepers[0].close()
    assert 500 == await desk.all_known()


async def test_what_a_full_disk_refused_is_written_down_later(tmp_path: Path) -> None:
    """Nothing is forgotten meanwhile, neither what changed before nor since."""
    desk = Desk(tmp_path)
    index = await desk.opened()
    (keeper,) = index.keepers
    disk = FullDisk(keeper.file)
    desk.take_on(index, 400)
    await keeper.flush()
    told = keeper.fault
    desk.take_on(index, 400)
    disk.full = False
    await keeper.close()

    assert "disk is full" in told
    assert 800 == await desk.all_known()


async def test_a_log_that_lost_its_tail_or_is_another_one_is_read_anew(tmp_path: Path) -> None:
    """What was written down is ahead of what there is, or of something else."""
    await written_down(Desk(tmp_path))
    assert 0 == await Desk(tmp_path, log_rows()[:700]).all_known()
    await written_down(Desk(tmp_path))
    assert 0 == await Desk(tmp_path, journeys(2 * CASES, first=90)).all_known()


async def test_an_index_of_another_meaning_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its version was raised."""
    await written_down(Desk(tmp_path), 500)
    monkeypatch.setattr("shared.web.case_index.VERSION", 2)

    assert 0 == await Desk(tmp_path).all_known()


class Noticed(Exception):
    """The process would end here, and read the log anew at its next start."""


def noticed(file: StoreFile, error: StoreDamaged) -> NoReturn:
    """Instead of ending the process."""
    raise Noticed(file.name) from error


async def test_a_row_that_is_not_what_was_written_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is answered from it."""
    monkeypatch.setattr("shared.web.case_index.ruin", noticed)
    desk = Desk(tmp_path)
    await written_down(desk)
    with closing(sqlite3.connect(desk.file)) as db:
        changed = "UPDATE rows SET row = CAST(substr(row, 1, length(row) - 1) || x'c3' AS BLOB) WHERE id LIKE 'case/%'"
        assert db.execute(changed).rowcount > 0
        db.commit()
    index = await desk.opened()
    with pytest.raises(Noticed, match="intake/index"):
        index.get(desk.read[0].key)
    die(index.keepers[0])


async def test_a_file_that_waits_for_its_scanner_wakes_it_after_a_start(tmp_path: Path) -> None:
    """It was added before, and nothing comes that would say so again."""
    desk = Desk(tmp_path)
    await written_down(desk)
    index = await desk.opened()
    index.waiting_files.look()

    await index.waiting_files.some()
    assert REVIEWS // 2 == len(index.waiting_files.now())
    await index.keepers[0].close()


def test_the_log_tells_of_all_that_the_index_knows() -> None:
    """Else the tests above would say little."""
    known = Desk(Path("nowhere")).expected()
    empty = [
        name for name, found in known.items() if not found or (isinstance(found, dict) and not any(found.values()))
    ]

    assert [] == empty
    assert {f"candidate-{at}" for at in range(5, CANDIDATES, 6)} == {one.id for one, _ in known["unsaid"]}
    assert {"open", "dropped", "confirmed"} == {one.state for one in known["candidates"].values() if one is not None}
