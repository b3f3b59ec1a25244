"""Older versions of events, read as the newest: one pure function per step, ``upcast_<event>_v1_v2``.

The log is never rewritten; a version that was ever appended can be read for ever.
"""

from functools import lru_cache
from typing import Any

from shared.contract.bodies import IDS_JOINED
from shared.contract.envelope import Event, Step, from_json, name_and_version, type_of
from shared.contract.events.base import CATALOGUE
from shared.contract.records import Record
from shared.errors import TypeUnknown

V1_REASONS = {
    "ordinary": ["work_error", "service_attitude", "internal_management"],
    "complex": ["service_product", "service_channel", "violation"],
}
"""The classes of the only pack there was while deadlines were at version 1 (article 3)."""


def upcast_clock_event_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knows clocks of duties; before, every clock was the case's own."""
    return data | {"duty_id": None}


def upcast_clock_deadline_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says for which reasons the limit holds and what it counts; before, its pack and class told."""
    deadline = data["deadline"]
    more = {"reasons": V1_REASONS[deadline["complaint_class"]], "length": None}
    return data | {"duty_id": None, "deadline": deadline | more}


def upcast_clock_deadline_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows the classes of any pack; before, only the two of the only pack there was."""
    return data


def upcast_clock_recomputed_v3_v4(data: dict[str, Any]) -> dict[str, Any]:
    """Version 4 says what the limit was before, and knows a corrected receipt; before, neither was there."""
    return data | {"former_due_on": None, "former_due_at": None}


def upcast_complaint_received_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knows related cases and settlements; before, nobody could name them."""
    return data | {"relates_to": None, "settlement": None}


def upcast_receipt_added_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 keeps all that came in with a further receipt; before, only its matter."""
    return data | {
        "submitter": None,
        "first_received": None,
        "origin": None,
        "anonymous": None,
        "reachable_by": [],
        "language": None,
        "complainant": None,
        "group": None,
        "late_registration": None,
        "details": None,
        "warnings": [],
    }


def _with_title(complainant: dict[str, Any] | None) -> dict[str, Any] | None:
    return complainant if complainant is None else complainant | {"title": None}


def upcast_complaint_received_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows the customer's title, and the related case by its number; before, neither was kept."""
    relates = data["relates_to"]
    related = relates if relates is None else relates | {"case_number": None, "times": None}
    return data | {"complainant": _with_title(data["complainant"]), "relates_to": related}


def upcast_receipt_added_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows the customer's title; before, it was not kept."""
    return data | {"complainant": _with_title(data["complainant"])}


def _with_wishes(complainant: dict[str, Any] | None) -> dict[str, Any] | None:
    """A name alone said for whom somebody spoke: as what, and whether that was proved, was not kept."""
    if complainant is None:
        return None
    spoken_for = complainant["on_behalf_of"]
    if spoken_for is not None:
        spoken_for = {"name": spoken_for, "relation": "proxy", "authority": "claimed", "proof": None}
    return complainant | {"on_behalf_of": spoken_for, "prefers": None, "interpreter": None}


def _with_people(group: dict[str, Any] | None) -> dict[str, Any] | None:
    """People of a joint complaint were names alone."""
    if group is None:
        return None
    unknown: dict[str, Any] = {"phone": None, "email": None, "address": None, "reachable_by": []}
    members, speakers = ([{"name": one, **unknown} for one in group[who]] for who in ("members", "representatives"))
    return group | {"members": members, "representatives": speakers, "face_to_face": None}


def upcast_receipt_v3_v4(data: dict[str, Any]) -> dict[str, Any]:
    """Version 4 knows proxies, people of joint complaints and described staff; before, only names were kept."""
    return data | {
        "complainant": _with_wishes(data["complainant"]),
        "group": _with_people(data["group"]),
        "matter": data["matter"] | {"described_persons": []},
    }


def upcast_opinion_box_reviewed_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says whether it was late; before, no review was owed."""
    return data | {"late": False}


def upcast_evidence_added_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 tells a file by its content; before, only its sender said what it was, and nothing was scanned."""
    return data | {"content_type": None, "shown_name": None, "quarantined": False}


def upcast_complaint_received_v4_v5(data: dict[str, Any]) -> dict[str, Any]:
    """Version 5 says whether the remedy of a settlement was done on the spot; before, nobody said so."""
    return data | {"settlement": _not_said_done(data["settlement"])}


def upcast_settled_on_the_spot_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says whether the remedy was done on the spot; before, nobody said so, and nothing was owed."""
    return data | {"settlement": _not_said_done(data["settlement"])}


def _not_said_done(settlement: dict[str, Any] | None) -> dict[str, Any] | None:
    return settlement if settlement is None else settlement | {"remedy": settlement["remedy"] | {"done": False}}


def upcast_decision_made_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says of each remedy whether it is done already; before, nobody said so, and nothing was owed."""
    return data | {"remedies_offered": [remedy | {"done": False} for remedy in data["remedies_offered"]]}


