"""Examples for the OpenAPI document: invented people, fitting the example organisation file."""

from typing import Any

from shared.contract.channel_details import DETAILS, PhoneDetails

CASE_ID = "457f2591-0d13-5912-9374-760017d65411"
CASE_NUMBER = "20200305-1908470801-4"
EVENT_ID = "c241f0cd-5f87-5430-a5a8-2125e79ebcc0"

MATTER: dict[str, Any] = {
    "narrative": "在柜台等了一个小时,没有人理会。",
    "reason": "service_attitude",
    "complained_unit": "dongqiao.hall",
    "request": "希望道歉并说明原因。",
}
COMPLAINT: dict[str, Any] = {
    "received_by": {"unit": "dongqiao", "person": "lin.fang"},
    "complainant": {"name": "甲某", "phone": "0000-5550001", "email": "jia@customer.example"},
    "matter": MATTER,
    "details": PhoneDetails.example,
}
SETTLEMENT: dict[str, Any] = {
    "findings": "叫号机故障,柜台未及时引导。",
    "remedy": {"kind": "fee_waiver", "amount_minor": 2000, "currency": "CNY", "words": "免收当日手续费。"},
    "words": "已当面致歉并说明原因。",
    "customer_agreed": True,
    "agreed_proof": "通话录音 c-20200305-18,第 4 分钟。",
    "satisfaction": {"value": "satisfied"},
    "lessons_and_measures": "叫号机故障时由大堂经理人工叫号。",
    "treatment_of_persons": "无责任人,已提醒当班人员。",
    "handler_and_phone": "林芳,0000-5550111",
    "remedies_told": True,
    "copy_to": ["dongqiao.operations"],
}
SUBMISSIONS: dict[str, dict[str, Any]] = {
    "complaint": {"summary": "A complaint by telephone", "value": COMPLAINT},
    "anonymous": {
        "summary": "Nobody knows who called, and of which unit it was",
        "value": {"matter": {"narrative": "有人在营业厅门口吸烟,无人制止。"}},
    },
    "settled": {
        "summary": "Settled on the spot, with the customer's consent",
        "value": COMPLAINT | {"settlement": SETTLEMENT},
    },
    "repeat": {
        "summary": "A new complaint that repeats an earlier one",
        "value": COMPLAINT | {"relates_to": {"case": CASE_NUMBER, "relation": "repeat"}},
    },
    "same_receipt": {
        "summary": "The same complaint once more: added to its case, no new one",
        "value": COMPLAINT | {"relates_to": {"case": CASE_NUMBER, "relation": "same_receipt"}},
    },
}
ON_EACH: dict[str, dict[str, Any]] = {
    code: COMPLAINT | {"received_by": {"unit": "dongqiao"}, "details": details.example}
    for code, details in DETAILS.items()
}
"""A complaint on each open channel."""
TAKEN: dict[str, Any] = {
    "case_id": CASE_ID,
    "case_number": CASE_NUMBER,
    "event_id": EVENT_ID,
    "received_at": "2020-03-05T10:00:00+08:00",
    "log": {"partition": 2, "offset": 41},
}
EVIDENCE_TAKEN: dict[str, Any] = {
    "event_id": "27e1ca85-b85b-5414-95ee-8b111d5b751d",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "log": {"partition": 2, "offset": 44},
}
BOX_REVIEWS: dict[str, dict[str, Any]] = {
    "empty": {
        "summary": "Looked into before the box closed; nothing was in it",
        "value": {
            "date": "2020-03-05",
            "opened_at": "2020-03-05T16:40:00+08:00",
            "reviewer": "mo.ran",
            "witness": "he.yun",
            "entries_found": 0,
        },
    },
}
BOX_REVIEWED: dict[str, Any] = {
    "event_id": "2c9c1d0e-7d0f-5b8a-9a38-5f0a5f2a7c11",
    "unit": "dongqiao",
    "date": "2020-03-05",
    "late": False,
    "log": {"partition": 3, "offset": 17},
}
CANDIDATE_ID = "5a1f0a5e-6f0b-5c0c-8c1c-2b9f0a4b7d10"
CANDIDATES: dict[str, dict[str, Any]] = {
    "post": {
        "summary": "A post in a network",
        "value": {
            "channel": "online",
            "found_at": "2020-03-05T09:30:00+08:00",
            "outlet": "某社交平台",
            "url": "https://network.example/p/17",
            "author": "网友甲",
            "words": "在东侨营业厅排队两小时,没有人管。",
        },
    },
}
CANDIDATE_TAKEN: dict[str, Any] = {
    "candidate": CANDIDATE_ID,
    "event_id": "0d0a7f6e-3d3f-5d25-9d2c-0a4b1c2d3e4f",
    "state": "open",
    "log": {"partition": 1, "offset": 7},
}
DROPS: dict[str, dict[str, Any]] = {
    "praise": {"summary": "It is praise", "value": {"ground": "not_a_complaint", "words": "是表扬。"}},
}
CANDIDATE_DROPPED: dict[str, Any] = CANDIDATE_TAKEN | {"state": "dropped", "log": {"partition": 1, "offset": 9}}
