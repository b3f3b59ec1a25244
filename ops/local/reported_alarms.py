"""What a process reports that somebody has to see to, a row each: what is reported, and what is said of it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ops.local import completeness
from ops.local.status_words import in_words, inbox_in_words
from shared.process.metrics import ALARM_SECONDS


class Alarm(NamedTuple):
    """One thing that may be reported; where it is and is not empty, ``each`` makes of it what is said: mostly once.

    ``said`` is a format of the process's ``name``, of what ``each`` made (``it``), and of the whole ``report``.
    """

    reported: str
    said: str
    each: Callable[[Any], Iterable[object]] = lambda value: [value]


def _named(cases: list[str]) -> list[str]:
    return [", ".join(cases)]


def _too_long(inbox: dict[str, Any]) -> list[str]:
    return [inbox_in_words(inbox)] if inbox["oldest_seconds"] > ALARM_SECONDS else []


ALARMS = (
    Alarm(
        "ownerless",
        "{name} knows nobody who may accept or handle {it}: everybody is gone or a party concerned; name somebody in "
        "the organisation file (`redress reference publish organisation`), or assign another unit",
        _named,
    ),
    Alarm(
        "neglected",
        "{name} knows of no review of {it} since one was missed: look into the box and record it, late as it is "
        "(POST /v1/opinion-boxes/{{unit}}/reviews)",
        _named,
    ),
    Alarm(
        "mail_server_away",
        "{name} finds no mail server that takes letters: {report[sendings]} wait and are tried again; "
        "notify.mail_server_away in its log says why (docs/how-to/runbooks/RedressMailServerAway.md)",
    ),
    Alarm(
        "systems_away",
        "{name} finds {it} channel systems that take no notices: {report[notices_postponed]} wait, are tried again and "
        "given up after four days; notify.sending_postponed in its log says why (docs/how-to/receive-webhooks.md)",
    ),
    Alarm(
        "files_wait_for",
        "{name} has {report[files_waiting]} files in quarantine that nobody can open: {it} They are scanned as soon as "
        "a scanner answers (docs/how-to/operate.md)",
    ),
    Alarm(
        "inbox_waits",
        "{name} has not answered {it}: look in its log for inbox.held, which names what waits and why; the brokers "
        "delete what nobody has answered within 7 days",
        _too_long,
    ),
    Alarm(
        "dead_letters",
        "{name} has {it} dead letters that wait: `redress dead-letters list` says what to do first",
    ),
    Alarm(
        "announcements",
        "{name} has {it} dead letters that it cannot publish: look whether the vault and the topic "
        "complaints.dead-letters can be reached (dead_letter.waiting in its log names the error)",
    ),
    Alarm(
        "stores_not_written",
        "{name} cannot write down what it knows in {it[0]} ({it[1]}): nothing is lost, but it needs more and more "
        "memory, and reads the log anew at its next start; make room in the folder `stores`, or see that it may write "
        "there",
        dict.items,
    ),
    Alarm(
        "database_away",
        "{name} cannot work with its database ({it}): calls are answered 503, and what it shows is as old as that; "
        "nothing is lost, the log has all of it. If server and disk are well it is damaged: `redress console rebuild`",
    ),
    Alarm(
        "announcements_not_kept",
        "{name} did not keep {it} more dead letters: mend what keeps them back, then start it anew",
    ),
)


def alarms(name: str, report: dict[str, Any]) -> list[str]:
    """What of a process needs somebody: cases that it has held for longer than a minute, and what it cannot tell."""
    found = [*_work_alarms(name, report), *completeness.alarms(report.get("completeness"), ALARM_SECONDS)]
    for row in ALARMS:
        if value := report.get(row.reported):
            found += [row.said.format(name=name, it=it, report=report) for it in row.each(value)]
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
