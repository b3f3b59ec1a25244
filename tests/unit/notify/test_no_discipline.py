"""Not a word of staff discipline reaches a customer, whatever the case is and whatever was typed."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.notify.letters.addressees import Addressee
from services.notify.letters.content import content_of, quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import render
from services.notify.needs import calls_for
from services.notify.sending.mail_and_sheet import Written, mail_of, sheet
from shared.bank.organisation_file import parse_organisation
from shared.contract.events.assignments import SuggestionAnswered
from shared.contract.events.base import Sealed
from shared.contract.events.casework import DissatisfactionReviewed, InvestigationRecorded
from shared.contract.events.ending import CaseClosed
from shared.contract.events.notify import MessageSendStarted
from shared.contract.events.second_looks import DecisionRevised
from shared.contract.events.speakers import AuthorityChecked
from tests.support.facts import shipped_pack
from tests.support.letter_case import (
    NEXT_DAY,
    ORGANISATION,
    LetterCase,
    decision,
    moved,
    not_accepted,
    plan_answered,
    plan_offered,
    reopened,
    report,
    sealed,
    settlement,
)
from tests.support.letter_templates import template

CUSTOMER_KINDS = sorted(name for name, kind in KINDS.items() if kind.to_customer)
MARK = "⚑处分⚑"
"""Stands in every text that speaks of staff, and in no other."""
TYPED = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="⚑@"), max_size=30)


class Boxes:
    """Texts as somebody typed them, each under the label of its box; and which of them were opened."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.opened: list[str] = []

    def seal(self, label: str, text: str) -> Sealed:
        """A box that this desk can open."""
        self.texts[label] = text
        return sealed(label)

    def open(self, box: Sealed) -> str:
        """What the sender does, noted."""
        self.opened.append(box.label)
        return self.texts[box.label]


def texts_of(draw: Any) -> Boxes:
    """Every text there is on a case: what is for the customer, and what is about staff."""
    boxes = Boxes()
    for label in (
        "name",
        "narrative",
        "findings",
        "grounds",
        "decision",
        "words",
        "remedy",
        "signpost",
        "address",
        "what_changed",
        "review",
    ):
        boxes.texts[label] = draw(TYPED)
    for label in (
        "treatment_of_persons", "lessons_and_measures", "measures", "cause_and_findings", "handler_and_phone",
        "agreed_proof", "investigation", "fault", "persons_responsible", "no_copy_reason", "proof", "ground",
    ):  # fmt: skip
        boxes.texts[label] = draw(TYPED) + MARK + draw(TYPED)
    return boxes


@st.composite
def stories(draw: Any) -> tuple[Boxes, str, LetterCase, MessageSendStarted]:
    """A random case up to a letter to its customer, in either language, by either way."""
    boxes, kind = texts_of(draw), draw(st.sampled_from(CUSTOMER_KINDS))
    paper = KINDS[kind].on_paper and draw(st.booleans())
    where = {"address" if paper else "email": boxes.seal("address", draw(TYPED) if paper else "a@b.example")}
    behalf = {"name": sealed("name"), "relation": "heir", "authority": "claimed"}
    by_proxy = {"on_behalf_of": behalf} if Addressee.PROXY in KINDS[kind].to else {}
    case = LetterCase(
        first_letters=kind not in ("acknowledgement", "authority_check"),
        language=draw(st.sampled_from(["zh", "en"])),
        complainant={"name": sealed("name"), **where, **by_proxy},
        matter={"narrative": sealed("narrative"), "complained_persons": draw(st.sampled_from([[], ["bai.xue"]]))},
    )
    investigated = InvestigationRecorded(
        findings=sealed("investigation"), fault=sealed("fault"), persons_responsible=sealed("persons_responsible"),
        parties=("fan.yi",), measures=sealed("measures"),
    )  # fmt: skip
    case.happens(investigated)
    before = draw(st.lists(st.sampled_from([report(), settlement(), decision()]), max_size=2))
    for fact in before:
        case.happens(fact)
    remedies = draw(st.sampled_from([[], [{"kind": "apology"}, {"kind": "refund", "words": sealed("remedy")}]]))
    again = reopened(case) if kind in ("reopening_confirmation", "limit_notice") else case.first
    if kind == "limit_notice":
        case.all_sent(again)
    facts = [
        decision(remedies_offered=remedies),
        settlement(),
        not_accepted(),
        revised(remedies),
        DissatisfactionReviewed(outcome="stands", words=sealed("review")),
        CaseClosed(),
        moved(case),
        AuthorityChecked(authority="not_proved"),
        plan_offered(),
        SuggestionAnswered(suggestion="s", adopted="no", words=sealed("words")),
    ]
    calling = [one for one in facts if calls_for(KINDS[kind], type(one).__name__, one.model_dump(mode="json"))]
    letters = case.when(calling[0]) if calling and kind != "authority_check" else again
    if KINDS[kind].falls_due:
        offered = case.happens(plan_offered())
        case.happens(plan_answered(offered.id))
        letters = case.falls_due("reminder")
    letter = next(one for one in letters if isinstance(one, MessageSendStarted) and one.kind == kind)
    return boxes, kind, case, letter


def revised(remedies: list[dict[str, Any]]) -> DecisionRevised:
    """A decision put right: why, only the bank reads."""
    said = {name: sealed(name) for name in ("what_changed", "findings", "grounds", "decision")}
    more = {"ground": sealed("ground"), "outcome": "upheld", "remedies_offered": remedies, "remedies_open": ["review"]}
    return DecisionRevised.model_validate(said | more)


@settings(max_examples=150, deadline=None)
@for_all(stories())
@pytest.mark.holds("practice-34")
def test_no_customer_ever_reads_or_has_opened_what_is_said_of_staff(
    story: tuple[Boxes, str, LetterCase, MessageSendStarted],
) -> None:
    """Neither in the mail nor on paper; and the sender does not even open those boxes."""
    boxes, kind, case, letter = story
    begun = case.started(letter)
    dossier = CaseDossier.of(case.log, begun)
    texts = {name: boxes.open(box) for name, box in quoted(KINDS[kind], dossier).items()}
    organisation = parse_organisation(ORGANISATION)
    content = content_of(KINDS[kind], dossier, letter, organisation, NEXT_DAY, texts, shipped_pack())
    said = render(template(f"{kind}.{letter.language}"), content)
    written = Written(said, content, dossier, organisation, boxes.texts["address"])
    if letter.way == "print":
        whole = str(sheet(written, letter))
    else:
        whole = message_from_bytes(mail_of(written, letter, NEXT_DAY).content, policy=default).get_content()

    assert [] == [label for label in boxes.opened if MARK in boxes.texts[label]]
    assert MARK not in "".join(said) + str(content) + whole
    assert "范怡" not in "".join(said)


def test_the_mark_would_be_found() -> None:
    """The report to staff has it, so the search works."""
    case = LetterCase()
    letter = next(one for one in case.when(report()) if isinstance(one, MessageSendStarted))
    kind, dossier = KINDS["result_report"], CaseDossier.of(case.log, case.started(letter))
    texts = dict.fromkeys(quoted(kind, dossier), MARK)
    content = content_of(kind, dossier, letter, parse_organisation(ORGANISATION), NEXT_DAY, texts, shipped_pack())

    assert MARK in render(template("result_report.zh"), content).body
