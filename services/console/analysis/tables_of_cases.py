"""The tables that tell of cases: they are parted by the day of receipt, so that a day's files hold whole cases."""

from services.console.analysis.declared import Column, Declared, day_at, pseudonym_of, working_days_until
from services.console.statistics.counted_case import FOREVER

ANSWERED_ON = day_at("c.answered_us")
MATTERS = """(
  WITH RECURSIVE chain (case_id, at, hops) AS (
    SELECT l.case_id, l.related_case, 1 FROM "case" l WHERE l.relation = 'same_matter' AND l.related_case IS NOT NULL
    UNION ALL
    SELECT chain.case_id, l.related_case, chain.hops + 1 FROM chain JOIN "case" l ON l.case_id = chain.at
    WHERE l.relation = 'same_matter' AND l.related_case IS NOT NULL AND chain.hops < 100
  )
  SELECT one.case_id, one.at FROM (
    SELECT case_id, at, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY hops DESC) AS last FROM chain
  ) one WHERE one.last = 1
)"""
"""The case that a chain of links to the same matter ends at; a chain of a hundred goes round."""
OF_RECEIPT = "c.received_on = :day"
MARKS = (
    "SELECT c.received_on, COUNT(*), COALESCE(SUM(c.version), 0), COALESCE(MAX(c.last_offset), 0), "
    'COALESCE(SUM(c.events), 0) FROM "case" c WHERE c.received_on IS NOT NULL GROUP BY c.received_on'
)
"""Each event of a case raises its version."""
DAY = Column("day", "date", "c.received_on", "Bank day on which the case was received.")
CASE = Column("case_id", "text", "c.case_id", "The case.")

CASES = Declared(
    name="cases",
    says="One row per case, as it counts: facts that crossed others and were overtaken are left out.",
    source=f'"case" c LEFT JOIN {MATTERS} m ON m.case_id = c.case_id',
    key=("case_id",),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("case_number", "text", "c.case_number", "Its number, as the customer knows it."),
        Column("channel", "text", "c.channel", "Channel on which it was received."),
        Column("origin", "text", "c.origin_kind", "From where: `none` for inside; else it counts as from outside."),
        Column("state", "text", "c.state", "Its life, such as `in_handling` or `closed`."),
        Column("class", "text", 'c."class"', "`ordinary` or `complex`; nothing before the bank's own clock started."),
        Column("reason", "text", "c.reason", "Reason of the complaint; nothing before it is classified."),
        Column("level", "text", "c.level", "`normal`, `hard` or `major`."),
        Column("receiving_unit", "text", "c.receiving_unit", "Unit that received it."),
        Column("complained_unit", "text", "c.complained_unit", "Unit that it is about."),
        Column("accepting_unit", "text", "c.accepting_unit", "Unit whose post accepted it."),
        Column("handler_unit", "text", "c.handler_unit", "Unit of the handler."),
        Column("handler", "text", pseudonym_of("c.handler_person"), "Handler, under a pseudonym."),
        Column("received_at", "instant", "c.received_at", "When it was received."),
        Column("recorded_at", "instant", "c.recorded_at", "When the receipt was recorded."),
        Column("due_on", "date", "c.answer_due_on", "Day by which the bank answers: of its own clock, the last one."),
        Column("answered_at", "instant", "c.answered_at", "When the customer had the answer: a reply or settlement."),
        Column("answered_on", "date", ANSWERED_ON, "Bank day of the answer."),
        Column(
            "working_days_to_answer",
            "integer",
            f"{working_days_until(ANSWERED_ON)} - {working_days_until('c.received_on')}",
            "Working days after the day of receipt up to that of the answer; 0 on the same day.",
        ),
        Column("ended_at", "instant", "c.ended_at", "When it ended."),
        Column("in_time", "boolean", "c.in_time", "Whether the bank's own clocks were met in time; nothing meanwhile."),
        Column("breached", "boolean", "c.breached", "Whether one of the bank's own clocks was breached."),
        Column("clocks_judged", "integer", "c.clocks_judged", "How many of these clocks were met or breached."),
        Column("clocks_kept", "integer", "c.clocks_kept", "How many of these clocks were met in time."),
        Column("satisfaction", "text", "c.satisfaction", "What the customer said of the answer."),
        Column("outcome", "text", "c.outcome", "`upheld`, `partly_upheld`, `not_upheld` or `settled`."),
        Column("persons", "integer", "c.persons", "How many complain together."),
        Column("anonymous", "boolean", "c.anonymous", "Whether nobody knows who complains."),
        Column("relation", "text", "c.relation", "How it is related to another case, such as `repeat`."),
        Column("related_case", "text", "c.related_case", "The case that it is related to."),
        Column("matter", "text", "COALESCE(m.at, c.case_id)", "The first case of its matter, which counts once."),
        Column("not_accepted", "boolean", "c.not_accepted", "Whether it was not accepted: it counts nowhere."),
        Column("resolved", "boolean", "c.resolved", "Whether it ended with a reply or a settlement."),
        Column("escalated", "boolean", "c.escalated", "Whether somebody took it up the ladder (CaseEscalated)."),
        Column("escalated_from", "text", "c.escalated_from", "The rung from which it went up first."),
        Column("escalated_to", "text", "c.escalated_to_post", "The rung at which it is now."),
        Column("blocked", "boolean", "c.blocked IS NOT NULL", "Whether a record of it cannot be read."),
        Column("events", "integer", "c.events", "How many of its events count."),
        Column("version", "integer", "c.version", "How many events it has: grows with each."),
        Column("log_partition", "integer", 'c."partition"', "Partition of the log in which it lies."),
        Column("log_offset", "integer", "c.last_offset", "Place of its last event there."),
    ),
)  # fmt: skip

