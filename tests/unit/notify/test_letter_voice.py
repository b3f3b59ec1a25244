"""How letters speak: each ground and outcome in words of its own, no inner code, no reader in the third person.

What a template says besides its golden copy stands in golden copies too (`variants`); they are written anew by
`python -m tests.unit.notify.test_letter_voice`, to be read before they are kept.
"""

import re
from typing import get_args

import pytest

from services.casework.decisions import COMMANDS
from services.notify.letters.outcome_letters import because
from services.notify.letters.readers import salutation
from services.notify.letters.template import render
from services.notify.letters.words import NOT_ACCEPTED_BECAUSE
from shared.contract.codes import ReplyWay
from shared.contract.events.casework import CustomerContacted, InvestigationRecorded
from shared.contract.events.ending import CaseNotAccepted
from shared.contract.events.ownership import AgentNamed, EscalationRequested
from shared.contract.events.routing import CaseEscalated
from tests.support.facts import Body
from tests.support.letter_case import (
    FAN,
    SHEN,
    LetterCase,
    breached,
    content_about,
    decision,
    noes,
    sealed,
)
from tests.support.letter_templates import LETTERS, content_in, template

VARIANTS = LETTERS / "variants"
LANGUAGES = ("zh", "en")
GROUNDS = get_args(CaseNotAccepted.model_fields["ground"].annotation)
NUMBER = "20200302-0000000001-4"
HALF_WIDTH = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef][,;:!?()]|[,;:!?()][\u3000-\u303f\u4e00-\u9fff]")
CODE = re.compile(r"\b[a-z]+(?:[_-][a-z]+)+\b|\b[a-z]+\.[a-z]+\b(?!@|\.)")
LATIN = re.compile(r"[A-Za-z]{2,}")
ALLOWED = re.compile(r"[\w.]+@[\w.]+|收据\.pdf|receipt\.pdf|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}")
"""An address, a file's name and the number of a request stand in a letter as they are."""


def changes(language: str) -> dict[str, Body]:
    """What is otherwise in each variant, by the kind of letter and what it is about."""
    number = dict.fromkeys(("duplicate", "same_without_new_facts"), NUMBER)
    facts = [CaseNotAccepted(ground=one, signpost=sealed("s"), of_case=number.get(one)) for one in GROUNDS]
    why = {fact.ground: because(fact, language) for fact in facts}
    not_accepted: dict[str, Body] = {
        f"not_accepted_notice.{ground}": {
            "ground": why[ground],
            "praise": ground == "praise",
            "inquiry": ground == "inquiry",
            "of_case": number.get(ground),
        }
        for ground in GROUNDS
        if ground != "entered_by_mistake"
    }
    nothing = {"sorry": False, "remedies_offered": ()}
    return not_accepted | {
        "acknowledgement.settled": {"settled": True},
        "acknowledgement.nameless": {"salutation": salutation(None, None, language)},
        "written_notice.settled": {"settled": True} | HIMSELF,
        "written_notice.anonymous": {"reachable": False, "complainant": None, "complainant_phone": None} | HIMSELF,
        "decision_notice.not_upheld": nothing,
        "delegation_notice.handler": {"for_agent": False},
        "escalation_notice.supports": {"takes_over": False, "done_so_far": (), "found_so_far": None},
        "limit_notice.staff": {"to_customer": False, "salutation": None},
        "breach_notice.watcher": {"yours": False},
        "reopened_notice.agent": {"yours": False},
        "approval_answered.granted": {"granted": True, "refusal": None},
    }


HIMSELF: Body = {"represented": None, "speaks_as": None, "proxy_name": None, "proxy_phone": None, "authority": None}
"""Nobody speaks for the customer."""


def variant(name: str, language: str) -> str:
    """The words of a variant."""
    letter = render(template(f"{name.split('.')[0]}.{language}"), content_in(language) | changes(language)[name])
    return f"{letter.subject}\n\n{letter.body}"


