"""What runs: the supervisor's own record, and what each process says of itself."""

import shutil
import time
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from ops.local import broker as brokers
from ops.local import completeness, installation_alarms, process_alarms, supervisor_file
from shared.contract.topics import EVENTS, partitions_of
from shared.kernel.picking import ALARM_SECONDS
from shared.process.settings import Settings

UNPROVEN_ALARM = timedelta(days=1)
"""So long somebody has to look; then it is known, or nobody comes any more."""
LEAST_FREE_BYTES = 256 * 2**20
"""With less the brokers' next segments and the vault's next keys are soon refused."""
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
    may have; ``neglected``: the opinion boxes into which nobody looked since a review of theirs was missed; ``alarms``
    says in words of which somebody has to look. ``sendings`` counts letters on their way,
    ``sendings_postponed`` those of them that wait for their next attempt.
    """
    with httpx.Client(timeout=5) as client:
        rows = processes(settings)
        reports = {row["name"]: _report(client, row) for row in rows}
    furthest: dict[str, int] = {}
    for report in reports.values():
        for partition, position in report.get("positions", {}).items():
            furthest[partition] = max(furthest.get(partition, 0), position)
    short = uncovered(reports.values(), partitions_of(settings, EVENTS))
    found = [_row(row, reports[row["name"]], furthest, short) for row in rows]
    alarm_unread(found, {name for name, report in reports.items() if "dead_letters" in report})
    alarm_unproven(found, datetime.now(UTC))
    alarm_disk(found, settings.data, shutil.disk_usage(settings.data).free)
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
        "alarms": [*process_alarms.alarms(row, report, time.monotonic()), *alarms(row["name"], report)],
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


def alarms(name: str, report: dict[str, Any]) -> list[str]:
    """What of a process needs somebody: cases that it has held for longer than a minute, and what it cannot tell."""
    found = [*_work_alarms(name, report), *completeness.alarms(report.get("completeness"), ALARM_SECONDS)]
    if ownerless := report.get("ownerless", []):
        found.append(
            f"{name} knows nobody who may accept or handle {', '.join(ownerless)}: everybody is gone or a party "
            "concerned; name somebody in the organisation file (`redress reference publish organisation`), or assign "
            "another unit"
        )
    if neglected := report.get("neglected", []):
        found.append(
            f"{name} knows of no review of {', '.join(neglected)} since one was missed: look into the box and "
            "record it, late as it is (POST /v1/opinion-boxes/{unit}/reviews)"
        )
    if report.get("mail_server_away"):
        found.append(
            f"{name} finds no mail server that takes letters: {report['sendings']} wait and are tried again; "
            "notify.mail_server_away in its log says why (docs/how-to/runbooks/RedressMailServerAway.md)"
        )
    if report.get("systems_away"):
        found.append(
            f"{name} finds {report['systems_away']} channel systems that take no notices: "
            f"{report['notices_postponed']} wait, are tried again and given up after four days; "
            "notify.sending_postponed in its log says why (docs/how-to/receive-webhooks.md)"
        )
    if why := report.get("files_wait_for"):
        found.append(
            f"{name} has {report['files_waiting']} files in quarantine that nobody can open: {why} They are scanned as "
            "soon as a scanner answers (docs/how-to/operate.md)"
        )
    if (inbox := report.get("inbox_waits")) and inbox["oldest_seconds"] > ALARM_SECONDS:
        found.append(
            f"{name} has not answered {inbox_in_words(inbox)}: look in its log for inbox.held, which names what "
            "waits and why; the brokers delete what nobody has answered within 7 days"
        )
    if letters := report.get("dead_letters", 0):
        found.append(f"{name} has {letters} dead letters that wait: `redress dead-letters list` says what to do first")
    if waiting := report.get("announcements", 0):
        found.append(
            f"{name} has {waiting} dead letters that it cannot publish: look whether the vault and the topic "
            "complaints.dead-letters can be reached (dead_letter.waiting in its log names the error)"
        )
    for store, why in report.get("stores_not_written", {}).items():
        found.append(
            f"{name} cannot write down what it knows in {store} ({why}): nothing is lost, but it needs "
            "more and more memory, and reads the log anew at its next start; make room in the folder `stores`, or see "
            "that it may write there"
        )
    if why := report.get("database_away"):
        found.append(
            f"{name} cannot work with its database ({why}): calls are answered 503, and what it shows is as old as "
            "that; nothing is lost, the log has all of it. If server and disk are well it is damaged: "
            "`redress console rebuild`"
        )
    if lost := report.get("announcements_not_kept", 0):
        found.append(f"{name} did not keep {lost} more dead letters: mend what keeps them back, then start it anew")
    return found


def _work_alarms(name: str, report: dict[str, Any]) -> list[str]:
    """The cases that a process cannot go on with; what else waits for longer than a minute, for whatever reason."""
    held = report.get("held_cases", [])
    found = [f"{name} {in_words(one)}" for one in held if one["seconds"] > ALARM_SECONDS]
    oldest = report.get("oldest_owed_seconds", 0.0)
    if oldest > ALARM_SECONDS and not (found or report.get("blocked_total", 0)):
        found.append(
            f"{name} has {report['owed']} triggers to answer, the oldest for {oldest:.0f} s: if that number does not "
            f"fall, `redress logs {name}` says why"
        )
    return found


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


def alarm_disk(rows: list[dict[str, Any]], folder: Path, free: int) -> None:
    """Add an alarm at the first process where the disk is about to be full (``free``: bytes)."""
    if rows and free < LEAST_FREE_BYTES:
        rows[0]["alarms"].append(
            f"the disk of {folder} has {free // 2**20} MiB left: free some, or nothing can be taken in any more"
        )


def in_words(held: dict[str, Any]) -> str:
    """A case that waits: for how long, and why."""
    return f"holds case {held['case']} for {held['seconds']:.0f} s: {held['why']}"


def behind_in_words(row: dict[str, Any]) -> str:
    """How far a process lags behind the log's end, as far as it says so."""
    return "-" if row["behind_records"] is None else _with_seconds(row["behind_records"], row["behind_seconds"])