CLOCKS = Declared(
    name="clocks",
    says="One row per clock: a deadline of the bank on a case (no `duty_id`), or of one duty.",
    source='clock k JOIN "case" c ON c.case_id = k.case_id',
    key=("case_id", "clock_id"),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("clock_id", "text", "k.clock_id", "The clock."),
        Column("duty_id", "text", "k.duty_id", "Duty whose limit it is; nothing for the bank's own clock."),
        Column("milestone", "text", "k.milestone", "What has to be done by then."),
        Column("pack", "text", "k.pack", "Policy pack that says the limit."),
        Column("pack_version", "text", "k.pack_version", "Version of that pack."),
        Column("class", "text", "k.complaint_class", "Class of complaints by which it was reckoned."),
        Column("state", "text", "k.state", "`running`, `paused`, `met`, `breached` or `stopped`; a breach stays."),
        Column("started_at", "instant", "k.started_at", "From when it counts."),
        Column("target_on", "date", "k.target_on", "Day that is aimed at, where the class has one."),
        Column("due_on", "date", "k.due_on", "Last day."),
        Column("due_at", "instant", "k.due_at", "First instant that is too late."),
        Column("met_at", "instant", "k.met_at", "When that happened which it waits for."),
        Column("in_time", "boolean", "k.in_time", "Whether that was in time."),
        Column("late_by_working_days", "integer", "k.late_by_working_days", "How late the desk was, once it was met."),
        Column(
            "late_by_seconds",
            "integer",
            "k.late_by_seconds",
            "How long after its limit it was met; nothing where it was met in time, or not yet, or was not breached.",
        ),
        Column(
            "late_whose",
            "text",
            "k.late_whose",
            "Whose doing that was: of the `desk`, or of the `system` where a letter was all that was missing.",
        ),
        Column("breached_at", "instant", "k.breached_at", "When it was breached."),
        Column("breach_known_at", "instant", "k.breach_known_at", "When the breach was recorded."),
        Column(
            "breach_known_late_seconds",
            "integer",
            "k.breach_known_late_seconds",
            "How long after its due instant the breach was recorded: above 60 the system told it late.",
        ),
        Column("stopped_at", "instant", "k.stopped_at", "When it stopped counting, unmet."),
        Column("provisional", "boolean", "k.provisional", "Whether a year it touches has no official calendar."),
        Column("calendar", "text", "k.calendar", "Calendar by which it was reckoned."),
        Column("calendar_version", "text", "k.calendar_version", "Version of that calendar."),
    ),
)  # fmt: skip

DUTIES = Declared(
    name="duties",
    says="One row per duty: something that somebody owes on a case.",
    source='duty y JOIN "case" c ON c.case_id = y.case_id '
    "LEFT JOIN event e ON e.case_id = y.case_id AND e.ordinal = y.ended_ordinal",
    key=("case_id", "number"),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("number", "integer", "y.number", "Its place among the case's duties as they opened, from 0."),
        Column("duty_id", "text", "y.duty_id", "The duty."),
        Column("kind", "text", "y.kind", "What is owed."),
        Column(
            "level",
            "text",
            "y.level",
            "Unit whose level owes it, where levels do in turn; else which request, step or remedy it is about.",
        ),
        Column("state", "text", "y.state", "`open`, `discharged` or `waived`."),
        Column("debtor_unit", "text", "y.debtor_unit", "Unit that owes it."),
        Column("debtor_post", "text", "y.debtor_post", "Post by which it is owed."),
        Column("debtor", "text", pseudonym_of("y.debtor_person"), "Who owes it, under a pseudonym."),
        Column("owed_to", "text", "y.owed_to", "To whom: a unit, `customer`, `media` or a body."),
        Column("due_at", "instant", "y.due_at", "First instant that is too late, where it has a limit."),
        Column("ended_at", "instant", 'e."time"', "When it was discharged or waived."),
        Column("ended_by", "text", 'e."type"', "Type of the event that did that."),
    ),
)  # fmt: skip

