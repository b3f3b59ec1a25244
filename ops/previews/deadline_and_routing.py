"""Previews: what a deadline would be, and how a submission would be routed. Nothing is appended."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.local.reference import FROM_THE_BEGINNING, ReferenceFile, as_published, checked, of_kind
from services.intake.incoming_receipt import nobody_speaks, reachable
from services.routing.owners import Routing, rule_inputs
from services.routing.rules.evaluation import parse_rules
from services.routing.state import RoutingState, evolve
from services.sla.deadlines import compute
from shared.bank.in_force import calendar_in_force
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import PackInForce, parse_pack
from shared.bank.reference import version_of
from shared.contract.envelope import Event, type_of
from shared.contract.events.base import DutyOpened, Sealed, Versioned
from shared.contract.events.intake import ComplaintReceived
from shared.contract.submissions import SUBMISSIONS, Submission
from shared.errors import BadReference

BLANK = Sealed(label="preview", box="")


def deadline(
    pack_name: str | None, complaint_class: str | None, received: datetime, calendars: list[Path]
) -> dict[str, Any]:
    """Compute target and limit of a complaint, with every day counted and every day passed over.

    Without a pack it is the example organisation's, without a class that of unclassified complaints.

    Raises:
        BadReference: unknown pack or class, or a calendar file that is not valid.
    """
    bank = parse_organisation(checked(of_kind("organisation")[0]))
    file = _pack_file(pack_name or bank.bank.packs[0])
    text = checked(file)
    pack = parse_pack(text)
    class_ = complaint_class or pack.unclassified
    if class_ not in pack.classes:
        raise BadReference(f"{pack.id} has no class {class_!r}; known: {', '.join(sorted(pack.classes))}.")
    known = as_published([file, *([ReferenceFile("calendar", p.stem, p) for p in calendars] or of_kind("calendar"))])
    calendar = calendar_in_force(known, pack.calendar, FROM_THE_BEGINNING).calendar
    version = Versioned(id=pack.id, version=version_of(text))
    found = compute(PackInForce(pack, version), class_, received, calendar, bank.day)
    counted = calendar.explain(bank.day.date_of(received), found.due_on)
    return {
        "pack": pack.id,
        "pack_version": found.pack.version,
        "class": class_,
        "received_at": bank.day.local(received).isoformat(),
        "target_on": found.target_on.isoformat() if found.target_on else None,
        "due_on": found.due_on.isoformat(),
        "due_at": found.due_at.isoformat(),
        "provisional": found.provisional,
        "calendar": found.calendar.model_dump(),
        "counted": [d.isoformat() for d in counted.counted],
        "skipped": [{"date": d.isoformat(), "reason": reason} for d, reason in counted.skipped],
    }


def _pack_file(named: str) -> ReferenceFile:
    """The pack of this id among those that come with Redress, or the file of this name.

    Raises:
        BadReference: there is neither.
    """
    packs = {file.id: file for file in of_kind("pack")}
    if named in packs:
        return packs[named]
    if Path(named).is_file():
        return ReferenceFile("pack", Path(named).stem, Path(named))
    raise BadReference(f"There is no pack {named!r}, nor such a file; known: {', '.join(sorted(packs))}.")


def route(submission: dict[str, Any], organisation_file: Path) -> dict[str, Any]:
    """How a submission (the HTTP body plus ``channel``) would be routed today.

    Raises:
        BadReference: the organisation file is not valid. pydantic.ValidationError: the submission is not.
    """
    channel = submission.pop("channel", "phone")
    shape = SUBMISSIONS.get(channel, Submission).model_validate(submission)
    organisation = parse_organisation(checked(ReferenceFile("organisation", "bank", organisation_file)))
    rules_text = checked(of_kind("routing")[0])
    now = datetime.now(UTC)
    unit = shape.received_by.unit if shape.received_by else next(iter(organisation.units))
    _check_known(shape, organisation, organisation_file)
    receipt = ComplaintReceived.model_validate(
        {
            "case_number": "preview",
            "channel": channel,
            "submitter": "preview",
            "received_at": shape.received_at or now,
            "received_by": {"unit": unit, "person": shape.received_by.person if shape.received_by else None},
            "first_received": {"at": shape.received_at or now, "unit": unit},
            "origin": shape.origin.model_dump(),
            "anonymous": nobody_speaks(shape),
            "reachable_by": reachable(shape.complainant),
            "language": "zh",
            "complainant": None,
            "matter": shape.matter.model_dump(exclude={"narrative", "request", "complained_persons"})
            | {"narrative": BLANK, "complained_persons": shape.matter.known_persons},
            "details": shape.details.model_dump(),
            "fingerprint": "preview",
        }
    )
    state = received(receipt, now)
    process = parse_rules(rules_text)(*rule_inputs(organisation, state))
    routing = Routing(organisation, state, process, organisation.day.date_of(now), state.core.complained_unit)
    rule = Versioned(id="rules", version=version_of(rules_text))
    bank = Versioned(id="bank", version=version_of(checked(ReferenceFile("organisation", "bank", organisation_file))))
    decision = routing.decision(rule, bank).model_dump(mode="json")
    shown = ("rule", "first_asked", "accepting", "handler", "dispatch_chain", "report_chain", "refused", "fell_back")
    duties = [_duty(duty) for duty in routing.duty_maker("preview").all(process.duties)]
    return {key: decision[key] for key in shown} | {"duties": duties}


def _check_known(submission: Submission, organisation: Organisation, file: Path) -> None:
    """Check that the organisation file has every unit and person that a submission names. Raises BadReference."""
    by, first = submission.received_by, submission.first_received
    units = [by and by.unit, first and first.unit, submission.matter.complained_unit]
    people = [by and by.person, *submission.matter.known_persons]
    for what, named, known in (("unit", units, organisation.units), ("person", people, organisation.people)):
        for one in named:
            if one is not None and one not in known:
                raise BadReference(f"There is no {what} {one!r} in {file}.")


def received(receipt: ComplaintReceived, at: datetime) -> RoutingState:
    """Routing's state of a case that has just been received."""
    instant = at.isoformat()
    type_ = type_of("ComplaintReceived", receipt.version)
    data = receipt.model_dump(mode="json")
    event = Event("preview", "/redress/intake", type_, "preview", instant, instant, "", "", None, "", data)
    state = evolve(None, event)
    assert state is not None  # noqa: S101 - a receipt makes a state
    return state


def _duty(duty: DutyOpened) -> dict[str, Any]:
    return duty.model_dump(mode="json", include={"kind", "debtor", "creditor", "level", "state", "reason"})
