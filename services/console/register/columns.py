"""The register's columns (rules: default-register): key, Chinese and English header, and what stands in them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.console.projection.tables import Row
from services.console.statistics.outlet_involved import is_escalated, outlet_involved
from shared.bank.organisation import Organisation
from shared.contract.amounts import major_units

Json = dict[str, Any]
Cell = str | int | bool | None
REGULATORS = ("regulator", "pbc")


@dataclass(frozen=True, slots=True)
class Line:
    """A line shows a case: its row, its own clock, the organisation, and what is sealed of it as the reader may see it.

    ``receipt``: what came in, and beside it the ``fault`` that an investigation found.
    """

    row: Row
    receipt: Json
    clock: Row | None
    organisation: Organisation


class Column(NamedTuple):
    """A column has a key, two headers, and a way to get its cell of a line."""

    key: str
    zh: str
    en: str
    of: Callable[[Line], Cell]


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
    Column("relation", "关联关系", "Relation", _row("relation")),
    Column("received_at", "投诉时间", "Received at", _row("received_at")),
    Column("recorded_at", "登记时间", "Recorded at", _row("recorded_at")),
    Column("source", "投诉来源", "Source", _row("origin_kind")),
    Column("repeat", "重复投诉", "Repeat", lambda line: line.row["relation"] == "repeat"),
    Column("receipts", "来件次数", "Times received", _row("receipts")),
    Column(
        "from_regulator", "监管转办", "Transferred by a regulator", lambda line: line.row["origin_kind"] in REGULATORS
    ),
    Column("channel", "受理渠道", "Channel", _row("channel")),
    Column("receiving_unit", "接收单位", "Receiving unit", _row("receiving_unit")),
    Column("first_asked", "首问责任人", "First asked", _row("first_asked_person")),
    Column("outside", "外部转来", "From outside", lambda line: line.row["origin_kind"] != "none"),
    Column("transferring_body", "转办机构", "Transferring body", _said("origin", "body")),
    Column("transferring_deadline", "转办答复期限", "Transferring body's deadline", _said("origin", "reply_due_on")),
    Column("anonymous", "匿名", "Anonymous", _row("anonymous")),
    Column("complainant_name", "姓名", "Complainant", _said("complainant", "name")),
    Column("identity_kind", "证件类型", "Kind of identity document", _said("complainant", "identity", "kind")),
    Column("identity_number", "证件号码", "Identity number", _said("complainant", "identity", "number")),
    Column("contact", "联系方式", "Contact", _contact),
    Column("on_behalf_of", "代理", "On behalf of", _said("complainant", "on_behalf_of")),
    Column("persons", "投诉人数", "Persons", _row("persons")),
    Column("narrative", "投诉内容", "Narrative", _said("matter", "narrative")),
    Column("request", "投诉诉求", "Request", _said("matter", "request")),
    Column("reason", "投诉原因", "Reason", _row("reason")),
    Column("class", "投诉类别", "Class", _row("class")),
    Column("jrt_channel", "业务办理渠道(JR/T 0169 A)", "Business channel (JR/T 0169 A)", _row("jrt_channel")),
    Column("jrt_business", "业务类别(JR/T 0169 B)", "Business (JR/T 0169 B)", _row("jrt_business")),
    Column("jrt_cause", "投诉原因(JR/T 0169 C)", "Cause (JR/T 0169 C)", _row("jrt_cause")),
    Column("product", "产品类型", "Product", _said("matter", "product")),
    Column("business_channel", "业务渠道", "Channel of the business", _said("matter", "business_channel")),
    Column("amount", "涉及金额", "Amount", _amount),
    Column("currency", "币种", "Currency", _said("matter", "currency")),
    Column("incident_at", "事发时间", "Incident at", _said("matter", "incident_at")),
    Column("complained_unit", "被投诉单位", "Complained unit", _row("complained_unit")),
    Column("place", "涉及网点", "Place", lambda line: outlet_involved(line.organisation, line.row["complained_unit"])),
    Column("complained_persons", "被投诉人员", "Persons complained about", _said("matter", "complained_persons")),
    Column("parties_concerned", "回避人员", "Parties concerned", _list("parties")),
    Column("level", "投诉等级", "Level", _row("level")),
    Column("fault", "责任认定", "Fault", _said("fault")),
    Column("state", "处理状态", "State", _row("state")),
    Column("accepting_unit", "受理单位", "Accepting unit", _row("accepting_unit")),
    Column("accepting", "受理人", "Accepted by", _row("accepting_person")),
    Column("handler_unit", "承办单位", "Handling unit", _row("handler_unit")),
    Column("handler", "承办人", "Handler", _row("handler_person")),
    Column("agent", "经办人", "Agent", _row("agent")),
    Column("escalated", "升级", "Escalated", _escalated),
    Column("outcome", "处理结果", "Outcome", _row("outcome")),
    Column("remedies", "补救措施", "Remedies", _list("remedies")),
    Column("decided_at", "决定时间", "Decided at", _row("decided_at")),
    Column("replied_at", "答复时间", "Replied at", _row("replied_at")),
    Column("reported_at", "报告时间", "Reported at", _row("reported_at")),
    Column("satisfaction", "满意度", "Satisfaction", _row("satisfaction")),
    Column("target_on", "目标日期", "Target", _clock("target_on")),
    Column("due_on", "办理期限", "Limit", _clock("due_on")),
    Column("clock", "时限状态", "Clock", _clock("state")),
    Column("met_at", "完成时间", "Met at", _clock("met_at")),
    Column("late_by_working_days", "逾期工作日", "Working days late", _clock("late_by_working_days")),
    Column("ended_at", "办结时间", "Ended at", _row("ended_at")),
    Column("retain_until", "保管至", "Kept until", _row("retain_until")),
)


def headers() -> list[str]:
    """The headers in Chinese and English."""
    return [f"{column.zh} {column.en}" for column in COLUMNS]


def cells(line: Line) -> list[Cell]:
    """What stands in a line of the register."""
    return [column.of(line) for column in COLUMNS]
