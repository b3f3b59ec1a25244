"""The tables that tell of events by when they were recorded, and of the bank: its units and its days."""

from services.console.analysis.declared import Column, Declared, day_at, pseudonym_of

ACTOR = f"CASE WHEN substr(e.actor, 1, 7) = 'person:' THEN {pseudonym_of('substr(e.actor, 8)')} ELSE e.actor END"
KNOWN_ON = day_at("e.known_us")

EVENTS = Declared(
    name="events",
    says="One row per record of the log: what happened, when, and what the case was afterwards; never what it says.",
    source="event e",
    key=("case_id", "ordinal"),
    of_day="e.known_us >= :from_us AND e.known_us < :until_us",
    marks=(
        "SELECT d.day, COUNT(*), COALESCE(SUM(CASE WHEN e.overtaken THEN 1 ELSE 0 END), 0), MAX(e.known_us), "
        "SUM(e.ordinal), COUNT(e.entered) FROM bank_day d JOIN event e ON e.known_us >= d.from_us AND e.known_us < "
        "COALESCE((SELECT MIN(n.from_us) FROM bank_day n WHERE n.from_us > d.from_us), 9000000000000000000) "
        "GROUP BY d.day"
    ),
    columns=(
        Column("day", "date", KNOWN_ON, "Bank day on which it was recorded: days that have passed change no more."),
        Column("case_id", "text", "e.case_id", "The case."),
        Column("ordinal", "integer", "e.ordinal", "Its place among the case's events, from 0."),
        Column("event_id", "text", "e.id", "The event."),
        Column("type", "text", 'e."type"', "Its type, such as `redress.CaseClosed.v1`."),
        Column("source", "text", "e.source", "Service that published it."),
        Column("time", "instant", 'e."time"', "When it happened."),
        Column("recorded_at", "instant", "e.recordedtime", "When it was recorded."),
        Column("known_us", "integer", "e.known_us", "The same in microseconds since 1970, for differences."),
        Column("actor", "text", ACTOR, "Who acted: a person under a pseudonym, a channel system or a service."),
        Column("caused_by", "text", "e.causationid", "What it answers."),
        Column("state", "text", "e.state", "The life of the case after it."),
        Column("entered", "text", "e.entered", "The same, where the case came to it by this event."),
        Column("overtaken", "boolean", "e.overtaken", "Whether another fact overtook it: it is without effect."),
        Column("log_partition", "integer", 'e."partition"', "Partition of the log in which it lies."),
        Column("log_offset", "integer", 'e."offset"', "Its place there."),
    ),
)  # fmt: skip

ORGANISATION = Declared(
    name="organisation",
    says="One row per unit and version of the organisation file; the highest `version_number` came into force last.",
    source="bank_unit u",
    key=("version_number", "unit"),
    of_day="u.effective_on = :day",
    marks="SELECT u.effective_on, COUNT(*), MAX(u.version_number), MIN(u.version), MAX(u.version) "
    "FROM bank_unit u GROUP BY u.effective_on",
    columns=(
        Column("day", "date", "u.effective_on", "Bank day from which the version is in force."),
        Column("version_number", "integer", "u.version_number", "Number of the version, from 1."),
        Column("version", "text", "u.version", "Version, as events name it."),
        Column("unit", "text", "u.unit", "The unit."),
        Column("name", "text", "u.name", "Its name."),
        Column("name_en", "text", "u.name_en", "Its name in English, where it has one."),
        Column("kind", "text", "u.kind", "`head_office`, `branch`, `sub_branch`, `outlet` or `department`."),
        Column("parent", "text", "u.parent", "The unit above it."),
        Column("path", "text", "u.path", "All units from the top to it, each between slashes."),
        Column("outlet", "text", "u.outlet", "Nearest outlet or sub-branch at or above it: the outlet involved."),
        Column("until", "date", 'u."until"', "Its last day, where it was given up."),
    ),
)  # fmt: skip

DAYS = Declared(
    name="days",
    says="One row per day of the bank: the difference of two `working_days` counts the working days between two days.",
    source="bank_day d",
    key=("day",),
    of_day=None,
    marks=None,
    columns=(
        Column("day", "date", "d.day", "The day, as the bank's time zone has it."),
        Column("day_number", "integer", "d.day_number", "Its number: the difference of two counts the days."),
        Column("begins_us", "integer", "d.from_us", "When it begins, in microseconds since 1970."),
        Column("month", "text", "d.month", "Its month, such as `2026-04`."),
        Column("week", "text", "d.week", "Its week (ISO 8601), such as `2026-W15`."),
        Column("working", "boolean", "d.working", "Whether the bank works on it."),
        Column("working_days", "integer", "d.working_days", "How many working days there were up to its end."),
    ),
)  # fmt: skip
