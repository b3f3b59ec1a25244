"""From a submission to its event: what is sealed, what is kept, and what tells two contents apart."""

from typing import Any

import orjson
import pytest

from services.intake.http.examples import COMPLAINT, SETTLEMENT
from services.intake.incoming_receipt import IncomingReceipt
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.intake import ComplaintReceived, ReceiptAdded
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS
from shared.web.case_index import IndexedCase
from tests.support.facts import NOW
from tests.unit.intake.test_admission import ADMISSION

CASE, OTHER = "11111111-1111-5111-8111-111111111111", "22222222-2222-5222-8222-222222222222"
KEY = b"k" * 32
NUMBER = "20200305-0000000001-1"
EVERYTHING: dict[str, Any] = COMPLAINT | {
    "origin": {"kind": "regulator", "body": "金融监管局", "reference": "R-7", "reply_due_on": "2020-03-20"},
    "complainant": {
        "name": "甲某",
        "phone": "0000-5550001",
        "email": "jia@customer.example",
        "address": "示例路9号",
        "identity": {"kind": "id_card", "number": "0000-5550002"},
        "on_behalf_of": "乙某",
        "language": "en",
    },
    "group": {"size": 7, "members": ["丙某"], "representatives": ["丁", "戊", "己", "庚", "辛", "壬"]},
    "late_registration": {"cause": "outage", "explanation": "系统故障。"},
}


def receipt(raw: dict[str, Any], case: str = CASE) -> IncomingReceipt:
    """A submission on its way into the log."""
    return IncomingReceipt(
        case, KEY, SUBMISSIONS["phone"].model_validate(raw), Subject("channel", "hotline"), "phone", ADMISSION
    )


def opened(raw: dict[str, Any], related: IndexedCase | None = None) -> tuple[Event, ComplaintReceived]:
    """The event that opens a case, and its data as readers get them."""
    event = receipt(raw).received("cause", lambda number: False, related)
    data = parse(event)
    assert isinstance(data, ComplaintReceived)
    return event, data


def test_an_ordinary_complaint_relates_to_nothing_and_settles_nothing() -> None:
    """Version 5, both fields null."""
    event, data = opened(COMPLAINT)

    assert "redress.ComplaintReceived.v5" == event.type
    assert (None, None) == (data.relates_to, data.settlement)


@pytest.mark.parametrize(("representatives", "anonymous"), [(["丁某", "戊某"], False), ([], True)])
def test_a_joint_complaint_that_only_representatives_speak_for_is_not_anonymous(
    representatives: list[str], anonymous: bool
) -> None:
    """They are owed contact and answer; a group that nobody speaks for is anonymous."""
    group = {"size": 7, "members": [], "representatives": representatives}
    _, data = opened(COMPLAINT | {"complainant": None, "group": group})

    assert anonymous == data.anonymous


@pytest.mark.parametrize("relation", ["same_matter", "repeat", "review"])
def test_a_relation_to_another_case_is_kept_by_its_id(relation: str) -> None:
    """Whatever the submitter called it: ids do not change."""
    _, data = opened(COMPLAINT | {"relates_to": {"case": NUMBER, "relation": relation}}, earlier())

    assert data.relates_to is not None
    assert (OTHER, relation) == (data.relates_to.case_id, data.relates_to.relation)


@pytest.mark.parametrize(("relation", "before", "times"), [("repeat", 1, 2), ("repeat", 2, 3), ("review", 2, None)])
def test_a_repetition_keeps_which_one_it_is_and_the_number_of_the_one_before(
    relation: str, before: int, times: int | None
) -> None:
    """The handler is told both, so that the earlier one is read too."""
    _, data = opened(COMPLAINT | {"relates_to": {"case": NUMBER, "relation": relation}}, earlier(before))

    assert data.relates_to is not None
    assert (NUMBER, times) == (data.relates_to.case_number, data.relates_to.times)


@pytest.mark.parametrize("title", ["mr", "ms"])
def test_a_title_is_sealed_and_its_box_tells_nothing_of_it(title: str) -> None:
    """How somebody is addressed says something of them; without it a submission is what it was."""
    who = {"name": "甲某", "language": "zh"}
    event, data = opened(COMPLAINT | {"complainant": who | {"title": title}})
    _, without = opened(COMPLAINT | {"complainant": who})
    assert data.complainant is not None
    assert data.complainant.title is not None
    other = opened(COMPLAINT | {"complainant": who | {"title": "ms" if title == "mr" else "mr"}})[1].complainant
    assert other is not None
    assert other.title is not None

    assert len(other.title.box) == len(data.complainant.title.box)
    assert data.fingerprint != without.fingerprint
    assert title not in orjson.dumps(event.data["complainant"]).decode().replace("complainant", "").split('"')


def earlier(times: int = 1) -> IndexedCase:
    """A case that is there already."""
    return IndexedCase(OTHER, "event", NUMBER, "fingerprint", "2020-03-02", "channel:hotline", 0, 0, times)


def test_a_settlement_is_sealed_under_the_key_of_its_case() -> None:
    """Nothing of what was typed is in the event."""
    event, data = opened(COMPLAINT | {"settlement": SETTLEMENT})
    body = orjson.dumps(event.data).decode()

    assert data.settlement is not None
    assert ("fee_waiver", 2000, True) == (
        data.settlement.remedy.kind,
        data.settlement.remedy.amount_minor,
        data.settlement.customer_agreed,
    )
    assert 7 == len(typed(SETTLEMENT))
    assert [] == [text for text in typed(SETTLEMENT) if text in body]
    assert [
        "settlement.agreed_proof",
        "settlement.findings",
        "settlement.handler_and_phone",
        "settlement.lessons_and_measures",
        "settlement.remedy.words",
        "settlement.treatment_of_persons",
        "settlement.words",
    ] == labels({"settlement": event.data["settlement"]})


