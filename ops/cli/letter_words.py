"""What is said of dead letters at the terminal and in JSON. Pure."""

from datetime import datetime
from typing import Any

from shared.bank.bank_day import BankDay
from shared.contract.governance import GovernanceStep
from shared.contract.letter_standings import Standing
from shared.contract.letters import NOT_KEPT, LetterKind, LetterRecord

MEANS: dict[LetterKind, str] = {
    "unreadable": "the service reads the case anew, in place, with the code that it runs now; nothing is appended",
    "poison": "the service decides it again at once, instead of at its next try by itself",
    "command": "casework decides the command again, under its own id, as the case stands now",
    "inbox": "intake takes the record in again, under its own source and id, and answers it",
    "unproven": "nothing: nobody of ours wrote it, so it is never tried again (docs/how-to/keys.md); discard it",
}
"""What a redrive does, by what failed."""
UNKNOWN = "not told"
"""The reason of a letter of before reasons stood in the clear."""


def where(letter: LetterRecord) -> str:
    """Where the record lies, or what was to be answered."""
    if letter.kind == "unreadable":
        return f"complaints.events {letter.cause}"
    if letter.kind == "inbox":
        return f"complaints.{letter.case_id.replace('/', ' ')}"
    return letter.cause


def facts(one: Standing, ahead: Standing | None, day: BankDay) -> dict[str, Any]:
    """A letter as JSON: nothing that is sealed in it. ``ahead``: the one that it waits behind."""
    letter = one.letter
    return {
        "id": letter.id,
        "case_id": letter.case_id,
        "service": letter.service,
        "kind": letter.kind,
        "reason": letter.reason,
        "type": letter.type,
        "where": where(letter),
        "first_at": day.local(datetime.fromisoformat(letter.first_at)).isoformat(timespec="seconds"),
        "state": one.state,
        "failures": len(one.failures),
        "last_failure": one.failures[-1].reason if one.failures else None,
        "waits_behind": ahead.letter.id if ahead else None,
    }


def shown(one: Standing, ahead: Standing | None, day: BankDay, now: datetime) -> dict[str, Any]:
    """All that is in the clear of a letter, with what was decided about it."""
    letter = one.letter
    record = {"sha256": letter.record_sha256, "bytes": letter.record_bytes, "whole": letter.record_whole}
    record["kept"] = one.kept_at(now) and not _was_gone(one)
    steps = [step_facts(step, day) for step in one.steps]
    return facts(one, ahead, day) | {"record": record, "redrive": MEANS[letter.kind], "steps": steps}


def _was_gone(one: Standing) -> bool:
    """Whether a redrive found the record gone, which opens a letter again that was resolved long ago."""
    return one.letter.record_whole and any(step.reason == NOT_KEPT for step in one.steps)


def step_facts(step: GovernanceStep, day: BankDay) -> dict[str, Any]:
    """A step as JSON."""
    said = step.model_dump(mode="json", exclude_none=True, exclude={"letter", "service", "case"})
    return said | {"at": day.local(step.at).isoformat(timespec="seconds")}


def line(found: dict[str, Any]) -> str:
    """A letter in a line."""
    parts = [found["first_at"], found["service"], found["kind"], found["reason"] or UNKNOWN, found["type"]]
    parts += [found["where"] if found["where"] != found["case_id"] else None, found["id"], _state(found)]
    return "  ".join(part for part in parts if part)


def _state(found: dict[str, Any]) -> str:
    said = str(found["state"])
    if found["failures"]:
        said += f", redriven {found['failures']} times in vain, last: {found['last_failure']}"
    return said + (f", waits behind {found['waits_behind']}" if found["waits_behind"] else "")


def step_line(step: dict[str, Any]) -> str:
    """A step in a line."""
    who = step.get("who")
    agreed = f", {step['approved_by']} agreed" if step.get("approved_by") else ""
    by = f"by {who}{agreed} (account {step['account']})" if who else None
    more = [by, step.get("why"), f"ticket {step['ticket']}" if step.get("ticket") else None]
    more += [step.get("outcome"), step.get("reason"), "although it had failed too often" if step["again"] else None]
    return "  ".join([step["at"], step["kind"], *(part for part in more if part)])
