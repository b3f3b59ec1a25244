"""Who may say who took a complaint down: actor × channel × act, typed by hand."""

from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, shipped_calendar
from services.intake.admission import Admission
from services.intake.http.examples import COMPLAINT, SETTLEMENT
from shared.bank.organisation_file import parse_organisation
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS
from shared.errors import RedressError
from tests.support.facts import NOW

MORE = """
  - {id: an.jie, name: 安洁, unit: dongqiao, from: 2015-01-01}
  - {id: ding.ning, name: 丁宁, unit: dongqiao.hall, from: 2015-01-01}
  - {id: lu.yao, name: 陆瑶, unit: dongqiao, from: 2015-01-01, until: 2020-03-03}
posts:
  - {unit: dongqiao, post: auditor, holders: [an.jie]}
"""
FILE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8").replace("\nposts:\n", MORE, 1)
FILE = FILE.replace("\nconsumers:", "\n  - {id: branch-line, channels: [phone], unit: dongqiao.harbour}\nconsumers:", 1)
FILE = FILE.replace("kind: outlet, ", 'kind: outlet, opinion_box: {since: 2020-01-01, closes_at: "17:00"}, ', 1)
ADMISSION = Admission(parse_organisation(FILE), shipped_calendar(), NOW)

COLLEAGUE = {"unit": "dongqiao.hall", "person": "ding.ning"}
ACTORS = {
    "teller": "person:jin.hao", "head": "person:bai.xue", "president": "person:qiu.min",
    "complaints": "person:lin.fang", "stand_in": "person:wu.qing", "office_above": "person:ye.lan",
    "elsewhere": "person:cen.lu", "auditor": "person:an.jie", "left": "person:lu.yao", "hotline": "channel:hotline",
    "other_line": "channel:branch-line",
    "mailroom": "channel:mailroom",
}  # fmt: skip
"""A teller of the hall, his head and the president above; the complaint post, its stand-in, the office of the province;
a head elsewhere; systems of the sub-branch, of another outlet, and of other channels."""
ACTS: dict[str, dict[str, Any]] = {
    "names-nobody": {"received_by": {"unit": "dongqiao.hall"}},
    "names-a-colleague": {"received_by": COLLEAGUE},
    "claims-of-a-colleague": {
        "received_by": COLLEAGUE,
        "settlement": SETTLEMENT,
    },
    "adds-in-his-name": {
        "received_by": COLLEAGUE,
        "relates_to": {"case": "20200305-0000000001-1", "relation": "same_receipt"},
    },
    "names-one-above": {"received_by": {"unit": "dongqiao.hall", "person": "gu.heng"}},
}
DETAILS: dict[str, dict[str, Any]] = {
    "phone": COMPLAINT["details"],
    "mail": {},
    "walk_in": {"receptionist": "wu.qing"},
    "letter": {},
    "media": {"form": "inquiry", "outlet": "某晚报"},
    "upper_branch": {"unit": "province"},
    "regulator": {"body": "某监管局", "form": "letter"},
    "opinion_box": {"unit": "dongqiao.hall"},
    "online": {},
}
# y: taken · a: received_by_another · e: not_entitled · u: unknown_submitter · c: channel_not_allowed
MATRIX = """
phone                   te he pr co si oa el au le hl ol mr
names-nobody            y  y  y  y  y  y  y  e  u  y  y  c
names-a-colleague       a  a  a  y  y  y  a  e  u  y  a  c
claims-of-a-colleague   a  a  a  y  y  y  a  e  u  y  a  c
adds-in-his-name        a  a  a  y  y  y  a  e  u  y  a  c
names-one-above         a  a  a  a  a  y  a  e  u  a  a  c
"""
ROWS = {row.split()[0]: dict(zip(ACTORS, row.split()[1:], strict=True)) for row in MATRIX.strip().splitlines()[1:]}
CODES = {"a": "received_by_another", "e": "not_entitled", "u": "unknown_submitter", "c": "channel_not_allowed"}


def answer(channel: str, act: str, actor: str) -> str | None:
    """The code that an act is refused with; None where it is taken."""
    kind, _, id_ = actor.partition(":")
    subject = Subject("person" if kind == "person" else "channel", id_)
    try:
        ADMISSION.unit_of(subject, channel)
        body = COMPLAINT | {"details": DETAILS[channel]} | ACTS[act]
        ADMISSION.check(SUBMISSIONS[channel].model_validate(body), subject)
    except RedressError as error:
        return error.code
    return None


@pytest.mark.parametrize("actor", list(ACTORS))
@pytest.mark.parametrize("act", list(ACTS))
def test_every_actor_may_name_whom_the_matrix_says(act: str, actor: str) -> None:
    """Whoever is refused hears why, and nothing is recorded in anybody's name."""
    assert CODES.get(ROWS[act][actor]) == answer("phone", act, ACTORS[actor])


@pytest.mark.parametrize("actor", [name for name, who in ACTORS.items() if who.startswith("person:")])
@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("channel", list(DETAILS))
def test_people_may_name_the_same_on_every_channel(channel: str, act: str, actor: str) -> None:
    """What a channel system may submit stands in the organisation file; what people may does not depend on it."""
    assert CODES.get(ROWS[act][actor]) == answer(channel, act, ACTORS[actor])


@pytest.mark.parametrize("actor", ["teller", "head", "president", "complaints", "elsewhere"])
def test_everybody_may_name_himself(actor: str) -> None:
    """And settle what he took down himself: casework judges whether he may."""
    me = ACTORS[actor].partition(":")[2]
    body = COMPLAINT | {"received_by": {"unit": "dongqiao.hall", "person": me}, "settlement": SETTLEMENT}

    ADMISSION.check(SUBMISSIONS["phone"].model_validate(body), Subject("person", me))


def test_the_matrix_knows_every_channel_that_takes_submissions() -> None:
    """Who opens another one adds its details."""
    assert set(DETAILS) == set(SUBMISSIONS)
    assert set(ACTS) == set(ROWS)


def test_the_example_organisation_binds_a_system_to_every_channel() -> None:
    """Whoever tries Redress can submit on each of them as a system does, and on no other."""
    systems = parse_organisation(EXAMPLE_ORGANISATION.read_text(encoding="utf-8")).channel_systems

    assert set(SUBMISSIONS) == {channel for system in systems.values() for channel in system.channels}
    assert all(set(system.channels) < set(SUBMISSIONS) for system in systems.values())
