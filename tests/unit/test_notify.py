"""Notify's decisions and the words of its letters."""

from dataclasses import replace
from pathlib import Path

import pytest

from ops.reference import ROOT
from services.notify.letters import LetterFacts, parse_template, render
from services.notify.service import SERVICE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.envelope import Event
from shared.errors import BadReference
from shared.events.notify import MessageFailed, MessageSendStarted, MessageSent, MessageSuppressed
from shared.service import ResultTrigger
from tests.facts import CASE, Given, event, receipt

TEMPLATES = ROOT / "services" / "notify" / "templates"
GOLDEN = Path(__file__).parent.parent / "golden" / "letters"


def story(**changes: object) -> tuple[Event, Event, Event]:
    """The receipt, its routing and its clock."""
    cause = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(cause)[0], cause.id)
    started = event(Given(SLA).when_event(cause)[0], cause.id)
    return cause, routed, started


def first_letters(**changes: object) -> list[object]:
    """What the first two facts call for."""
    cause, routed, started = story(**changes)
    return list(Given(SERVICE, cause, routed).when_event(started))


@pytest.mark.parametrize("clock_first", [True, False])
def test_the_first_letters_are_owed_by_whichever_fact_comes_second(clock_first: bool) -> None:
    """Routing and clock cross in any order; the letters name both and go out once."""
    cause, routed, started = story()
    earlier, later = (started, routed) if clock_first else (routed, started)
    given = Given(SERVICE, cause)

    assert [] == given.when_event(earlier)
    assert ["acknowledgement", "written_notice"] == [f.kind for f in given.when_event(later)]  # type: ignore[attr-defined]


def test_a_customer_without_email_is_not_acknowledged_and_the_log_says_why() -> None:
    """A deliberate no is a fact too."""
    fact = first_letters(complainant={}, reachable_by=["phone"])[0]

    assert isinstance(fact, MessageSuppressed)
    assert ("acknowledgement", "not_reachable_by_email") == (fact.kind, fact.why)


def test_a_notice_without_a_handler_is_suppressed() -> None:
    """Nobody handles while the unit is not determined."""
    fact = first_letters(matter={"complained_unit": None})[1]

    assert isinstance(fact, MessageSuppressed)
    assert "nobody_to_tell" == fact.why


def sent(outcome: dict[str, object]) -> object:
    """What the result of the written notice is answered with."""
    cause, routed, clock = story()
    given = Given(SERVICE, cause, routed)
    notice = given.when_event(clock)[1]
    assert isinstance(notice, MessageSendStarted)
    given.fold(event(notice, clock.id, 1))
    common = notice.model_dump(mode="json", exclude={"about", "organisation", "language"})
    started = event(notice, clock.id, 1)
    return given.when(ResultTrigger(started.id, CASE, {**common, **outcome, "content_sha256": "ab"}))[0].data


def test_a_notice_that_was_sent_discharges_its_duty() -> None:
    """The duty of routing's event ends with the message."""
    fact = sent({"outcome": "sent", "smtp_reply": "250"})
    routed = story()[1]
    duty = next(d["id"] for d in routed.data["duties_opened"] if d["kind"] == "deliver_written_notice")

    assert isinstance(fact, MessageSent)
    assert [duty] == [d.id for d in fact.duties_ended]


def test_a_refused_message_leaves_its_duty_open() -> None:
    """A 5xx is a fact that somebody has to act on."""
    fact = sent({"outcome": "failed", "code": 550, "reason": "refused_by_mail_server"})

    assert isinstance(fact, MessageFailed)
    assert 550 == fact.code


def test_a_result_of_a_sending_that_is_not_open_is_refused() -> None:
    """Such a result is a mistake, never a second fact."""
    cause, routed, _ = story()

    with pytest.raises(ValueError, match="not open"):
        Given(SERVICE, cause, routed).when(ResultTrigger("x", CASE, {"message_id": "unknown"}))


FACTS = {
    "zh": LetterFacts(
        case_number="20200305-0000000001-1", bank_name="示例银行", channel="电话", received_on="2020年3月5日",
        sent_on="2020年3月5日", accepting_unit="东侨支行", accepting_name="林芳", accepting_phone="0000-5550110",
        complained_unit="东侨支行信贷部", handler_name="罗天", recipient_name="罗天", reason="服务态度",
        complaint_class="一般投诉", due_on="2020年3月10日", target_on="2020年3月9日", customer_name="甲某",
        narrative="柜员态度生硬。", request="道歉", explain=True,
    ),
    "en": LetterFacts(
        case_number="20200305-0000000001-1", bank_name="Example Bank", channel="telephone",
        received_on="5 March 2020", sent_on="5 March 2020", accepting_unit="Dongqiao sub-branch",
        accepting_name="Lin Fang", accepting_phone="0000-5550110", complained_unit="Lending", handler_name="Luo Tian",
        recipient_name="Luo Tian", reason="attitude of staff", complaint_class="ordinary complaint",
        due_on="10 March 2020", target_on="9 March 2020", customer_name="J. Doe", narrative="The clerk was rude.",
        request="An apology", explain=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda p: p.stem)
def test_every_letter_reads_as_its_golden_copy(path: Path) -> None:
    """A changed word is a changed golden copy, which somebody has read."""
    template = parse_template(path.read_text(encoding="utf-8"))
    letter = render(template, FACTS[template.language])
    golden = GOLDEN / f"{path.stem}.txt"

    assert golden.read_text(encoding="utf-8") == f"{letter.subject}\n\n{letter.body}"


def test_a_passed_or_unknown_limit_leaves_no_hole_in_the_acknowledgement() -> None:
    """The sentence about the limit is left out whole."""
    template = parse_template((TEMPLATES / "acknowledgement.zh.j2").read_text(encoding="utf-8"))
    letter = render(template, replace(FACTS["zh"], due_on=None))

    assert "作出答复" not in letter.body
    assert "\n\n\n" not in letter.body


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda p: p.stem)
def test_a_template_without_a_mandatory_element_is_refused(path: Path) -> None:
    """Every letter has to name its case."""
    text = path.read_text(encoding="utf-8").replace("{{ case_number }}", "")

    with pytest.raises(BadReference, match="case_number"):
        parse_template(text)


def test_a_template_that_asks_for_the_unknown_is_refused() -> None:
    """A misspelt name is found when the template is loaded, not when a letter is due."""
    text = (TEMPLATES / "acknowledgement.zh.j2").read_text(encoding="utf-8") + "{{ colour }}"

    with pytest.raises(BadReference, match="colour"):
        parse_template(text)
