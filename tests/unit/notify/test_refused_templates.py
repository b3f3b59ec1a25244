"""Templates that are refused: one with a fault is found when it is published, before any letter is due."""

import re

import pytest

from services.notify.letters.fields import DISCIPLINE
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import parse_template
from shared.errors import BadReference
from tests.support.letter_templates import TEMPLATES

GOOD = "---\nkind: target_chaser\nlanguage: en\n---\nSubject: {{ case_number }}\n\nHello {{ target_on }} {{ due_on }}\n"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("kind: target_chaser", "kind: love_letter", "love_letter"),
        ("kind: target_chaser", "kind: withdrawal_confirmation", "withdrawal_confirmation"),
        ("language: en", "language: fr", "fr"),
        ("language: en\n", "language: en\nmandatory: [reason]\n", "lacks.*reason"),
        ("language: en\n", "language: en\nmandatory: [colour]\n", "colour"),
        ("language: en\n", "language: en\nmandatory: 5\n", "not valid"),
        ("kind: target_chaser\nlanguage: en", "nothing", "not valid"),
        ("Subject: ", "Betreff: ", "Subject"),
        ("Hello", "{% if %}", "not valid"),
        ("Hello", "{{ colour }}", "colour"),
        ("Hello", "{{ findings }}", "findings"),
        ("Hello", "{{ case_number.upper().nothing }}", "cannot be rendered"),
        ("Hello", "{{ 'on ' + accepting_phone }}", "cannot be rendered"),
        ("Hello", "{{ case_number.__class__.__mro__ }}", "cannot be rendered"),
        ("{{ target_on }}", "", "target_on"),
        ("{{ target_on }}", "{{ target_on | length }}", "does not always say.*target_on"),
        ("{{ case_number }}", "{{ case_number if request_is_unknown is defined }}", "request_is_unknown"),
        ("{{ case_number }}", "{{ case_number if accepting_phone else '' }}", "does not always say.*case_number"),
    ],
)
def test_a_template_with_a_fault_is_refused_when_it_is_published(before: str, after: str, named: str) -> None:
    """A fault that came to light only when a letter is due would hold that letter for ever."""
    assert "target_chaser" == parse_template(GOOD).kind

    with pytest.raises(BadReference, match=named):
        parse_template(GOOD.replace(before, after, 1))


@pytest.mark.parametrize("name", [f"{name}.{lang}" for name in sorted(KINDS) for lang in ("zh", "en")])
def test_a_template_without_a_mandatory_element_of_its_kind_is_refused(name: str) -> None:
    """Front matter may add to what a kind must say, never take away."""
    text = (TEMPLATES / f"{name}.j2").read_text(encoding="utf-8")
    for field in KINDS[name.split(".")[0]].mandatory:
        emptied = re.sub(rf"\b{field}\b", "bank_name", text.split("---\n", 2)[2])
        with pytest.raises(BadReference, match=field):
            parse_template(f"---\nkind: {name.split('.')[0]}\nlanguage: {name.split('.')[1]}\n---\n{emptied}")


@pytest.mark.parametrize("fact", sorted(DISCIPLINE))
@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.to_customer))
def test_a_customers_template_that_asks_for_staff_discipline_is_refused_and_says_why(kind: str, fact: str) -> None:
    """In the text as well as in the front matter."""
    text = (TEMPLATES / f"{kind}.zh.j2").read_text(encoding="utf-8")

    for faulty in (text + f"{{{{ {fact} }}}}", text.replace("language: zh", f"language: zh\nmandatory: [{fact}]")):
        with pytest.raises(BadReference, match=f"goes to a customer and asks for {fact}: nothing about the treatment"):
            parse_template(faulty)


def test_what_front_matter_adds_is_mandatory_too() -> None:
    """A bank may want more said than the rules do."""
    added = GOOD.replace("language: en\n", "language: en\nmandatory: [reason]\n")

    assert "target_chaser" == parse_template(added.replace("Hello", "Hello {{ reason }}")).kind
    with pytest.raises(BadReference, match="does not always say what it must: reason"):
        parse_template(added.replace("Hello", "{{ reason if accepting_phone else '' }}"))
