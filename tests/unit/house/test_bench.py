"""The measurements are explained, and the logs that they are made on are logs that services read."""

import re

from bench.__main__ import SUBJECTS
from bench.cases import open_cases
from bench.lives import Life, alive, archived, copies
from ops.verify.services import SERVICES
from shared.contract.envelope import from_json
from shared.contract.records import Record
from shared.kernel.fold import Fold
from tests.support.paths import ROOT


def test_every_subject_is_explained() -> None:
    """And none that is gone."""
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    rows = page.partition("ends in one table with the goals")[2].partition("`python -m bench")[0]

    assert sorted(SUBJECTS) == sorted(re.findall(r"`([a-z-]+)`", rows))


async def test_copies_of_a_life_are_cases_of_their_own_that_every_service_reads() -> None:
    """No id, number or fingerprint is there twice; of those that are over nothing is owed."""
    over, open_ = archived(3), alive(await open_cases(3))
    made = [*copies(over, 7, 1), *copies(open_, 5, 8)]
    cases = {one.key for one in made}

    assert 12 == len(cases)
    assert len(made) == len({from_json(one.value).id for one in made})
    receipts = [from_json(one.value) for one in made if b"ComplaintReceived" in dict(one.headers)["redress-type"]]
    assert (
        12 == len({one.data["case_number"] for one in receipts}) == len({one.data["fingerprint"] for one in receipts})
    )
    for service in SERVICES:
        fold = Fold(service, 0)
        for at, one in enumerate(made):
            fold.apply(Record(0, at, one.key, one.value, dict(one.headers)))
        assert ([], 0) == ([*fold.unreadable], fold.open_work()), service.name


def test_a_copy_differs_from_its_life_only_in_what_tells_cases_apart() -> None:
    """Everything else is as it was written."""
    (life,) = archived(1)
    first, second = ([one.value for one in life.copy(number)] for number in (1, 2))

    assert len(life) == len(first)
    assert all(len(one) == len(other) for one, other in zip(first, second, strict=True))
    assert isinstance(life, Life)