MESSAGES = Declared(
    name="messages",
    says="One row per message on a case: to whom and how, never its words.",
    source='message g JOIN "case" c ON c.case_id = g.case_id',
    key=("case_id", "message_id"),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("message_id", "text", "g.message_id", "The message."),
        Column("kind", "text", "g.kind", "Which letter it is."),
        Column("state", "text", "g.state", "`started`, `sent`, `failed`, `held` or `suppressed`."),
        Column("to_unit", "text", "g.unit", "Unit that it goes to; nothing for the customer."),
        Column("to_person", "text", pseudonym_of("g.person"), "Whom of the bank it goes to, under a pseudonym."),
        Column("way", "text", "g.way", "How it was sent."),
        Column("at", "instant", "g.at", "When that happened."),
        Column("reason", "text", "g.reason", "Why it failed or was not sent."),
    ),
)  # fmt: skip

REMEDIES = Declared(
    name="remedies",
    says="One row per remedy that was granted to a customer.",
    source='remedy r JOIN "case" c ON c.case_id = r.case_id',
    key=("case_id", "number"),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("number", "integer", "r.number", "Its place among the case's remedies, from 1."),
        Column("kind", "text", "r.kind", "What was granted, such as `refund`."),
        Column("amount_minor", "integer", "r.amount_minor", "Money, in the currency's smallest unit."),
        Column("currency", "text", "r.currency", "Currency of that money."),
        Column("executed", "boolean", "r.executed", "Whether it was carried out."),
    ),
)  # fmt: skip

HISTORY = Declared(
    name="history",
    says="One row per way in which a case counted, and from when until when that was known.",
    source=f'counted_case h JOIN "case" c ON c.case_id = h.case_id LEFT JOIN {MATTERS} m ON m.case_id = h.case_id',
    key=("case_id", "ordinal"),
    of_day=OF_RECEIPT,
    marks=MARKS,
    columns=(
        DAY,
        CASE,
        Column("ordinal", "integer", "h.ordinal", "The event since which it counts so, among the case's events."),
        Column("known_from_us", "integer", "h.known_from", "From when that was known, in microseconds since 1970."),
        Column(
            "known_until_us",
            "integer",
            f"CASE WHEN h.known_to < {FOREVER} THEN h.known_to END",
            "Until when, likewise; nothing where it still counts so.",
        ),
        Column("received_on", "date", "h.received_on", "Bank day of the receipt, as it was known."),
        Column("channel", "text", "h.channel", "Channel on which it was received."),
        Column("reason", "text", "h.reason", "Reason of the complaint."),
        Column("origin", "text", "h.origin", "From where: `none` for inside."),
        Column("complained_unit", "text", "h.unit", "Unit that it is about."),
        Column("handler_unit", "text", "h.handler_unit", "Unit of the handler."),
        Column("handler", "text", pseudonym_of("h.handler"), "Handler, under a pseudonym."),
        Column("persons", "integer", "h.persons", "How many complain together."),
        Column("matter", "text", "COALESCE(m.at, h.case_id)", "The first case of its matter, which counts once."),
        Column("not_accepted", "boolean", "h.not_accepted", "Whether it was not accepted: it counts nowhere."),
        Column("resolved", "boolean", "h.resolved", "Whether it ended with a reply or a settlement."),
        Column("escalated", "boolean", "h.escalated", "Whether somebody took it up the ladder."),
        Column("clocks_judged", "integer", "h.clocks_judged", "How many of its own clocks were met or breached."),
        Column("clocks_kept", "integer", "h.clocks_kept", "How many of them were met in time."),
        Column("late_by_desk", "integer", "h.late_by_desk", "How many were met after their limit by the desk's doing."),
        Column("late_by_system", "integer", "h.late_by_system", "How many since only a letter of ours was missing."),
        Column("satisfaction", "text", "h.satisfaction", "What the customer said of the answer."),
    ),
)  # fmt: skip
