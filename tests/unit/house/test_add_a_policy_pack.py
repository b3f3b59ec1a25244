"""Adding a policy pack as its page says: one file, published, and named by the organisation."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, ReferenceFile, check_governed, checked
from ops.previews.deadline_and_routing import deadline
from shared.bank.in_force import governing_pack
from shared.bank.reference import Reference
from shared.contract.events.casework import ComplaintClassified
from shared.contract.events.sla import ClockRecomputed, ClockStarted
from shared.errors import BadReference, NotYet
from tests.support.casework import Case, Refused
from tests.support.facts import NOW, document, reference
from tests.support.paths import ROOT
from tests.support.sla_case import SlaCase, at, said

PAGE = (ROOT / "docs" / "how-to" / "add-a-policy-pack.md").read_text(encoding="utf-8")
PACK = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)[0]
FILE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
SHIPPED = "packs: [cn-bank-internal]"
NAMED = FILE.replace(SHIPPED, "packs: [invented-regime]")
RECEIVED = datetime.fromisoformat("2020-03-05T10:00:00+08:00")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of the page."""
    found = tmp_path / "invented-regime.yaml"
    found.write_text(PACK, encoding="utf-8")
    return found


def published(organisation: str = NAMED, pack: str = PACK) -> Reference:
    """Everything that is shipped, and the invented pack beside it."""
    known = reference(organisation=organisation)
    known.add(document("pack", "invented-regime", pack))
    return known


# -- it works ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_", "target", "due"),
    [("swift", None, "2020-03-06"), (None, None, "2020-03-12"), ("severe", "2020-03-19", "2020-04-02")],
)
def test_a_deadline_is_computed_by_its_file(file: Path, class_: str | None, target: str | None, due: str) -> None:
    """Before it is published anywhere; without a class by that of unclassified complaints."""
    found = deadline(str(file), class_, RECEIVED, [])

    assert ("invented-regime", class_ or "plain") == (found["pack"], found["class"])
    assert (target, due, "cn") == (found["target_on"], found["due_on"], found["calendar"]["id"])


def test_the_banks_own_clock_runs_by_the_pack_that_the_organisation_names() -> None:
    """From the receipt to another class; the clock says the pack's milestone, class and warning."""
    case = SlaCase(published())
    started = said([fact.data for fact in case.said], ClockStarted, "final_answer").deadline
    anew = said(case.did(ComplaintClassified, reason="violation"), ClockRecomputed, "final_answer").deadline

    assert ("invented-regime", "swift", at("07 00:00")) == (started.pack.id, started.complaint_class, started.due_at)
    assert ("severe", 20, "two_days_before") == (anew.complaint_class, anew.length.amount, anew.warnings[0].name)
    assert at("20 00:00") == anew.target_at


def test_classifying_asks_the_pack_which_class_needs_more_time() -> None:
    """A product is of a longer class than an attitude here too; a channel is of a longer one than a product."""
    case = Case(NAMED, matter={"reason": "service_product"})
    case.given.reference = published()

    assert Refused("ground_missing", ("/ground",)) == case.refuses("wu.qing", "classify", reason="violation")
    assert isinstance(case.does("wu.qing", "classify", reason="work_error"), ComplaintClassified)


def test_a_case_keeps_its_pack_when_another_one_governs_later() -> None:
    """Its clock is computed anew by the pack that it began with."""
    known = published(FILE)
    case = SlaCase(known)
    known.add(document("organisation", "bank", NAMED, NOW))

    assert "invented-regime" == governing_pack(known, NOW).pack.id
    assert (
        "cn-bank-internal" == said(case.did(ComplaintClassified, reason="violation"), ClockRecomputed).deadline.pack.id
    )


# -- who governs -------------------------------------------------------------------------------------


def test_the_only_pack_there_is_governs_where_the_organisation_names_none() -> None:
    """With two of them nothing is decided until it is said which."""
    silent = FILE.replace(f", {SHIPPED}", "")

    assert "cn-bank-internal" == governing_pack(reference(organisation=silent), NOW).pack.id
    with pytest.raises(NotYet, match=r"cn-bank-internal, invented-regime.*bank\.packs"):
        governing_pack(published(silent), NOW)


@pytest.mark.parametrize(
    ("packs", "error"),
    [
        ("packs: [another]", r"line 2: pack 'another' is not known"),
        ("packs: []", r"line 2: packs has to say which of cn-bank-internal, invented-regime"),
        ("packs: [cn-bank-internal, invented-regime]", r"line 2: .*only one pack can govern"),
        ("packs: cn-bank-internal", r"line 2: 'packs' of bank has to be list"),
    ],
)
def test_an_organisation_that_leaves_it_open_is_not_published(packs: str, error: str) -> None:
    """Its line is named."""
    wanted = document("organisation", "bank", FILE.replace(SHIPPED, packs))

    with pytest.raises(BadReference, match=error):
        check_governed(published(), [wanted])


def test_a_second_pack_is_not_published_while_the_organisation_names_none() -> None:
    """Else every new case would wait for its clock."""
    known = reference(organisation=FILE.replace(f", {SHIPPED}", ""))
    second = document("pack", "invented-regime", PACK)

    with pytest.raises(BadReference, match="line 2"):
        check_governed(known, [second])
    check_governed(known, [document("organisation", "bank", NAMED), second])


# -- what is wrong is refused with its place -----------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("limit_working_days: 5", "limit_working_days: 0", "classes/plain/limit_working_days: Input should be greater"),
        ("unclassified: plain", "unclassified: usual", "unclassified: there is no class 'usual'"),
        ("[service_attitude]", "[work_error]", "classes/plain/reasons: 'work_error' is a reason of class 'swift'"),
        ("[service_attitude]", "[attitude]", "classes/swift/reasons/0"),
        (
            "target_working_days: 10",
            "target_working_days: 21",
            "classes/severe/target_working_days: .*limit",
        ),
        ("id: invented-regime", "id: other", "the pack's id is 'other', and has to be the file's name"),
        ("calendar: cn", "kalender: cn", "calendar: Field required"),
        ("classes:", "classes: [", "no YAML"),
    ],
)
def test_a_pack_that_is_not_valid_is_refused_with_its_place(file: Path, before: str, after: str, error: str) -> None:
    """Before anything is published."""
    file.write_text(PACK.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(BadReference, match=error):
        checked(ReferenceFile("pack", "invented-regime", file))


def test_nothing_but_data_names_a_pack_or_a_class() -> None:
    """Neither services nor tools; what reads version 1 of events says what there was then.

    The timeline calls the shipped classes by their names, and any other a new class.
    """
    named = re.compile(r"cn-bank-internal|[\"'](ordinary|complex)[\"']")
    files = [p for folder in ("shared", "services", "ops") for p in (ROOT / folder).rglob("*.py")]
    wrong = {str(p.relative_to(ROOT)) for p in files if named.search(p.read_text(encoding="utf-8"))}

    assert {"shared/contract/upcasting.py", "shared/case/sentences/sla.py"} == wrong - {
        "ops/demo/courses.py",
        "ops/demo/channel_courses.py",
        "ops/demo/play.py",
    }