def typed(raw: dict[str, Any]) -> list[str]:
    """The texts of a document that hold Chinese: all that a person typed."""
    found = [v for v in raw.values() if isinstance(v, str) and not v.isascii()]
    return found + [text for v in raw.values() if isinstance(v, dict) for text in typed(v)]


def test_a_further_receipt_keeps_all_that_came_in_with_it_on_the_named_case() -> None:
    """The body that passed it on, another way to reach the customer, why it is late: nothing is dropped."""
    first = receipt(EVERYTHING).received("cause", lambda number: False, None)
    event = receipt(EVERYTHING, OTHER).added("cause", CASE)
    data = parse(event)
    kept = {name: value for name, value in event.data.items() if name != "receipt_id"}

    assert isinstance(data, ReceiptAdded)
    assert ("redress.ReceiptAdded.v4", OTHER, OTHER, CASE) == (
        event.type,
        event.subject,
        event.correlationid,
        data.receipt_id,
    )
    assert {"case_number", "relates_to", "settlement"} == set(first.data) - set(kept)
    clear = [
        name for name in kept if name not in ("complainant", "group", "matter", "late_registration", "fingerprint")
    ]
    assert {name: first.data[name] for name in clear} == {name: kept[name] for name in clear}
    assert 16 == len(labels(kept))
    assert labels(first.data) == labels(kept)


def boxes(value: Any) -> list[dict[str, Any]]:
    """All sealed values in an event's data."""
    if isinstance(value, dict):
        return [value] if "box" in value else [box for one in value.values() for box in boxes(one)]
    return [box for one in value for box in boxes(one)] if isinstance(value, list) else []


def labels(data: dict[str, Any]) -> list[str]:
    """The labels of all sealed values."""
    return sorted(box["label"] for box in boxes(data))


def test_more_than_five_representatives_are_taken_with_a_warning() -> None:
    """The rule binds interviews, not receipts."""
    _, data = opened(EVERYTHING)

    assert ("too_many_representatives",) == data.warnings


def test_a_submission_of_before_the_new_fields_still_has_the_fingerprint_it_had() -> None:
    """Worked out by the version before: a repetition after an upgrade is no conflict."""
    raw = {
        "received_at": "2020-03-05T09:00:00+08:00",
        "received_by": {"unit": "dongqiao", "person": "lin.fang"},
        "complainant": {"name": "甲某", "email": "jia@customer.example", "phone": "0000-5551234"},
        "matter": {
            "narrative": "柜员态度生硬。",
            "reason": "service_attitude",
            "complained_unit": "dongqiao.hall",
        },
    }

    assert "a81a36c16efe428efc6db838fd8db78ae7a9ad231124770921e9616b7d32a445" == receipt(raw).fingerprint()


@pytest.mark.parametrize(
    "changes",
    [
        {"relates_to": {"case": NUMBER, "relation": "repeat"}},
        {"relates_to": {"case": NUMBER, "relation": "same_receipt"}},
        {"settlement": SETTLEMENT},
        {"settlement": SETTLEMENT | {"words": "别的话"}},
        {"details": {}},
        {"received_at": NOW.isoformat()},
    ],
)
def test_every_field_tells_two_contents_apart(changes: dict[str, Any]) -> None:
    """The new ones as well."""
    known = [receipt(COMPLAINT), receipt(COMPLAINT | {"settlement": SETTLEMENT | {"words": "话"}})]

    assert receipt(COMPLAINT | changes).fingerprint() not in [one.fingerprint() for one in known]


@pytest.mark.parametrize(
    "written", ["2020-03-05T01:00:00Z", "2020-03-05T01:00:00.000+00:00", "2020-03-04T20:00:00-05:00"]
)
def test_the_same_instant_is_the_same_content_however_it_is_written(written: str) -> None:
    """Of the receipt itself, and of a time deep inside."""

    def content(at: str) -> dict[str, Any]:
        return COMPLAINT | {"received_at": at, "first_received": {"at": at, "unit": "dongqiao"}}

    known = receipt(content("2020-03-05T09:00:00+08:00")).fingerprint()

    assert known == receipt(content(written)).fingerprint()
    assert known != receipt(content("2020-03-05T09:00:01+08:00")).fingerprint()


def test_an_address_of_somebody_who_is_named_twice_is_sealed_once() -> None:
    """So that one letter goes there; people of other names who share it stay two (decision 68)."""
    again = {"name": "甲某", "email": "jia@customer.example", "address": "示例路9号"}
    people = [again, again, {"name": "乙某", "email": "jia@customer.example"}, {"name": "甲某", "email": "b@b.example"}]
    _, data = opened(EVERYTHING | {"group": {"size": 7, "members": [], "representatives": people}})

    assert data.complainant is not None
    assert data.group is not None
    first, second, other, elsewhere = data.group.representatives
    assert data.complainant.email == first.email == second.email
    assert data.complainant.address == first.address
    assert 3 == len({one.email.box for one in (first, other, elsewhere) if one.email})
