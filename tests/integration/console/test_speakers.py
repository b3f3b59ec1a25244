"""A case in full and the register say who speaks for a customer, and name them to those with a right to it only."""

from typing import Any

from ops.verify import naive_console
from services.console.projection.dump import dump
from shared.sealing.vault import seal_with
from tests.support.casework import KEY
from tests.support.console_in_process import Console
from tests.support.console_stories import Story
from tests.support.facts import CASE


def said(label: str, text: str) -> dict[str, str]:
    """A text as intake seals it."""
    return seal_with(KEY, CASE, label, text).model_dump()


def by_heir() -> Story:
    """A complaint by an heir, who proved it until the end of June."""
    who = {
        "name": said("complainant.name", "甲某"),
        "phone": said("complainant.phone", "0000-5550101"),
        "on_behalf_of": {
            "name": said("complainant.on_behalf_of.name", "乙某"), "relation": "heir", "authority": "claimed",
        },
    }  # fmt: skip
    return Story(1, changes={"complainant": who, "reachable_by": ["phone"]}).clock()


def proved(story: Story) -> Story:
    """The accepting post looked at the papers."""
    return story.does("lin.fang", "check-authority", authority="proved", until="2020-06-30", proof="公证书")


def joint() -> Story:
    """A joint complaint, of which one representative was replaced."""
    people = [
        {
            "name": said(f"group.representatives.{at}.name", name),
            "phone": said(f"group.representatives.{at}.phone", f"0000-555010{at}"),
            "reachable_by": ["phone"],
        }
        for at, name in enumerate(("丙某", "丁某"))
    ]
    group = {"size": 30, "representatives": people}
    story = Story(2, changes={"complainant": None, "anonymous": False, "reachable_by": [], "group": group}).clock()
    return story.does("lin.fang", "change-representative", remove=["丙某"], add=[{"name": "戊某"}], proof="推选书")


async def speakers(console: Console, story: Story, person: str, **asked: Any) -> Any:
    """Who speaks, as a reader is told."""
    return (await console.json(f"/v1/cases/{story.id}", person, **asked))["speakers"]


async def test_a_case_says_who_speaks_as_what_and_whether_that_is_proved(console: Console) -> None:
    """To the handler by name; as it was known before, too; to who has no right everything but the names."""
    story = by_heir()
    before = story.case.now
    proved(story)
    await console.append(story.records())
    told = await speakers(console, story, "luo.tian")

    assert {"himself": False, "customer": "乙某", "relation": "heir", "authority": "proved", "until": "2020-06-30"} == {
        name: told[name] for name in ("himself", "customer", "relation", "authority", "until")
    }
    assert {"name": "甲某", "phone": "0000-5550101", "email": None, "address": None, "reachable_by": ["phone"]} == told[
        "proxy"
    ]
    earlier = await speakers(console, story, "luo.tian", as_of=before.isoformat())
    assert ("claimed", None) == (earlier["authority"], earlier["until"])
    closed = await speakers(console, story, "tao.rui")
    assert ["…", "…", "proved"] == [closed["customer"], closed["proxy"]["name"], closed["authority"]]


async def test_the_register_names_them_where_it_is_opened(console: Console) -> None:
    """In words under Chinese headers; representatives as they stand now."""
    await console.append([*proved(by_heir()).records(), *joint().records()])
    keys = ("speakers", "speaks_as", "authority", "authority_until")
    opened = await console.json("/v1/register", "luo.tian", **await console.opening("luo.tian"))
    shut = await console.json("/v1/register", "luo.tian")

    lines = {tuple(line[key] for key in keys) for line in opened["rows"]}
    assert {("甲某", "heir", "proved", "2020-06-30"), ("丁某; 戊某", None, None, None)} == lines
    assert {"…", "…; …"} == {line["speakers"] for line in shut["rows"]}
    sheet = (await console.get("/v1/register.csv", "luo.tian", headers="zh")).content.decode()
    assert all(word in sheet for word in ("代理人、代表", "继承人", "已获证明"))


async def test_who_speaks_is_told_from_the_log_alone_too(console: Console) -> None:
    """The independent reading comes to the same."""
    records = [*proved(by_heir()).records(), *joint().records(), *Story(3).clock().records()]
    await console.append(records)

    assert naive_console.console(record.value for record in records) == await dump(console.live.following.database)