ALL = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for language in LANGUAGES for name in changes(language)]
)


def golden_letters(language: str) -> dict[str, str]:
    """Every golden letter of a language."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(LETTERS.rglob(f"*.{language}*.txt"))}


@ALL
def test_every_variant_reads_as_its_golden_copy(name: str, language: str) -> None:
    """A changed word is a changed golden copy, which somebody has read."""
    assert (VARIANTS / f"{name}.{language}.txt").read_text(encoding="utf-8") == variant(name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ground_of_non_acceptance_has_a_text_of_its_own(language: str) -> None:
    """Whoever praised is not told of a refusal, whoever sent it twice is not told that it was answered."""
    texts = {ground: variant(f"not_accepted_notice.{ground}", language) for ground in GROUNDS[:-1]}

    assert len(GROUNDS) == len(NOT_ACCEPTED_BECAUSE[language]) == len(set(NOT_ACCEPTED_BECAUSE[language].values()))
    assert len(texts) == len(set(texts.values()))
    assert not re.search("不作为投诉|理解|do not handle", texts["praise"] + texts["inquiry"])
    assert NUMBER in texts["duplicate"]
    assert not re.search("已经答复|have answered", texts["duplicate"] + texts["same_without_new_facts"])


def test_what_was_entered_by_mistake_is_told_to_nobody() -> None:
    """There is no customer who complained; the record says why there is no letter."""
    case = LetterCase()
    mistake = CaseNotAccepted(ground="entered_by_mistake", signpost=sealed("signpost"), approved_by="qiu.min")

    assert ("not_accepted_notice", "nobody_to_tell") in noes(case.when(mistake))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_names_a_command_or_a_code(language: str) -> None:
    """A reader is asked for an act in words; in a Chinese letter no word is Latin."""
    commands = re.compile("|".join(f"[“\"']{name}[”\"']" for name in sorted(COMMANDS)))
    letters = {name: ALLOWED.sub("", text) for name, text in golden_letters(language).items()}

    assert {} == {name: found for name, text in letters.items() if (found := commands.findall(text))}
    assert {} == {name: found for name, text in letters.items() if language == "zh" and (found := LATIN.findall(text))}
    assert {} == {name: found for name, text in letters.items() if language == "zh" and (found := CODE.findall(text))}


def test_no_half_width_sign_stands_beside_a_chinese_one() -> None:
    """It looks like a machine's letter."""
    found = {name: HALF_WIDTH.findall(text) for name, text in golden_letters("zh").items()}

    assert {} == {name: signs for name, signs in found.items() if signs}


@pytest.mark.parametrize(("outcome", "late", "sorry"), [
    ("not_upheld", False, False), ("not_upheld", True, True), ("upheld", False, True), ("partly_upheld", False, True),
])  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bank_apologises_only_where_something_was_upheld_or_it_was_late(
    outcome: str, late: bool, sorry: bool, language: str
) -> None:
    """An apology for nothing reads as an admission."""
    case = LetterCase()
    if late:
        case.happens(breached())
    letter = case.when(decision(outcome=outcome))[0]
    body = render(template(f"decision_notice.{language}"), content_about(case, letter)).body

    assert sorry == bool(re.search("歉|apolog|sorry", body))


# -- whom a letter addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "title", "zh", "en"), [
    ("王建国", "mr", "尊敬的王建国先生", "Dear Mr 王建国"),
    ("王建国", "ms", "尊敬的王建国女士", "Dear Ms 王建国"),
    ("王建国", None, "尊敬的客户王建国", "Dear 王建国"),
    (None, "mr", "尊敬的客户", "Dear customer"),
])  # fmt: skip
def test_a_customer_is_addressed_by_title_only_where_the_receipt_says_which(
    name: str | None, title: str | None, zh: str, en: str
) -> None:
    """Nobody is guessed to be a man or a woman."""
    assert [zh, en] == [salutation(name, title, language) for language in LANGUAGES]


