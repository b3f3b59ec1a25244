"""The register's columns (rules: default-register): key, Chinese and English header, and what stands in them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, NamedTuple

import orjson

from services.console.projection.tables import Row
from services.console.statistics.outlet_involved import is_escalated, outlet_involved
from shared.bank.organisation import Organisation
from shared.contract.amounts import major_units

Json = dict[str, Any]
Cell = str | int | bool | None
REGULATORS = ("regulator", "pbc")


class Holds(Enum):
    """What the text of a column is: somebody's words, a code, the id of a unit or person (several with "; ").

    A code of the bank's own lists stands beside its name, and alone where nobody gave it one.
    """

    TEXT = auto()
    CODE = auto()
    BANK_CODE = auto()
    UNIT = auto()
    PERSON = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """A line shows a case: its row, what is sealed of it as the reader may see it, its own clock, the bank.

    ``investigation``: the last one of the present round, empty where there is none. ``speakers``: who speaks for the
    customer, empty where nobody does.
    """

    row: Row
    receipt: Json
    investigation: Json
    speakers: Json
    clock: Row | None
    organisation: Organisation


class Column(NamedTuple):
    """A column has a key, two headers, a way to get its cell of a line, and says what its text is."""

    key: str
    zh: str
    en: str
    of: Callable[[Line], Cell]
    holds: Holds = Holds.TEXT


def _row(name: str) -> Callable[[Line], Cell]:
    return lambda line: line.row[name]


def _said(*path: str) -> Callable[[Line], Cell]:
    def look(line: Line) -> Cell:
        found: Any = line.receipt
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return "; ".join(found) if isinstance(found, list) else found

    return look


def _list(name: str) -> Callable[[Line], Cell]:
    return lambda line: "; ".join(orjson.loads(line.row[name] or "[]"))


def _found(name: str) -> Callable[[Line], Cell]:
    def look(line: Line) -> Cell:
        found = line.investigation.get(name)
        return "; ".join(found) if isinstance(found, list) else found

    return look


def _speaks(name: str) -> Callable[[Line], Cell]:
    """Of a proxy: as what he speaks, and what is known of his authority."""
    return lambda line: line.speakers.get(name)


def _speakers(line: Line) -> Cell:
    """The names of who speaks for the customer, or for a joint complaint, as they stand now."""
    people = [line.speakers.get("proxy"), *line.speakers.get("representatives", ())]
    return "; ".join(one["name"] for one in people if one and one["name"]) or None


def _at(of: Callable[[Line], Cell]) -> Callable[[Line], Cell]:
    """An instant in the bank's zone, whatever zone it was sent in."""

    def look(line: Line) -> Cell:
        found = of(line)
        return (
            line.organisation.day.local(datetime.fromisoformat(found)).isoformat() if isinstance(found, str) else found
        )

    return look


def _clock(name: str) -> Callable[[Line], Cell]:
    return lambda line: line.clock[name] if line.clock else None


def _contact(line: Line) -> Cell:
    who = line.receipt.get("complainant") or {}
    return "; ".join(who[name] for name in ("phone", "email", "address") if who.get(name)) or None


def _amount(line: Line) -> Cell:
    """An amount in major units, as people write it."""
    matter: Json = line.receipt.get("matter") or {}
    if matter.get("amount_minor") is None:
        return None
    return str(major_units(matter["amount_minor"], matter["currency"]))


def _escalated(line: Line) -> Cell:
    row = line.row
    return is_escalated(bool(row["escalated"]), row["complained_unit"], row["handler_unit"], line.organisation)


