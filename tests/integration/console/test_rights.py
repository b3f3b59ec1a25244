"""Who sees what on a case: each role typed by hand, what opens, what is written down, and what erasure leaves."""

from typing import Any

import orjson
import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from services.console.http.rights import Reader, Right, Stakes, right_of
from shared.bank.organisation_file import parse_organisation
from shared.case.duties import Place
from shared.contract.records import HEADER_TYPE, Outgoing
from tests.support.casework import ORGANISATION
from tests.support.console_in_process import Console
from tests.support.console_stories import Story
from tests.support.facts import NOW

BANK = parse_organisation(ORGANISATION)
STAKES = Stakes(
    first_asked=Place("dongqiao", None, "wu.qing"),
    accepting=Place("dongqiao", "complaint_post", "lin.fang"),
    handler=Place("dongqiao.hall", None, "bai.xue"),
    escalated_to=Place("dongqiao", None, "shen.bo"),
    agent="jin.hao",
    complained_unit="dongqiao.harbour",
    parties=(),
    debtors=(Place("dongqiao", "archivist", "zhong.an"), Place("dongqiao.operations", "unit_head", None)),
)


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("wu.qing", "first_asked"),
        ("lin.fang", "accepting"),
        ("bai.xue", "handler"),
        ("shen.bo", "escalated_to"),
        ("jin.hao", "agent"),
        ("zhong.an", "archivist"),
        ("mo.ran", "debtor"),  # by the post that owes
        ("cen.lu", "head"),  # of the unit complained about
        ("qiu.min", "head"),  # of the accepting unit
        ("an.jie", "auditor"),
        ("he.yun", None),  # a colleague with a post in the same unit
        ("fan.yi", None),
        ("tao.rui", None),  # head of a unit above
        ("gu.heng", None),  # complaint post of another unit
        ("ye.lan", None),  # archivist of another unit
    ],
)
def test_the_role_of_everybody_in_the_bank(person: str, role: str | None) -> None:
    """First asked, accepting, handling, acting for the handler, owing, heading, archiving, auditing: nobody else."""
    assert Right(role, concerned=False) == right_of(Reader(person, BANK, NOW.date()), STAKES)


def test_a_stand_in_of_the_accepting_post_reads_as_its_holder_does() -> None:
    """Wu Qing stands in for Lin Fang."""
    stakes = STAKES._replace(first_asked=None)

    assert Right("accepting", concerned=False) == right_of(Reader("wu.qing", BANK, NOW.date()), stakes)


@pytest.mark.parametrize("person", ["wu.qing", "lin.fang", "bai.xue", "jin.hao", "zhong.an", "an.jie", "cen.lu"])
def test_a_party_concerned_opens_nothing_whatever_the_role(person: str) -> None:
    """Also the auditor."""
    right = right_of(Reader(person, BANK, NOW.date()), STAKES._replace(parties=(person,)))

    assert right.role is not None
    assert right.concerned
    assert not right.opens


def test_everybody_below_a_head_who_is_concerned_is_concerned_too() -> None:
    """Bai Xue heads the hall: Jin Hao, the agent, works there."""
    assert right_of(Reader("jin.hao", BANK, NOW.date()), STAKES._replace(parties=("bai.xue",))).concerned


def sealed_story(**changes: Any) -> Story:
    """A case with texts of a customer and of the handler in it."""
    return (
        Story(1, changes=changes)
        .does("luo.tian", "accept-handover")
        .does("luo.tian", "record-contact", way="phone", points="客户情绪激动。", outcome="reached")
    )


async def opened(console: Console, person: str, path: str = "timeline", **params: Any) -> tuple[int, Any]:
    """Status and body."""
    answer = await console.get(f"/v1/cases/{Story(1).id}/{path}".rstrip("/"), person, **params)
    return answer.status_code, answer.json()


