"""What runs: the supervisor's own record, and what each process says of itself."""

import time
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from ops.local import broker as brokers
from ops.local import installation_alarms, process_alarms, reported_alarms, supervisor_file
from shared.contract.topics import EVENTS, partitions_of
from shared.process import disks
from shared.process.disks import LEAST_FREE_BYTES, Seen
from shared.process.settings import Settings

TAKES_IN = ("broker", "vault", "documents")
"""Parts of the data folder without which complaints, or the files that they bring along, are answered 503."""
UNPROVEN_ALARM = timedelta(days=1)
"""So long somebody has to look; then it is known, or nobody comes any more."""
_NONE = {"records": 0}
_UNKNOWN = {"records": None, "seconds": None}


def processes(settings: Settings) -> list[dict[str, Any]]:
    """The installation's processes. Raises NotRunning."""
    rows: list[dict[str, Any]] = supervisor_file.read(settings)["processes"]
    return rows


def status(settings: Settings) -> list[dict[str, Any]]:
    """Per process: name, pid, port, restarts, ready, lag (records not folded yet), owed, letters, waiting cases.

    ``behind_records`` and ``behind_seconds``: how far it has not come that the log goes, and how long it is known that
    the log goes there, None of one that does not say; ``lag`` holds it against the process that is furthest.
    ``oldest_owed_seconds``: how long the oldest trigger waits.
    ``completeness`` (the console's): whether every case came as far as it should have.
    ``partitions_unpublished`` (its too): partitions whose cases wait to be published, None: not counted yet.
    ``unproven``: per topic the records that nobody of this installation wrote; ``files_waiting``: files in
    quarantine; ``inbox``: what of the inbox is not answered; ``candidates_waiting``: what was found in media and
    networks and nobody has decided on, ``candidates_oldest``: since when the first of it waits.
    ``dead_letters``: those that are not tried again until somebody asks, ``inbox_refused``: those about records of the
    inbox, whose senders were answered; ``announcements``: dead letters that cannot be published yet,
    ``announcements_not_kept``: those that were too many.
    ``held`` and ``blocked`` name a hundred cases at most, of so many as ``held_total`` and ``blocked_total`` say.
    ``held_cases`` are those that wait longest, each with its seconds and its reason; ``ownerless`` those that nobody
    may have; ``neglected``: the opinion boxes into which nobody looked since a review of theirs was missed;
    ``passing``: `starting` or `stopping` of a process that is not up for that reason; ``alarms`` says in words of which
    somebody has to look. ``sendings`` counts letters on their way,
    ``sendings_postponed`` those of them that wait for their next attempt.
    """
    told = supervisor_file.read(settings)
    rows = supervisor_file.as_they_are(told)
    with httpx.Client(timeout=5) as client:
        reports = {row["name"]: _report(client, row) for row in rows}
    furthest: dict[str, int] = {}
    for report in reports.values():
        for partition, position in report.get("positions", {}).items():
            furthest[partition] = max(furthest.get(partition, 0), position)
    short = uncovered(reports.values(), partitions_of(settings, EVENTS))
    found = [_row(row, reports[row["name"]], furthest, short) for row in rows]
    process_alarms.add(found, rows, reports, told.get("phase", "running"), time.monotonic())
    alarm_unread(found, {name for name, report in reports.items() if "dead_letters" in report})
    alarm_unproven(found, datetime.now(UTC))
    alarm_disks(found, settings.data, disks.look(settings.data))
    installation_alarms.add(found, reports)
    return found


def uncovered(reports: Iterable[dict[str, Any]], partitions: int) -> list[str]:
    """The services that have nobody on some partition of the log: what lies there waits, and nobody counts it."""
    owned: dict[str, set[str]] = {}
    for report in reports:
        if "positions" in report:
            owned.setdefault(report["service"], set()).update(report["positions"])
    return [name for name, positions in owned.items() if len(positions) != partitions]


def _report(client: httpx.Client, row: dict[str, Any]) -> dict[str, Any]:
    """What a process says of itself; one without a settled page says at most whether it is ready.

    The broker has no page: it is asked in its own protocol. ``silent``: nothing was answered within seconds.
    """
    if row["health"] is None:
        serves = row["pid"] is not None and brokers.serves(row["port"])
        return {"ready": serves, "silent": not serves}
    try:
        if row["internal"] is not None:
            report: dict[str, Any] = client.get(f"{row['internal']}/internal/settled").json()
            return report
        return {"ready": client.get(row["health"]).status_code == httpx.codes.OK}
    except httpx.HTTPError:
        return {"ready": False, "silent": True}


