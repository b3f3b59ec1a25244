"""What a letter quotes, and the facts that it rests on."""

from typing import Any, get_args

import pytest

from services.notify.letters.dossier import CaseDossier
from services.notify.letters.reasons import Why
from services.notify.letters.template import render
from services.notify.sending.sender import FAILURES
from shared.contract.events.casework import MessageResendRequested
from shared.contract.events.ending import CaseClosed
from shared.contract.events.routing import CaseEscalated
from shared.contract.words import WORDS as TIMELINE_WORDS
from tests.support.letter_case import (
    ADDRESS,
    BAI,
    CUSTOMER,
    EMAIL,
    HANDLER,
    ORGANISATION,
    SHEN,
    LetterCase,
    breached,
    content_about,
    decision,
    first_content,
    not_accepted,
    received_again,
    report,
    rerouted,
    sealed,
    settlement,
    warned,
)
from tests.support.letter_templates import TEMPLATES, template

# -- what a letter quotes ------------------------------------------------------------------------------


def test_a_decision_notice_says_what_was_found_why_and_what_was_decided() -> None:
    """And what the customer gets (order 2020 no. 3, art. 19)."""
    case = LetterCase(complainant={"email": ADDRESS, "name": sealed("name")})
    fee = {"kind": "refund", "amount_minor": 5000, "currency": "CNY", "words": sealed("to the account")}
    told = content_about(case, case.when(decision(remedies_offered=[{"kind": "apology"}, fee]))[0])

    assert ("name", "findings", "grounds", "decision") == (
        told["customer_name"], told["findings"], told["grounds"], told["decision"],
    )  # fmt: skip
    assert "属实" == told["outcome"]
    assert ("赔礼道歉", "退款50.00元，to the account") == told["remedies_offered"]


def test_a_settlement_notice_says_what_was_agreed_and_every_way_that_is_open() -> None:
    """The settlement names no remedies that are open, so all are."""
    case = LetterCase(language="en")
    told = content_about(case, case.when(settlement())[0])

    assert ("findings", "words", ("A refund of CNY 50.00: remedy",)) == (
        told["findings"], told["agreed"], told["remedies_offered"],
    )  # fmt: skip
    assert ["Review", "Mediation", "Arbitration", "Litigation"] == [r.split(":")[0] for r in told["remedies_open"]]


@pytest.mark.parametrize("fact", [report(copy_to=["province"]), settlement(copy_to=["province"])])
@pytest.mark.holds(
    "article-4.3", "article-4.4", "article-4.5", "article-4.6", "article-4.7", "article-4.8", "article-4.9"
)
def test_a_report_has_its_six_elements(fact: Any) -> None:
    """Article 4; a settlement on the spot is its own report."""
    case = LetterCase()
    letter = next(one for one in case.when(fact) if one.kind == "result_report")
    told = content_about(case, letter)

    assert ("treatment_of_persons", "lessons_and_measures", "满意", "2020年3月6日", "handler_and_phone") == (
        told["treatment_of_persons"], told["lessons_and_measures"], told["satisfaction"], told["handled_on"],
        told["handler_and_phone"],
    )  # fmt: skip
    assert told["cause_and_findings"] in ("cause_and_findings", "findings")
    assert ("省分行",) == told["copies"]


def test_a_report_to_a_mailbox_addresses_the_unit() -> None:
    """Nobody is named."""
    case = LetterCase()
    letter = case.when(report(copy_to=["dongqiao.operations"]))[-1]

    assert "东侨支行运营部" == content_about(case, letter)["recipient_name"]


@pytest.mark.holds("practice-35")
def test_a_refusal_says_why_and_where_to_turn() -> None:
    """The sender is not left alone."""
    case = LetterCase()
    told = content_about(case, case.when(not_accepted())[0])

    assert ("经核实，您反映的事项不由我行负责，我行无权处理", "signpost") == (told["ground"], told["signpost"])


def test_an_escalation_says_whether_it_takes_the_case_over() -> None:
    """With what the customer says, since that is all the person above has."""
    case = LetterCase(matter={"narrative": sealed("narrative"), "request": sealed("request")})
    version = case.log[1].data["decision"]["organisation"]
    base = {"rung": "deputy_president", "to": SHEN, "ground": "requested", "organisation": version}
    both = [case.when(CaseEscalated.model_validate(base | {"mode": m}))[0] for m in ("supports", "takes_over")]
    told = [content_about(case, letter) for letter in both]

    assert [False, True] == [one["takes_over"] for one in told]
    assert ("narrative", "request") == (told[0]["narrative"], told[0]["request"])


def test_a_written_notice_of_a_settled_case_says_so() -> None:
    """It was settled before anybody handled it."""
    case = LetterCase(first_letters=False)
    case.happens(settlement())

    assert content_about(case, case.first[HANDLER])["settled"]
    assert not first_content("2020-03-05T10:00:00+08:00", HANDLER)["settled"]


# -- the facts a letter rests on ---------------------------------------------------------------------