def test_a_letter_to_the_banks_people_addresses_unit_and_person_and_says_whom_to_ask() -> None:
    """The handler asks the accepting post, the accepting post the handler; nobody is told to ask themselves."""
    case = LetterCase()
    handlers, accepting = (content_about(case, letter) for letter in case.when(breached()))

    assert ("东侨支行信贷部（罗天）", "东侨支行（林芳）") == (handlers["addressed_to"], accepting["addressed_to"])
    assert "东侨支行林芳，电话" in handlers["ask"]
    assert "东侨支行信贷部罗天，电话" in accepting["ask"]


def test_no_letter_speaks_of_its_reader_in_the_third_person() -> None:
    """An agent reads “you”, and so does the handler of whose case it is."""
    case = LetterCase()
    named = AgentNamed.model_validate({"agent": FAN.person, "ground": sealed("ground")})
    bodies = {
        letter.recipient.person: render(template("delegation_notice.zh"), content_about(case, letter)).body
        for letter in case.when_event(case.event(named)._replace(actor="person:he.yun"))
        if letter.kind == "delegation_notice"
    }

    assert {"fan.yi", "luo.tian"} == bodies.keys()
    assert "由您（范怡）经办，承办人为东侨支行信贷部罗天" in bodies["fan.yi"]
    assert "由范怡经办，您仍为承办人" in bodies["luo.tian"]


# -- what a letter tells of the case ---------------------------------------------------------------------


def test_an_escalation_tells_why_how_hard_and_what_was_done() -> None:
    """Whoever is above has nothing else to go by."""
    case = LetterCase(matter={"narrative": sealed("narrative")})
    way: ReplyWay = "phone"
    case.happens(CustomerContacted(way=way, points=sealed("points"), outcome="not_reached"))
    found = {name: sealed(name) for name in ("findings", "fault", "persons_responsible")}
    case.happens(InvestigationRecorded.model_validate(found))
    case.happens(EscalationRequested(reason=sealed("reason"), mode="takes_over"))
    version = case.log[1].data["decision"]["organisation"]
    up = {"mode": "takes_over", "rung": "deputy_president", "to": SHEN, "organisation": version}
    letter = case.when(CaseEscalated.model_validate(up | {"ground": "requested"}))[0]
    told = content_about(case, letter)

    assert ("经申请升级", "reason", "普通", "findings") == tuple(
        told[name] for name in ("escalated_because", "asked_because", "level", "found_so_far")
    )
    assert ["与客户联系（电话，未能联系）", "记录核实情况"] == [
        one.split("，", 1)[1].removeprefix("渠道系统").removeprefix("罗天") for one in told["done_so_far"]
    ]
    by_rule = case.when(CaseEscalated.model_validate(up | {"ground": "level_major", "mode": "supports"}))[0]
    assert ("定为重大投诉", None) == tuple(
        content_about(case, by_rule)[name] for name in ("escalated_because", "asked_because")
    )


def test_the_written_notice_says_who_passed_it_on_and_till_when() -> None:
    """By name, else by its kind; the number of its paper and its date."""
    origin = {"kind": "regulator", "body": "示例监管局", "reference": "2020-17", "reply_due_on": "2020-03-12"}
    texts = []
    for one in (origin, {"kind": "pbc"}, {}):
        case = LetterCase(first_letters=False, origin=one)
        texts.append(render(template("written_notice.zh"), content_about(case, case.first[1])).body)

    assert "转办单位：示例监管局，来件编号2020-17，要求于2020年3月12日前答复\n" in texts[0]
    assert "转办单位：人民银行\n" in texts[1]
    assert "转办单位" not in texts[2]


if __name__ == "__main__":
    VARIANTS.mkdir(exist_ok=True)
    for spoken in LANGUAGES:
        for of in changes(spoken):
            (VARIANTS / f"{of}.{spoken}.txt").write_text(variant(of, spoken), encoding="utf-8")
