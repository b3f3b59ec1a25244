"""A missed review of an opinion box is told to the head of operations and to who heads the unit, each once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ops.verify import naive_fold
from services.notify.decisions import SERVICE
from services.notify.letters.content import content_of, quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import parse_template, render
from shared.bank.in_force import organisation_in_force
from shared.contract.envelope import Event, to_json
from shared.contract.events.base import Versioned
from shared.contract.events.notify import MessageSendStarted, StaffRecipient
from shared.contract.events.sla import BoxReviewMissed
from shared.contract.ids import box_subject
from shared.kernel.service import Context, LogTrigger
from tests.support.facts import event, reference
from tests.support.opinion_boxes import with_box

CLOSED = datetime.fromisoformat("2020-03-05T17:00:00+08:00")
KNOWN = reference(organisation=with_box('{since: 2020-01-02, closes_at: "17:00"}'))


def missed(unit: str = "dongqiao", day: date = date(2020, 3, 5)) -> Event:
    """The fact, as sla tells it."""
    data = BoxReviewMissed(unit=unit, date=day, due_at=CLOSED, calendar=Versioned(id="cn", version="v"))
    box = box_subject(unit)
    return event(data, f"{unit} {day}", at=CLOSED)._replace(subject=box, correlationid=box)


class Box:
    """What notify keeps of a box, and what it decides."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.state: Any = None

    def happens(self, one: Event) -> list[Event]:
        """Fold a fact; the letters that it calls for happen too."""
        owed = SERVICE.owes(self.state, one)
        self._fold(one)
        assert owed
        context = Context("notify", one.subject, one.id, CLOSED, KNOWN)
        facts = SERVICE.decide(self.state, LogTrigger(one), context)
        made = [event(f.data, one.id, n, CLOSED)._replace(subject=one.subject) for n, f in enumerate(facts)]
        for letter in made:
            self._fold(letter)
        return made

    def _fold(self, one: Event) -> None:
        assert one.name in SERVICE.hears(one.subject)
        self.events.append(one)
        self.state = SERVICE.evolve(self.state, one)


def readers(letters: list[Event]) -> list[str]:
    """Who gets them."""
    recipients = [MessageSendStarted.model_validate(letter.data).recipient for letter in letters]
    return [one.person for one in recipients if isinstance(one, StaffRecipient)]


@pytest.mark.parametrize(
    ("unit", "who"),
    [
        ("dongqiao", ["mo.ran", "qiu.min"]),
        ("dongqiao.hall", ["mo.ran", "bai.xue"]),
        ("province", ["gu.heng", "tao.rui"]),
    ],
)
@pytest.mark.holds("article-2.2.1")
def test_the_head_of_operations_and_the_head_of_the_unit_are_told(unit: str, who: list[str]) -> None:
    """Of an outlet the head of operations is that of the sub-branch above."""
    assert who == readers(Box().happens(missed(unit)))


def test_each_missed_day_is_told_for_itself_and_an_independent_fold_says_the_same() -> None:
    """Two days, two letters each; what a rebuild has to reproduce is told from the log alone."""
    box = Box()
    for n in range(2):
        assert 2 == len(box.happens(missed(day=date(2020, 3, 5) + timedelta(days=n))))
    expected = naive_fold.fold([to_json(one) for one in box.events])["notify"]

    assert 4 == len(expected[box_subject("dongqiao")]["messages"])
    assert SERVICE.dump(box.state) == expected[box_subject("dongqiao")]  # it was folded


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "东侨支行的意见簿（箱）2020年3月5日"), ("en", "of Dongqiao Sub-branch")]
)
def test_the_letter_names_the_box_and_the_day_and_quotes_nothing(language: str, says: str) -> None:
    """There is no case, and so no number, and nothing of any customer to be opened."""
    box = Box()
    started = box.happens(missed())[0]
    dossier = CaseDossier.of(box.events, started)
    kind, organisation = KINDS["box_review_alarm"], organisation_in_force(KNOWN, CLOSED).organisation
    data = MessageSendStarted.model_validate(started.data | {"language": language})
    template = KNOWN.in_force("template", f"box_review_alarm.{language}", CLOSED)
    letter = render(
        parse_template(template.content),
        content_of(kind, dossier, data, organisation, CLOSED, {}, dossier.pack(KNOWN)),
    )

    assert {} == quoted(kind, dossier)
    assert says in letter.body
    assert "opinion-box/" not in letter.subject + letter.body