async def test_the_handler_reads_what_was_sealed(desk: Console) -> None:
    """In the timeline and in the case; sentences stay without it."""
    await desk.append(sealed_story().records())
    _, timeline = await opened(desk, "luo.tian")
    _, case = await opened(desk, "luo.tian", "")

    assert timeline["opened"]
    assert "客户情绪激动。" == timeline["entries"][-1]["data"]["points"]
    assert not any("客户情绪激动" in str(entry["sentence"]) for entry in timeline["entries"])
    assert "text of matter.narrative" == case["matter"]["narrative"]
    assert "text of complainant.email" == case["complainant"]["email"]


async def test_a_superior_without_a_part_sees_the_clear_part(desk: Console) -> None:
    """Codes, people of the bank and dates; in place of everything sealed an ellipsis."""
    await desk.append(sealed_story().records())
    status, timeline = await opened(desk, "tao.rui")

    assert (200, False, "…") == (status, timeline["opened"], timeline["entries"][-1]["data"]["points"])
    assert "reached" == timeline["entries"][-1]["data"]["outcome"]


def as_version_1(record: Outgoing) -> Outgoing:
    """An investigation as it was stored before what it says of staff was sealed."""
    event = orjson.loads(record.value)
    if event["type"] != "redress.InvestigationRecorded.v2":
        return record
    data = event["data"] | {"fault": "responsible", "persons_responsible": event["data"].pop("parties")}
    before = "redress.InvestigationRecorded.v1"
    headers = [*(dict(record.headers) | {HEADER_TYPE: before.encode()}).items()]
    return record._replace(value=orjson.dumps(event | {"type": before, "data": data}), headers=headers)


@pytest.mark.parametrize("stored", [lambda record: record, as_version_1], ids=["sealed", "version 1"])
async def test_what_is_said_of_staff_opens_with_the_right_only_and_is_recorded(desk: Console, stored: Any) -> None:
    """Also what stands in the clear in a log of before; who is concerned everybody sees."""
    said = {"findings": "属实。", "fault": "responsible", "persons_responsible": ["fan.yi"]}
    story = Story(1).does("luo.tian", "accept-handover").does("luo.tian", "record-investigation", **said)
    await desk.append([stored(record) for record in story.records()])
    for person, fault, persons in (("luo.tian", "responsible", "fan.yi"), ("tao.rui", "…", "…")):
        _, timeline = await opened(desk, person)
        _, case = await opened(desk, person, "")
        data = timeline["entries"][-1]["data"]

        assert (fault, persons, ["fan.yi"]) == (data["fault"], data["persons_responsible"], data["parties"])
        assert (fault, ["fan.yi"]) == (case["fault"], case["parties_concerned"])
    recorded = await desk.accesses("opened")

    assert {"person:luo.tian"} == {access.who for access in recorded}
    assert all("record-investigation.fault" in access.fields for access in recorded)


async def test_insisting_without_a_right_is_refused(desk: Console) -> None:
    """403 `no_right`; declining shows the clear part also to the handler, and nothing is written down."""
    await desk.append(sealed_story().records())
    refused, problem = await opened(desk, "tao.rui", open="true")
    declined, timeline = await opened(desk, "luo.tian", open="false")

    assert (403, "no_right") == (refused, problem["code"])
    assert (200, False, "…") == (declined, timeline["opened"], timeline["entries"][-1]["data"]["points"])
    assert [] == await desk.accesses("opened")


async def test_of_an_erased_case_nothing_opens_for_anybody(desk: Console) -> None:
    """The key is destroyed: `erased`, and the rest stays as it was."""
    await desk.append(sealed_story().records())
    await desk.keys.destroy(Story(1).id)
    for person in ("luo.tian", "tao.rui"):
        _, timeline = await opened(desk, person, open="true" if person == "luo.tian" else "false")
        _, case = await opened(desk, person, "", open="false")

        assert (True, False) == (timeline["erased"], timeline["opened"])
        assert "…" == timeline["entries"][-1]["data"]["points"]
        assert (True, "…", "in_handling") == (case["erased"], case["matter"]["narrative"], case["state"])


def test_the_tests_bank_is_the_example_bank_with_more_people() -> None:
    """So the table of roles above is about the people of the example organisation."""
    assert parse_organisation(EXAMPLE_ORGANISATION.read_text(encoding="utf-8")).people.items() <= BANK.people.items()
