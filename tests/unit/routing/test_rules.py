"""The routing rules: what they say of every channel, as a table and as the JSON of earlier logs, and refuse."""

from contextlib import suppress

import pytest

from ops.local.reference import of_kind
from services.routing.rules.evaluation import parse_rules
from services.routing.rules.process import Process
from shared.contract.channels import CHANNELS
from shared.errors import BadReference
from tests.support.paths import ROOT
from tests.unit.routing.expected_processes import EXPECTED, FORMS, UNIT_KINDS, Expected

TABLE = of_kind("routing")[0].path.read_text(encoding="utf-8")
JSON = (ROOT / "tests" / "golden" / "reference" / "routing-rules.json").read_text(encoding="utf-8")
"""As published by earlier versions: it stays in their logs for ever."""


RULES = {"table": parse_rules(TABLE), "JSON of an earlier log": parse_rules(JSON)}


def said(rules: str, channel: str, unit_kind: str, form: str) -> Process | None:
    """What the rules say; None if they refuse."""
    with suppress(BadReference):
        return RULES[rules](channel, unit_kind, form)
    return None


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: f"{e.channel} {'/'.join(e.forms)} {len(e.unit_kinds)}")
@pytest.mark.holds(
    "article-1.1",
    "article-2.3.5",
    "article-2.4.1",
    "article-2.5.1",
    "article-2.5.2",
    "article-2.6.1",
    "article-2.6.2",
    "article-2.6.4",
    "article-2.7.1",
    "article-2.7.2",
    "article-2.7.3",
)
def test_the_rules_say_of_every_channel_unit_and_form_what_they_always_said(rules: str, expected: Expected) -> None:
    """To the field, and the duties in their order."""
    cases = [(kind, form) for kind in expected.unit_kinds for form in expected.forms]
    found = {said(rules, expected.channel, kind, form) for kind, form in cases}

    assert {expected.process} == found


def test_every_channel_unit_and_form_is_expected_once() -> None:
    """Of the channels that there were then."""
    cases = [(e.channel, kind, form) for e in EXPECTED for kind in e.unit_kinds for form in e.forms]

    assert len(cases) == len(set(cases)) == 9 * len(UNIT_KINDS) * len(FORMS)
    assert {e.channel for e in EXPECTED} <= CHANNELS.keys()


@pytest.mark.parametrize(
    ("written", "instead", "place", "refusal"),
    [
        ("- [mail, ", "- [post, ", "post", "'post' is no channel here; allowed: phone, mail, walk_in, letter, "),
        ("phone,   mail, online", "phone,   post, online", "post", "'post' is no channel here; allowed: phone, mail, "),
        ("[verify, ", "[verity, ", "verity", "'verity' is no kind of duty here; allowed: acknowledge_customer, "),
        ("pass_down,                   dispatch_levels", "pass_down, levels", "levels",
         "'levels' is no debtor here; allowed: accepting, handler, archivist, dispatch_levels, report_levels."),
        ("accepting,       media, ", "accepting, press, ", "press",
         "'press' is no creditor here; allowed: customer, handler, accepting, general_office, next_level, "),
        ("any,         complaint_post", "any,   complaints", "complaints", "'complaints' is no post here; allowed: "),
        ("[call, visit],        department", "[call, fax], department", "fax",
         "'fax' is no form of regulator here; allowed: call, visit, letter, electronic."),
        ("[phone,        any,  ", "[phone, call, ", "call", "'call' is no form of phone here; allowed: any."),
        ("department,  unit_head", "palace,  unit_head", "palace",
         "'palace' is no kind of unit here; allowed: any, head_office, branch, sub_branch, outlet, department."),
        ("accepting,        none", "anybody, none", "anybody",
         "'anybody' is no way of handling here; allowed: complained_unit, accepting."),
        ("level_by_level]", "upstairs]", "upstairs", "'upstairs' is no chain here; allowed: none, level_by_level, "),
        ("receipt, x", "receipt, y", "y", "'y' is no mark of acknowledge_customer on mail here; allowed: x, ."),
        ("receipt, x", "receipt, [x]", "[x]", "'this' is no mark of acknowledge_customer on mail here; allowed: x, ."),
        ("receipt, x,    x", "x, receipt, x", "receipt",
         "'receipt' is no mark of acknowledge_customer on mail here; allowed: x, ."),
        ("x,       x,    x,      x,       .", "receipt, x, x, x, .", "receipt",
         "'receipt' is no mark of deliver_written_notice on phone here; allowed: x, ."),
        ("., x, .", "., x", "\n", "This line has "),
        ("any,         complaint_post", "any complaint_post", "\n", "This line has 5 cells and the table 6 columns"),
        ("  - [media,        any,                  any,         president_office,  accepting,        none]\n", "",
         "media, opinion_box,\n", "media has no accepting post: write a line for it among the owners."),
        ("[call, visit],        any,", "[call, visit], outlet,", "regulator: call, ",
         "regulator: call has no accepting post when received in head_office, branch, sub_branch: write a line"),
        ("[letter, electronic], any", "letter, any", "regulator: [letter,",
         "regulator: electronic has no accepting post when received in head_office, branch, sub_branch, outlet: "),
        ("regulator: visit,", "regulator: call,", "regulator: call,", "regulator: call is there twice: leave one"),
        ("[track_result,", "[archive,", "archive,                     archivist", "archive is there twice: "),
        ("owners:", "owner:", "owner:", "'owner' is no table here; allowed: owners, duties."),
        ("accepted_by,  ", "accepted,  ", "accepted,", "'accepted' is no heading here; allowed: accepted_by."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_at_its_place_with_what_is_allowed(
    written: str, instead: str, place: str, refusal: str
) -> None:
    """An officer finds line and column in his editor and reads what he may write there."""
    assert written in TABLE
    changed = TABLE.replace(written, instead, 1)
    at = changed.index(place, TABLE.index(written))
    line, column = changed.count("\n", 0, at) + 1, at - changed.rfind("\n", 0, at)

    with pytest.raises(BadReference) as caught:
        parse_rules(changed)

    assert caught.value.detail.startswith(f"The routing rules, line {line}, column {column}: {refusal}")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "- [phone: ", "owners: []\nduties: []", "owners: [x]\nduties: [x]", "owners: [[]]\nduties: [[]]", "{"],
)
def test_what_is_no_table_at_all_is_refused(text: str) -> None:
    """With a sentence, whatever it is."""
    with pytest.raises(BadReference, match="The routing rules"):
        parse_rules(text)


def test_a_table_without_a_section_names_it() -> None:
    """Both are needed."""
    with pytest.raises(BadReference, match="The table 'duties' is missing"):
        parse_rules(TABLE[: TABLE.index("\nduties:")])


def test_json_with_a_word_that_routing_does_not_know_is_refused_when_it_is_judged() -> None:
    """Nobody would know who owes it."""
    with pytest.raises(BadReference, match="say 'porter' where one of these is known: accepting, handler"):
        parse_rules(JSON.replace('"\\"archivist\\""', '"\\"porter\\""'))("phone", "outlet", "")


def test_a_channel_that_has_an_accepting_post_needs_a_column() -> None:
    """At the first line of the owners that names what no column does."""
    changed = TABLE.replace("regulator: [letter, electronic]", "regulator: letter")
    line = TABLE.count("\n", 0, TABLE.index("  - [regulator,    [letter, electronic], dep")) + 1

    with pytest.raises(BadReference) as caught:
        parse_rules(changed)

    found = f"line {line}, column 6: regulator: electronic has no column among the duties: write one."
    assert f"The routing rules, {found}" == caught.value.detail
