"""Examples for the OpenAPI document: invented people, fitting the example organisation file."""

from typing import Any

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
    "details": {"call_id": "c-20200305-17", "identity_verified": True},
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
