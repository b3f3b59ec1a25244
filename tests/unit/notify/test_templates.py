"""Templates: every letter reads as its golden copy, in whatever language, whatever it has to do without."""

import re
from pathlib import Path
from typing import get_args

import pytest

from services.notify.letters.fields import COMMON, DISCIPLINE
from services.notify.letters.kinds import DECLARED, KINDS, RESERVED
from services.notify.letters.template import render
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.message_kinds import MESSAGES, MessageKind
from tests.support.letter_templates import LETTERS, TEMPLATES, content_in, golden, template

ALL = pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda p: p.stem)
ANOTHER_TERM = re.compile(
    "已受理|已经受理|接收|处理人|逾期|过期|超期|职责|上报通知|调查结果|不予受理|拒绝受理|取消投诉|关闭|当场处理|回复客户"
)
"""What a letter never says, since there is another word for it (docs/reference/glossary.md)."""
STAFF_WORDS = re.compile(r"处分|处罚|责任人|罚款|disciplin|penalt|punish|persons? responsible", re.I)
LESS = {
    "request": None,
    "due_on": None,
    "target_on": None,
    "remedies_offered": (),
    "plan_steps": (),
    "plan_remedies": (),
    "plan_ways": (),
    "plan_times": (),
    "copies": (),
    "said_again": (),
    "speaks_as": None,
    "represented": None,
    "proxy_name": None,
    "proxy_phone": None,
    "authority": None,
    "representatives": (),
    "accepting_phone": None,
    "level_number": None,
    "passed_with": None,
    "found": None,
    "done_about_it": None,
    "staff": None,
    "reminders": (),
}
"""What a letter may have to do without."""


@ALL
def test_every_letter_reads_as_its_golden_copy(path: Path) -> None:
    """A changed word is a changed golden copy, which somebody has read."""
    assert (LETTERS / f"{path.stem}.txt").read_text(encoding="utf-8") == golden(path)


def test_every_kind_has_a_template_in_both_languages() -> None:
    """In the languages that its declaration names; only two kinds of the contract are never written."""
    expected = {f"{name}.{language}" for name, kind in KINDS.items() for language in kind.languages}

    assert set(get_args(MessageKind)) == DECLARED.keys() | RESERVED
    assert {"withdrawal_confirmation", *RESERVED} == set(get_args(MessageKind)) - KINDS.keys()
    assert expected == {path.stem for path in TEMPLATES.glob("*.j2")}


def test_a_field_means_the_same_in_every_kind() -> None:
    """Whoever writes two templates meets one word for one thing."""
    described = [field for kind in KINDS.values() for field in kind.fields.values()]

    assert len({field.name for field in described}) == len(set(described))


@ALL
def test_a_letter_that_knows_less_keeps_its_paragraphs(path: Path) -> None:
    """What is left out leaves no hole."""
    found = template(path.stem)
    bodies = [
        render(found, content).body for content in (content_in(found.language), content_in(found.language) | LESS)
    ]

    assert [] == [body for body in bodies if "\n\n\n" in body]


@pytest.mark.parametrize(("kind", "left_out"), [("acknowledgement", 1), ("written_notice", 2), ("decision_notice", 1)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_left_out_is_left_out_whole(kind: str, left_out: int, language: str) -> None:
    """The sentence about the limit, what the customer asks for, the remedies."""
    full, bare = (
        render(template(f"{kind}.{language}"), content).body
        for content in (content_in(language), content_in(language) | LESS)
    )

    assert left_out == full.count("\n\n") - bare.count("\n\n")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.zh.j2")), ids=lambda p: p.stem)
def test_chinese_letters_are_punctuated_as_chinese_is(path: Path) -> None:
    """Full-width marks beside Chinese characters; half-width ones look like a machine's letter."""
    letter = render(template(path.stem), content_in("zh"))

    assert [] == re.findall(r"[\u4e00-\u9fff][,:;()!?].{0,8}|.{0,8}[,:;()!?][\u4e00-\u9fff]", "\n".join(letter))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.zh.j2")), ids=lambda p: p.stem)
def test_a_letter_has_one_term_for_one_thing(path: Path) -> None:
    """Two words for one thing make a reader look for the difference."""
    assert [] == ANOTHER_TERM.findall(path.read_text(encoding="utf-8"))


def test_what_letters_and_duties_are_called_has_one_term_for_one_thing() -> None:
    """Timeline, register and reminders name them so."""
    names = [called.zh for called in MESSAGES.values()] + [kind.zh for kind in DUTY_KINDS.values()]

    assert [] == [name for name in names if ANOTHER_TERM.search(name)]


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.to_customer))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_customers_letter_has_no_word_of_staff_discipline(kind: str, language: str) -> None:
    """What becomes of the staff is the bank's own affair."""
    assert None is STAFF_WORDS.search((TEMPLATES / f"{kind}.{language}.j2").read_text(encoding="utf-8"))
    assert set() == KINDS[kind].fields.keys() & (DISCIPLINE | set(KINDS["result_report"].must_say))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_settled_case_leaves_the_handler_nothing_to_do(language: str) -> None:
    """The written notice is delivered all the same, and says so."""
    body = render(template(f"written_notice.{language}"), content_in(language) | {"settled": True}).body

    assert "1. " not in body
    assert ("当场解决" if language == "zh" else "settled on the spot") in body


def test_a_letter_is_rendered_from_what_its_kind_knows_alone() -> None:
    """Other fields do not even reach the template, and none of them is left out."""
    found = template("acknowledgement.zh")
    known = {field.name for field in COMMON} | {"customer_name", "salutation", "settled"}
    content = {name: value for name, value in content_in("zh").items() if name in known}

    assert known == KINDS["acknowledgement"].fields.keys()
    assert render(found, content_in("zh")) == render(found, content)
    with pytest.raises(KeyError, match="closing"):
        render(found, {name: value for name, value in content.items() if name != "closing"})