COLUMNS: tuple[Column, ...] = (
    Column("case_number", "投诉编号", "Case number", _row("case_number")),
    Column("external_number", "外部编号", "External number", _said("origin", "reference")),
    Column("related_case", "关联投诉", "Related case", _row("related_case")),
    Column("relation", "关联关系", "Relation", _row("relation"), Holds.CODE),
    Column("received_at", "投诉时间", "Received at", _at(_row("received_at"))),
    Column("recorded_at", "登记时间", "Recorded at", _at(_row("recorded_at"))),
    Column("source", "投诉来源", "Source", _row("origin_kind"), Holds.CODE),
    Column("repeat", "重复投诉", "Repeat", lambda line: line.row["relation"] == "repeat"),
    Column("receipts", "来件次数", "Times received", _row("receipts")),
    Column(
        "from_regulator", "监管转办", "Transferred by a regulator", lambda line: line.row["origin_kind"] in REGULATORS
    ),
    Column("channel", "受理渠道", "Channel", _row("channel"), Holds.CODE),
    Column("receiving_unit", "收件单位", "Receiving unit", _row("receiving_unit"), Holds.UNIT),
    Column("first_asked", "首问责任人", "First asked", _row("first_asked_person"), Holds.PERSON),
    Column("outside", "外部转来", "From outside", lambda line: line.row["origin_kind"] != "none"),
    Column("transferring_body", "转办单位", "Transferring body", _said("origin", "body")),
    Column("transferring_deadline", "转办单位答复日", "Transferring body's deadline", _said("origin", "reply_due_on")),
    Column("anonymous", "匿名", "Anonymous", _row("anonymous")),
    Column("complainant_name", "姓名", "Complainant", _said("complainant", "name")),
    Column(
        "identity_kind", "证件类型", "Kind of identity document", _said("complainant", "identity", "kind"), Holds.CODE
    ),
    Column("identity_number", "证件号码", "Identity number", _said("complainant", "identity", "number")),
    Column("contact", "联系方式", "Contact", _contact),
    Column("on_behalf_of", "代理", "On behalf of", _said("complainant", "on_behalf_of", "name")),
    Column("speakers", "代理人、代表", "Speakers for the customer", _speakers),
    Column("speaks_as", "代理身份", "Speaks as", _speaks("relation"), Holds.CODE),
    Column("authority", "代理权", "Authority", _speaks("authority"), Holds.CODE),
    Column("authority_until", "代理权至", "Authority until", _speaks("until")),
    Column("persons", "投诉人数", "Persons", _row("persons")),
    Column("narrative", "投诉内容", "Narrative", _said("matter", "narrative")),
    Column("request", "投诉诉求", "Request", _said("matter", "request")),
    Column("reason", "投诉原因", "Reason", _row("reason"), Holds.CODE),
    Column("class", "投诉类别", "Class", _row("class"), Holds.CODE),
    Column("jrt_channel", "业务办理渠道（JR/T 0169 A）", "Business channel (JR/T 0169 A)", _row("jrt_channel")),
    Column("jrt_business", "业务类别（JR/T 0169 B）", "Business (JR/T 0169 B)", _row("jrt_business")),
    Column("jrt_cause", "投诉原因（JR/T 0169 C）", "Cause (JR/T 0169 C)", _row("jrt_cause")),
    Column("product", "产品类型", "Product", _said("matter", "product"), Holds.BANK_CODE),
    Column(
        "business_channel", "业务渠道", "Channel of the business", _said("matter", "business_channel"), Holds.BANK_CODE
    ),
    Column("amount", "涉及金额", "Amount", _amount),
    Column("currency", "币种", "Currency", _said("matter", "currency")),
    Column("incident_at", "事发时间", "Incident at", _at(_said("matter", "incident_at"))),
    Column("complained_unit", "被投诉单位", "Complained unit", _row("complained_unit"), Holds.UNIT),
    Column(
        "place",
        "涉及网点",
        "Place",
        lambda line: outlet_involved(line.organisation, line.row["complained_unit"]),
        Holds.UNIT,
    ),
    Column(
        "complained_persons",
        "被投诉人员",
        "Persons complained about",
        _said("matter", "complained_persons"),
        Holds.PERSON,
    ),
    Column("parties_concerned", "当事人（回避）", "Parties concerned", _list("parties"), Holds.PERSON),
    Column("level", "投诉等级", "Level", _row("level"), Holds.CODE),
    Column("fault", "责任认定", "Fault", _found("fault"), Holds.CODE),
    Column("findings", "核实情况", "Findings", _found("findings")),
    Column("responsibility", "相关责任人", "Persons responsible", _found("persons_responsible"), Holds.PERSON),
    Column("measures", "整改措施", "Measures", _found("measures")),
    Column("state", "办理状态", "State", _row("state"), Holds.CODE),
    Column("accepting_unit", "受理部门", "Accepting unit", _row("accepting_unit"), Holds.UNIT),
    Column("accepting", "受理人", "Accepted by", _row("accepting_person"), Holds.PERSON),
    Column("handler_unit", "承办单位", "Handling unit", _row("handler_unit"), Holds.UNIT),
    Column("handler", "承办人", "Handler", _row("handler_person"), Holds.PERSON),
    Column("agent", "经办人", "Agent", _row("agent"), Holds.PERSON),
    Column("escalated", "升级", "Escalated", _escalated),
    Column("outcome", "处理决定", "Outcome", _row("outcome"), Holds.CODE),
    Column("remedies", "补救措施", "Remedies", _list("remedies"), Holds.CODE),
    Column("decided_at", "决定时间", "Decided at", _at(_row("decided_at"))),
    Column("replied_at", "答复时间", "Replied at", _at(_row("replied_at"))),
    Column("reported_at", "报告时间", "Reported at", _at(_row("reported_at"))),
    Column("satisfaction", "满意程度", "Satisfaction", _row("satisfaction"), Holds.CODE),
    Column("target_on", "目标日", "Target", _clock("target_on")),
    Column("due_on", "办理时限", "Limit", _clock("due_on")),
    Column("clock", "时限状态", "Clock", _clock("state"), Holds.CODE),
    Column("met_at", "办毕时间", "Met at", _at(_clock("met_at"))),
    Column("late_by_working_days", "超时限工作日", "Working days late", _clock("late_by_working_days")),
    Column("ended_at", "办结时间", "Ended at", _at(_row("ended_at"))),
    Column("retain_until", "保管至", "Kept until", _row("retain_until")),
)


def cells(line: Line) -> list[Cell]:
    """What stands in a line of the register."""
    return [column.of(line) for column in COLUMNS]