def _row(
    row: dict[str, Any], report: dict[str, Any], furthest: dict[str, int], short: Collection[str]
) -> dict[str, Any]:
    """What is told of a process; one of a service that has nobody on some partition is not ready."""
    positions = report.get("positions", {})
    return {
        "name": row["name"],
        "pid": row["pid"],
        "port": row["port"],
        "restarts": row["restarts"],
        "ready": report.get("ready", row["pid"] is not None) and report.get("service") not in short,
        "lag": sum(furthest[p] - position for p, position in positions.items()),
        "behind_records": report.get("behind", _UNKNOWN)["records"],
        "behind_seconds": report.get("behind", _UNKNOWN)["seconds"],
        "owed": report.get("owed", 0) + report.get("sendings", 0),
        "oldest_owed_seconds": report.get("oldest_owed_seconds", 0.0),
        "sendings": report.get("sendings", 0),
        "sendings_postponed": report.get("sendings_postponed", 0),
        "mail_server_away": bool(report.get("mail_server_away", 0)),
        "held": report.get("held", []),
        "held_total": report.get("held_total", 0),
        "held_cases": report.get("held_cases", []),
        "ownerless": report.get("ownerless", []),
        "neglected": report.get("neglected", []),
        "alarms": reported_alarms.alarms(row["name"], report),
        "blocked": report.get("blocked", []),
        "blocked_total": report.get("blocked_total", 0),
        "completeness": report.get("completeness"),
        "partitions_unpublished": report.get("partitions_unpublished", 0),
        "unproven": report.get("unproven", {}),
        "files_waiting": report.get("files_waiting", 0),
        "inbox": report.get("inbox_waits"),
        "candidates_waiting": report.get("candidates_waiting", 0),
        "candidates_oldest": report.get("candidates_oldest"),
        "dead_letters": report.get("dead_letters", 0),
        "inbox_refused": report.get("inbox_refused", 0),
        "announcements": report.get("announcements", 0),
        "announcements_not_kept": report.get("announcements_not_kept", 0),
    }


def unproven(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per topic the process that met most of the records that nobody of ours wrote."""
    topics = sorted({topic for row in rows for topic in row["unproven"]})
    return {topic: max(rows, key=lambda one: one["unproven"].get(topic, _NONE)["records"]) for topic in topics}


def alarm_unproven(rows: list[dict[str, Any]], now: datetime) -> None:
    """Add an alarm per topic in which such records lie.

    What the brokers took longer ago stays shown, and is no alarm any more: nothing takes it out of the log.
    """
    for topic, row in unproven(rows).items():
        found = row["unproven"][topic]
        if now - datetime.fromisoformat(found["last_at"]) < UNPROVEN_ALARM:
            row["alarms"].append(
                f"{found['records']} records of {topic} were not written by this installation, the last at "
                f"{found['last']} ({found['last_at']}): {found['why']}. They count for nothing; `redress rebuild "
                "verify` names them. If our own keys were changed: docs/how-to/keys.md, the way back; else find out "
                "who can write to the topic, and change that password"
            )


def alarm_unread(rows: list[dict[str, Any]], tellers: Collection[str]) -> None:
    """Add an alarm at each process that cannot read a case of which no letter of ``tellers`` (dead ones) tells."""
    told = {case for row in rows if row["name"] in tellers for case in row["blocked"]}
    for row in rows:
        if row["name"] not in tellers and (unread := [case for case in row["blocked"] if case not in told]):
            row["alarms"].append(
                f"{row['name']} cannot read {', '.join(unread)}, and all others can: commands on it are refused, and "
                f"what {row['name']} knows of it stands still; upgrade it, or look for fold.case_blocked in its log"
            )


def alarm_disks(rows: list[dict[str, Any]], data: Path, seen: Seen) -> None:
    """Put an alarm first for each disk that is silent, sick or about to be full: it may be why all others are there."""
    said = [f"the disk of {folder} {why}" for folder, why in seen.wrong.items()]
    for folder, left in sorted(seen.free.items(), key=lambda one: one[1]):
        if left < LEAST_FREE_BYTES:
            stops = folder == data or folder.relative_to(data).parts[0] in TAKES_IN
            then = "nothing can be taken in any more" if stops else "what is to be written there waits"
            said.append(f"the disk of {folder} has {left // 2**20} MiB left: free some, or {then}")
    if rows:
        rows[0]["alarms"][:0] = said
