"""What is sealed opens only once it is recorded who opens it; bulk openings have a ground and a second person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contract.subjects import Subject
from shared.errors import OutcomeUnknown
from tests.support.console_in_process import ASK, Console
from tests.support.console_stories import Story

NARRATIVE = "text of matter.narrative"


def contacted(number: int = 1) -> Story:
    """A case with texts of a customer and of the handler in it."""
    acted = Story(number).does("luo.tian", "accept-handover")
    return acted.does("luo.tian", "record-contact", way="phone", points="客户情绪激动。", outcome="reached")


@pytest.mark.holds("practice-34")
async def test_every_opening_is_recorded_without_the_text(desk: Console) -> None:
    """Who, in which role, in which call, of which case, which fields."""
    await desk.append(contacted().records())
    await desk.json(f"/v1/cases/{Story(1).id}/timeline", "luo.tian")
    (told,) = await desk.accesses("opened")

    assert ("person:luo.tian", "handler", "console", "timeline") == (told.who, told.role, told.service, told.call)
    assert Story(1).id == told.case
    assert ("complainant.email", "matter.narrative", "record-contact.points") == told.fields
    assert "客户情绪激动" not in told.model_dump_json()


async def test_without_a_record_nothing_opens(desk: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """The brokers are away: 503 with what to do, wherever something would open; the clear part is there."""
    await desk.append(contacted().records())
    opening = await desk.opening("luo.tian")

    async def away(records: Any) -> None:
        raise OutcomeUnknown

    monkeypatch.setattr(desk.access, "append", away)
    for path, params in (
        (f"/v1/cases/{Story(1).id}", {}),
        (f"/v1/cases/{Story(1).id}/timeline", {}),
        ("/v1/register", opening),
        ("/v1/register.csv", opening),
        ("/v1/register.xlsx", opening),
    ):
        answer = await desk.get(path, "luo.tian", **params)
        assert (503, "access_not_recorded") == (answer.status_code, answer.json()["code"])
        assert NARRATIVE not in answer.text
    assert "…" == (await desk.json(f"/v1/cases/{Story(1).id}", "luo.tian", open="false"))["matter"]["narrative"]


async def test_a_page_of_the_register_records_all_its_cases_by_their_opening(desk: Console) -> None:
    """One record per case, naming the bulk opening."""
    await desk.append([*contacted(1).records(), *contacted(2).records()])
    opening = await desk.opening("luo.tian")
    found = await desk.json("/v1/register", "luo.tian", **opening)
    told = await desk.accesses("opened")

    assert [NARRATIVE, NARRATIVE] == [row["narrative"] for row in found["rows"]]
    assert {(Story(n).id, "register", opening["opening"]) for n in (1, 2)} == {(t.case, t.call, t.why) for t in told}


@pytest.mark.parametrize("call", ["/v1/register", "/v1/register.csv", "/v1/register.xlsx"])
async def test_many_cases_open_only_with_a_second_person(desk: Console, call: str) -> None:
    """Not without asking, not while it is pending, not for another filter, not for somebody else."""
    await desk.append(contacted().records())
    body = {"ground": "年度检查", "query": {"unit": "dongqiao"}}
    asked = (await desk.post(ASK, "luo.tian", body)).json()
    mine = {"open": "true", "opening": asked["opening"]}

    async def code(person: str = "luo.tian", **params: str) -> str:
        answer = await desk.get(call, person, **params)
        return str(answer.json()["code"]) if answer.status_code >= 400 else "opened"

    assert "opening_needed" == await code(open="true")
    assert "unknown_opening" == await code(open="true", opening="none")
    assert "opening_not_approved" == await code(unit="dongqiao", **mine)
    assert 200 == (await desk.post(f"{ASK}/{asked['opening']}/approve", "qiu.min")).status_code
    assert "other_query" == await code(**mine)
    assert "unknown_opening" == await code("lin.fang", unit="dongqiao", **mine)
    assert "opened" == await code(unit="dongqiao", **mine)


async def test_nobody_allows_his_own_and_nobody_without_the_right(desk: Console) -> None:
    """To a colleague there is no such opening; the first answer counts."""
    asked = (await desk.post(ASK, "luo.tian", {"ground": "年度检查"})).json()
    one = f"{ASK}/{asked['opening']}"
    answers = {
        person: await desk.post(f"{one}/approve", person) for person in ("luo.tian", "fan.yi", "he.yun", "an.jie")
    }
    refused = await desk.post(f"{one}/refuse", "qiu.min", {"ground": "范围太大"})
    late = await desk.post(f"{one}/approve", "ye.lan")

    assert ["qiu.min", "wu.qing", "tao.rui", "ye.lan"] == asked["approvers"]
    assert {
        "luo.tian": "own_opening", "fan.yi": "unknown_opening", "he.yun": "unknown_opening",
        "an.jie": "unknown_opening",
    } == {person: answer.json()["code"] for person, answer in answers.items()}  # fmt: skip
    assert (200, "refused") == (refused.status_code, refused.json()["state"])
    assert (409, "opening_answered") == (late.status_code, late.json()["code"])
    assert 404 == (await desk.get(one, "fan.yi")).status_code


async def test_a_repeated_question_is_the_same_opening(desk: Console) -> None:
    """The same key and content; another content under it is refused; a repeated approval changes nothing."""
    body = {"ground": "年度检查", "query": {"channel": "walk-in"}}
    first, again = [await desk.post(ASK, "luo.tian", body) for _ in range(2)]
    other = await desk.post(ASK, "luo.tian", body | {"ground": "别的"})
    one = f"{ASK}/{first.json()['opening']}/approve"
    approved = [(await desk.post(one, "qiu.min")).json()["state"] for _ in range(2)]

    assert (201, 200) == (first.status_code, again.status_code)
    assert first.json() == again.json()
    assert {"channel": "walk_in"} == first.json()["query"]
    assert (409, "idempotency_conflict") == (other.status_code, other.json()["code"])
    assert ["approved", "approved"] == approved
    assert 2 == len(await desk.accesses("opening_requested", "opening_approved"))


async def test_the_ground_is_sealed_and_read_by_who_decides(desk: Console) -> None:
    """In the topic it is no text; whoever reads it is recorded."""
    asked = (await desk.post(ASK, "luo.tian", {"ground": "客户王女士来电"})).json()
    read = await desk.json(f"{ASK}/{asked['opening']}", "qiu.min")
    told = await desk.accesses("opening_requested", "opened")

    assert "客户王女士来电" == read["ground"]
    assert "王女士" not in "".join(one.model_dump_json() for one in told)
    assert ("person:qiu.min", "second_person") == (told[-1].who, told[-1].role)
    assert [asked["opening"]] == [o["opening"] for o in (await desk.json(ASK, "qiu.min"))["openings"]]
    assert [] == (await desk.json(ASK, "fan.yi"))["openings"]


async def test_an_approval_holds_for_an_hour(desk: Console) -> None:
    """Afterwards it has expired."""
    opening = await desk.opening("luo.tian")
    one = desk.opening_requests.openings.get(opening["opening"])
    assert one is not None

    assert "approved" == one.state(datetime.now(UTC), timedelta(minutes=60))
    assert "expired" == one.state(datetime.now(UTC) + timedelta(minutes=61), timedelta(minutes=60))
    assert "expired" == one._replace(answer=None).state(datetime.now(UTC) + timedelta(days=2), timedelta(minutes=60))


async def test_refusals_are_recorded_and_bounded(desk: Console) -> None:
    """Log-ins by their address, which is sealed; rights by who asked; of one caller ten in a minute."""
    await desk.append(contacted().records())
    await desk.client.get("/v1/cases")
    await desk.client.get("/v1/cases", headers=desk.header(Subject("channel", "hotline")))
    for _ in range(30):
        await desk.get(f"/v1/cases/{Story(1).id}", "fan.yi")
    told = await desk.accesses("refused")

    assert 12 == len(told)
    assert ["missing_token", "people_only"] == [one.why for one in told[:2]]
    assert told[0].who.startswith("address:")
    assert told[0].address is not None
    assert "channel:hotline" == told[1].who
    assert {("person:fan.yi", Story(1).id, "GET /v1/cases/{case}")} == {(o.who, o.case, o.call) for o in told[2:]}