def test_a_letter_rests_on_the_facts_before_its_sending_and_not_on_later_ones() -> None:
    """A repetition says what the first attempt said."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[HANDLER])
    case.happens(rerouted(case, BAI))
    after = case.started(case.when(warned())[0])

    assert "dongqiao.lending" == CaseDossier.of(case.log, begun).core.complained_unit
    assert "dongqiao.hall" == CaseDossier.of(case.log, after).core.complained_unit


def test_a_letter_that_is_sent_again_answers_what_the_first_one_did() -> None:
    """Even if it is asked for twice, and although there is a newer decision by then."""
    case = LetterCase()
    first = case.when(decision(findings=sealed("first")))
    case.all_sent(first)
    case.happens(decision(findings=sealed("second")))
    again = case.when(MessageResendRequested(message_id=first[0].message_id))
    case.all_sent(again)
    once_more = case.when(MessageResendRequested(message_id=again[0].message_id))[0]

    assert "first" == content_about(case, once_more)["findings"]


def test_a_letter_that_was_kept_back_answers_its_fact_when_it_is_asked_for() -> None:
    """The deliberate no keeps the place: there was nowhere to write to, and there is since the complaint came again."""
    case = LetterCase(anonymous=True, complainant=None, reachable_by=[])
    kept_back = case.when(decision())
    case.all_sent(kept_back)
    case.happens(received_again(complainant={"email": EMAIL}, reachable_by=["email"]))
    letter = case.when(MessageResendRequested(message_id=kept_back[0].message_id))[0]

    assert "findings" == content_about(case, letter)["findings"]


def test_a_case_that_is_not_routed_is_signed_by_the_unit_that_received_it() -> None:
    """A refusal need not wait for an owner."""
    case = LetterCase(first_letters=False)
    del case.log[1:]
    begun = case.started(case.first[CUSTOMER])

    assert "dongqiao" == CaseDossier.of(case.log, begun).accepting.unit


def test_a_letter_about_a_case_that_was_never_received_is_refused() -> None:
    """Nothing to rest on."""
    case = LetterCase()

    with pytest.raises(ValueError, match="receipt"):
        CaseDossier.of([], case.log[-1])


def test_a_letter_about_something_that_never_happened_is_refused() -> None:
    """A closing note needs no decision, a decision notice does."""
    case = LetterCase()
    letter = case.when(CaseClosed())[0].model_copy(update={"kind": "decision_notice"})

    with pytest.raises(ValueError, match="DecisionMade that never happened"):
        content_about(case, letter)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_not_to_send_has_words_in_the_timeline(language: str) -> None:
    """Whoever reads that a letter did not go out reads why."""
    assert [] == [why for why in (*get_args(Why), *FAILURES.values()) if why not in TIMELINE_WORDS[language]]


@pytest.mark.parametrize(("outcome", "late", "sorry"), [
    ("upheld", False, True), ("partly_upheld", False, True), ("not_upheld", False, False), ("not_upheld", True, True),
])  # fmt: skip
def test_the_bank_apologises_only_for_what_was_so_or_was_late(outcome: str, late: bool, sorry: bool) -> None:
    """An apology where there is nothing to be sorry for reads as an admission; none where there is, as contempt."""
    case = LetterCase()
    if late:
        case.when(breached())
    told = content_about(case, case.when(decision(outcome=outcome))[0])
    letters = {language: render(template(f"decision_notice.{language}"), told).body for language in ("zh", "en")}

    assert [sorry, sorry] == ["深表歉意" in letters["zh"], "We are sorry" in letters["en"]]
    assert "歉" not in (TEMPLATES / "acknowledgement.zh.j2").read_text(encoding="utf-8")


def test_a_decision_names_who_handled_the_case_and_where_he_can_be_called() -> None:
    """His own telephone; the customer asks a person, not a switchboard."""
    case = LetterCase()
    told = content_about(case, case.when(decision())[0])

    assert "本件承办人：罗天，电话0000-5550121。" in render(template("decision_notice.zh"), told).body


def test_another_remedy_is_told_in_its_own_words() -> None:
    """“Other” is no remedy to a customer."""
    case = LetterCase()
    told = content_about(
        case, case.when(decision(remedies_offered=[{"kind": "other", "words": sealed("换发新卡")}]))[0]
    )

    assert ("换发新卡",) == told["remedies_offered"]


def test_the_notice_of_a_joint_complaint_names_who_speaks_for_it() -> None:
    """Where there is no complainant besides, the first representative; it does not call him anonymous."""
    group = {"size": 7, "members": [], "representatives": [{"name": sealed("丁某")}, {"name": sealed("戊某")}]}
    case = LetterCase(anonymous=False, complainant=None, reachable_by=[], group=group)
    notice = next(letter for letter in case.first if letter.kind == "written_notice")
    body = render(template("written_notice.zh"), content_about(case, notice)).body

    assert "投诉人：丁某\n" in body


@pytest.mark.parametrize(
    ("unit", "named", "told"),
    [
        ("dongqiao.lending", True, "向我行上级机构省分行"),
        ("province", True, "向示例监管局书面申请核查"),
        ("province", False, "向我行省分行"),
    ],
)
def test_a_decision_says_who_reviews_it(unit: str, named: bool, told: str) -> None:
    """The unit above; what the top decided is reviewed by the body that the organisation file names."""
    bank = ORGANISATION.replace("bank: {", "bank: {review_body: 示例监管局, ", 1) if named else ORGANISATION
    case = LetterCase(bank, matter={"complained_unit": unit})
    body = render(template("decision_notice.zh"), content_about(case, case.when(decision())[0], bank)).body

    assert told in body


def test_a_decision_says_who_mediates_and_which_hotline_there_is() -> None:
    """A way that is open is one that can be found: the name and the telephone of the organisation file."""
    bank = ORGANISATION.replace("bank: {", 'bank: {mediation: {name: 示例调解中心, phone: "0000-5550177"}, ', 1)
    case = LetterCase(bank)
    body = render(template("decision_notice.zh"), content_about(case, case.when(decision())[0], bank)).body

    assert "调解：向示例调解中心（电话：0000-5550177）申请调解" in body
    assert "12378" in body
