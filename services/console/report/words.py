"""What the yearly report says, in both languages: titles, names of figures, definitions. Pure."""

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "title": "{unit}{year}年度客户投诉报告",
        "all": "全行",
        "subject": "统计期间{start}至{end}，按银行日期收到、被投诉单位为本单位及其下级单位的投诉",
        "counted": "截至{at}登记的事实；由{person}调取",
        "parties": "调取人为当事人的投诉不在其报告之内",
        "overview": "一、主要指标",
        "months": "二、各月投诉",
        "channels": "三、投诉渠道",
        "origins": "四、投诉来源",
        "reasons": "五、投诉原因",
        "units": "六、被投诉单位",
        "products": "七、产品",
        "handlers": "八、承办人",
        "satisfaction": "九、客户满意程度",
        "remedies": "十、补救措施",
        "definitions": "十一、指标说明",
        "figure": "指标",
        "value": "数值",
        "basis": "依据",
        "what": "说明",
        "answer": "评价",
        "by_month": "月份",
        "source": "来源：{source}",
        "by_hand": "调取时给出",
        "unknown": "未公布",
        "none": "无",
        "cases": "件数",
        "times": "次数",
        "money": "决定金额",
        "executed": "已执行金额",
        "unclassified": "未定类",
        "undetermined": "未确定",
        "not_named": "未说明",
        "nobody": "尚无承办人",
        "no_cases": "本期没有投诉。",
        "page": "第{at}页 共{all}页",
    },
    "en": {
        "title": "{unit}: customer complaints in {year}",
        "all": "The whole bank",
        "subject": "Complaints received from {start} to {end} by the bank's date, about this unit or one below it",
        "counted": "Counted from what was recorded by {at}; asked for by {person}",
        "parties": "Complaints in which whoever asks is a party concerned are not in his report",
        "overview": "1. Figures of the year",
        "months": "2. Complaints by month",
        "channels": "3. Channels",
        "origins": "4. Origin",
        "reasons": "5. Reasons",
        "units": "6. Units complained about",
        "products": "7. Products",
        "handlers": "8. Handlers",
        "satisfaction": "9. Satisfaction of customers",
        "remedies": "10. Remedies",
        "definitions": "11. What the figures mean",
        "figure": "Figure",
        "value": "Value",
        "basis": "Rests on",
        "what": "Meaning",
        "answer": "What the customer said",
        "by_month": "Month",
        "source": "source: {source}",
        "by_hand": "said when it was asked for",
        "unknown": "not published",
        "none": "none",
        "cases": "Cases",
        "times": "Times",
        "money": "Granted",
        "executed": "Carried out",
        "unclassified": "not classified",
        "undetermined": "not determined",
        "not_named": "not named",
        "nobody": "nobody yet",
        "no_cases": "No complaints in this period.",
        "page": "Page {at} of {all}",
    },
}
MONTHS: dict[str, list[str]] = {
    "zh": [f"{month}月" for month in range(1, 13)],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}

FIGURES: dict[str, tuple[str, str, str, str]] = {
    "complaints": (
        "投诉件数", "Complaints",
        "期间内收到的投诉；不作为投诉办理的不计，撤回的计入；同一事项计一件，多人共同投诉计一件",
        "received in the period; not those not accepted; the same matter and a joint complaint count once",
    ),
    "persons": ("投诉人数", "Persons", "共同投诉按人数计", "joint complaints count with all their people"),
    "per_10k_customers": (
        "万户投诉率", "Per 10,000 customers", "投诉件数÷客户数×10,000", "complaints ÷ customers × 10,000",
    ),
    "per_10k_transactions": (
        "万笔投诉率", "Per 10,000 transactions", "投诉件数÷业务笔数×10,000", "complaints ÷ transactions × 10,000",
    ),
    "inside": ("内部投诉", "Inside", "客户直接向本行提出", "the customer came to the bank himself"),
    "outside": (
        "外部转来", "Outside", "监管、政府、消费者组织或媒体转来",
        "passed on by a regulator, authority, consumer body or medium",
    ),
    "resolved_in_place_rate": (
        "网点解决率", "Resolved in place", "以答复或当场解决办结的投诉中未升级的占比",
        "of the cases that ended with a reply or a settlement, those that did not go up",
    ),
    "escalated": (
        "升级", "Escalated", "升级办理，或由涉及网点以外的单位承办",
        "went up, or is handled by a unit outside the outlet involved",
    ),
    "bypassed": (
        "越级", "Bypassed", "本行此前未收到，客户径向上级行或外部提出",
        "the customer went to a unit above or outside before the bank had it",
    ),
    "repeat": ("重复投诉", "Repeated", "就前一投诉再次提出", "received as a repeat of another complaint"),
    "joint": ("共同投诉", "Joint", "两人以上共同提出", "made by two people or more"),
    "registered_late": (
        "迟登记", "Registered late", "收到后超过一个工作日才登记，须说明原因",
        "entered more than one working day after receipt, which has to be explained",
    ),
    "on_time_rate": (
        "按时率", "On time", "行内时限已判定的，按时办结的占比；超过时限的不再计为按时",
        "of the bank's own limits that were judged, those kept; a missed one stays missed",
    ),
    "bodies_on_time_rate": (
        "按时答复转办单位", "On time for bodies", "对转办单位的答复时限，按时的占比",
        "the same of the answers to bodies that passed complaints on",
    ),
    "rate": (
        "满意率", "Rate of satisfied", "满意和基本满意在作出评价者中的占比",
        "satisfied and mostly satisfied among those who rated",
    ),
}  # fmt: skip
"""Name and definition in Chinese and English, as the report tells them (docs/explanation/statistics.md has all)."""
COLUMNS = (
    "complaints", "outside", "escalated", "bypassed", "repeat", "joint", "on_time_rate", "rate",
)  # fmt: skip
"""What the tables of a dimension tell of each value."""


def named(figure: str, language: str) -> str:
    """What a figure is called."""
    return FIGURES[figure][0 if language == "zh" else 1]


def meaning(figure: str, language: str) -> str:
    """How a figure is defined."""
    return FIGURES[figure][2 if language == "zh" else 3]
