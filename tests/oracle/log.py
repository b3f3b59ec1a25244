"""What the log and the outbox must hold after any chaos, read from their raw bytes: imports nothing of the product."""

import json
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

ONCE = ("ComplaintReceived", "CaseRouted", "ClockStarted")


def faults(bodies: list[bytes], expected_cases: int, types: tuple[str, ...] = ONCE) -> list[str]:
    """Facts lost or doubled: each type exactly once per case (of clocks: per clock), no record of a worker twice.

    Intake appends outside transactions: a receipt whose confirmation was lost may lie there again under the same
    id, and readers drop it; so it is one fact here as well.
    """
    records: list[dict[str, Any]] = [json.loads(body) for body in bodies]
    of_workers = Counter(e["id"] for e in records if e["source"] != "/redress/intake")
    found = [f"event {id_} is there {n} times" for id_, n in of_workers.items() if n > 1]
    events = list({e["id"]: e for e in reversed(records)}.values())
    counts = Counter((e["type"].split(".")[1], e["subject"], e["data"].get("clock_id")) for e in events)
    for type_ in types:
        cases = {subject for name, subject, _ in counts if name == type_}
        if len(cases) != expected_cases:
            found.append(f"{type_}: {len(cases)} cases, not {expected_cases}")
        doubled = {case: n for (name, case, _), n in counts.items() if name == type_ and n > 1}
        found += [f"{type_} is there {n} times in {case}" for case, n in doubled.items()]
    return found


def letter_faults(bodies: list[bytes], outbox: Path) -> list[str]:
    """Letters lost: every MessageSendStarted has ended, every MessageSent lies in the outbox under its Message-ID."""
    events: list[dict[str, Any]] = [json.loads(body) for body in bodies]

    def ids(name: str) -> Counter[str]:
        return Counter(e["data"]["message_id"] for e in events if e["type"].split(".")[1] == name)

    started, sent = ids("MessageSendStarted"), ids("MessageSent")
    headers = [message_from_bytes(path.read_bytes())["Message-ID"] for path in outbox.glob("*.eml")]
    delivered = {str(header).strip("<>").split("@")[0].split(".")[0] for header in headers}
    found = [f"sending {m} never ended" for m in started - sent]
    found += [f"{m} was recorded {n} times" for m, n in sent.items() if n > 1]
    found += [f"letter {m} is not in the outbox" for m in set(sent) - delivered]
    return found + [f"letter {m} is not in the log" for m in delivered - set(sent)]