def upcast_investigation_recorded_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 seals what is said of staff. Here is no key: what stands in the clear is only shown as if sealed."""
    named, label = data["persons_responsible"], "record-investigation"
    return data | {
        "fault": {"label": f"{label}.fault", "text": data["fault"]},
        "persons_responsible": {"label": f"{label}.persons_responsible", "text": IDS_JOINED.join(named)},
        "parties": named,
    }


def upcast_case_routed_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says whether the case is a major one from the start; before, none was."""
    return data | {"major": False}


def upcast_case_not_accepted_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 names the case that has the same matter; before, none was named."""
    return data | {"of_case": None}


def upcast_case_withdrawn_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 names the representatives who withdrew together; before, it was only said that all did."""
    return data | {"by": []}


def upcast_overrun_explained_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 opens a duty to keep the promise; before, the day was only told."""
    return data | {"promised_at": None}


def upcast_authority_checked_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says when the last day is over; before, the day was only told, and ended nothing."""
    return data | {"ends_at": None}


def upcast_message_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knows letters on paper and to mailboxes; before, every one was an e-mail to a person."""
    return data


def upcast_message_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows text messages; before, there was e-mail and paper."""
    return data


def upcast_message_sent_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 keeps what a gateway of text messages answered; before, there was none."""
    return data | {"gateway_reply": None}


def upcast_message_suppressed_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says to whom, and can be asked for again; before, neither was kept."""
    return data | {"message_id": None, "recipient": None}


def upcast_message_suppressed_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 says which fact it would have answered, and until when it is held; before, nothing was held."""
    return data | {"about": None, "held_until": None}


STEPS: dict[tuple[str, int], Step] = {
    ("ClockStarted", 1): upcast_clock_deadline_v1_v2,
    ("ClockRecomputed", 1): upcast_clock_deadline_v1_v2,
    ("ClockStarted", 2): upcast_clock_deadline_v2_v3,
    ("ClockRecomputed", 2): upcast_clock_deadline_v2_v3,
    ("ClockRecomputed", 3): upcast_clock_recomputed_v3_v4,
    ("ClockBreached", 1): upcast_clock_event_v1_v2,
    ("ClockMet", 1): upcast_clock_event_v1_v2,
    ("ClockStopped", 1): upcast_clock_event_v1_v2,
    ("ComplaintReceived", 1): upcast_complaint_received_v1_v2,
    ("ReceiptAdded", 1): upcast_receipt_added_v1_v2,
    ("ComplaintReceived", 2): upcast_complaint_received_v2_v3,
    ("ReceiptAdded", 2): upcast_receipt_added_v2_v3,
    ("ComplaintReceived", 3): upcast_receipt_v3_v4,
    ("ReceiptAdded", 3): upcast_receipt_v3_v4,
    ("EvidenceAdded", 1): upcast_evidence_added_v1_v2,
    ("OpinionBoxReviewed", 1): upcast_opinion_box_reviewed_v1_v2,
    ("ComplaintReceived", 4): upcast_complaint_received_v4_v5,
    ("SettledOnTheSpot", 1): upcast_settled_on_the_spot_v1_v2,
    ("DecisionMade", 1): upcast_decision_made_v1_v2,
    ("InvestigationRecorded", 1): upcast_investigation_recorded_v1_v2,
    ("CaseRouted", 1): upcast_case_routed_v1_v2,
    ("CaseNotAccepted", 1): upcast_case_not_accepted_v1_v2,
    ("CaseWithdrawn", 1): upcast_case_withdrawn_v1_v2,
    ("ClockWarned", 1): upcast_clock_event_v1_v2,
    ("OverrunExplained", 1): upcast_overrun_explained_v1_v2,
    ("AuthorityChecked", 1): upcast_authority_checked_v1_v2,
    ("MessageSendStarted", 1): upcast_message_v1_v2,
    ("MessageSent", 1): upcast_message_v1_v2,
    ("MessageFailed", 1): upcast_message_v1_v2,
    ("MessageSendStarted", 2): upcast_message_v2_v3,
    ("MessageSent", 2): upcast_message_sent_v2_v3,
    ("MessageFailed", 2): upcast_message_v2_v3,
    ("MessageSuppressed", 1): upcast_message_suppressed_v1_v2,
    ("MessageSuppressed", 2): upcast_message_suppressed_v2_v3,
}
"""From (name, version) to the function that makes the next version's data."""


def upcast(event: Event, steps: dict[tuple[str, int], Step] = STEPS) -> Event:
    """The event in its type's newest version.

    Raises:
        TypeUnknown: the version is newer than this code, or a step is missing.
    """
    newest = newest_of(event.type)
    while event.version != newest:
        step = steps.get((event.name, event.version))
        if event.version > newest or step is None:
            raise TypeUnknown(f"{event.type} cannot be read here: the newest known version is {newest}.")
        event = event._replace(data=step(event.data), type=type_of(event.name, event.version + 1))
    return event


@lru_cache(maxsize=1024)
def newest_of(type_: str) -> int:
    """The newest version of a type's event; its own where the catalogue does not know it."""
    name, version = name_and_version(type_)
    shape = CATALOGUE.get(name)
    return shape.version if shape else version


def event_from(record: Record) -> Event:
    """Read the event of a record, in its newest version. Raises Unreadable."""
    return upcast(from_json(record.value))