def owed_in_words(row: dict[str, Any]) -> str:
    """What a process has to answer, and for how long the oldest of it waits."""
    return _with_seconds(row["owed"], row["oldest_owed_seconds"])


def _with_seconds(number: int, seconds: float) -> str:
    return f"{number}, {seconds:.0f} s" if seconds >= 1 else str(number)


def inbox_in_words(inbox: dict[str, Any]) -> str:
    """What of the inbox is not answered."""
    if not inbox["records"]:
        return "nothing"
    return f"{inbox['records']} records, the oldest for {inbox['oldest_seconds']:.0f} s"


def waiting(row: dict[str, Any]) -> str:
    """The cases of a process that wait, or that nobody can read, in words for a person at the terminal."""
    named = [*row["held"], *row["blocked"]]
    more = row["held_total"] + row["blocked_total"] - len(named)
    return (", ".join(named) or "-") + (f" and {more:,} more" if more > 0 else "")


def candidates(rows: list[dict[str, Any]]) -> str | None:
    """What was found and waits for somebody to decide, in words; None where nothing does."""
    row = max(rows, key=lambda one: one.get("candidates_waiting", 0), default=None)
    if row is None or not row.get("candidates_waiting"):
        return None
    return f"{row['candidates_waiting']} wait for somebody to confirm or drop them, since {row['candidates_oldest']}"


def letters(row: dict[str, Any]) -> str:
    """The letters of a process in words for a person at the terminal."""
    parts = [f"{row['sendings']} under way"] if row["sendings"] else []
    parts += [f"{row['sendings_postponed']} to be tried again"] if row["sendings_postponed"] else []
    parts += ["mail server away"] if row["mail_server_away"] else []
    return ", ".join(parts) or "-"
