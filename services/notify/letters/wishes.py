"""A receipt says of people who is complained of without a name, and how the customer wants to be reached. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from services.notify.letters.asked import Dossier, Draft, Fill, Quote
from services.notify.letters.fields import Field, Shape
from shared.contract.events.base import Sealed

DESCRIBED = Field(
    "described", "staff complained about whose id is not known, as they were described", Shape.ROW, always=False
)
TO_IDENTIFY = Field(
    "to_identify", "whether somebody was described, and no party was named by anybody so far", Shape.WHETHER
)
INTERPRETER = Field("interpreter", "what kind of interpreter the customer needs, in words", always=False)
INTERPRETED = Field("interpreted", "which language, dialect or signs, as it was typed", always=False)
WISH = Field("contact_wish", "the way that the customer wants to be reached by first, in words", always=False)
RECORDING = Field("recording", "whether the call was recorded, in words", always=False)
VISITORS = Field("visitors", "how many people came", Shape.NUMBER, always=False)
FACE_TO_FACE = Field("face_to_face", "how many people of a joint complaint came in person", Shape.NUMBER, always=False)
VISIT_AT = Field("visit_at", "day and time of the receipt, as the language writes them")
ROOM = Field("room", "the room in which the visitor was received, as it was typed", always=False)
INTERPRETERS: Final = {
    "zh": {"language": "语言翻译", "dialect": "方言翻译", "sign": "手语翻译"},
    "en": {"language": "of a language", "dialect": "of a dialect", "sign": "of sign language"},
}
CONTACT_WISHES: Final = {
    "zh": {
        "phone": "请先打电话（处理决定不自行寄发，由{}致电告知）", "letter": "希望收到纸质信函", "sms": "希望先发短信",
        "email": "希望以电子邮件联系",
    },
    "en": {
        "phone": "please ring first (the decision is not sent by itself: {} it by telephone)",
        "letter": "wants letters on paper", "sms": "wants a text message first",
        "email": "wants to be written to by e-mail",
    },
}  # fmt: skip
WHO_RINGS: Final = {"zh": ("承办人", "您"), "en": ("the handler tells", "you tell")}
"""Who tells a decision by telephone: somebody else than the reader, or he."""
RECORDINGS: Final = {
    "zh": {"kept": "已保存", "lost": "缺失", "none": "未录音"},
    "en": {"kept": "kept", "lost": "lost", "none": "none was made"},
}


def _receipt(dossier: Dossier) -> Any:
    return dossier.last("ComplaintReceived")


def _room(dossier: Dossier) -> Sealed | None:
    room = _receipt(dossier).details.get("room")
    return Sealed.model_validate(room) if room else None


def _described(draft: Draft) -> tuple[str, ...]:
    found = (draft.opened(name) for name in descriptions(draft.dossier))
    return tuple(one for one in found if one)


def _interpreter(draft: Draft) -> str | None:
    wanted = draft.dossier.customer.interpreter
    return INTERPRETERS[draft.language][wanted.kind] if wanted is not None else None


def _interpreted(dossier: Dossier) -> Sealed | None:
    wanted = dossier.customer.interpreter
    return wanted.name if wanted is not None else None


def _wish(draft: Draft) -> str | None:
    wished = draft.dossier.customer.prefers
    if wished is None:
        return None
    return CONTACT_WISHES[draft.language][wished].format(WHO_RINGS[draft.language][draft.is_in_charge()])


def _recording(draft: Draft) -> str | None:
    kept = _receipt(draft.dossier).details.get("recording")
    return RECORDINGS[draft.language][kept] if kept is not None else None


def _face_to_face(draft: Draft) -> int | None:
    group = _receipt(draft.dossier).group
    return group.face_to_face if group is not None else None


def descriptions(dossier: Dossier) -> Mapping[str, Sealed | None]:
    """How staff was described whose id is not known, in the first receipt and in further ones, sealed."""
    further = (Sealed.model_validate(one) for one in _described_later(dossier))
    return {f"described.{at}": said for at, said in enumerate((*_receipt(dossier).matter.described_persons, *further))}


def _described_later(dossier: Dossier) -> list[Any]:
    return [said for event in dossier.happened("ReceiptAdded") for said in event.data["matter"]["described_persons"]]


PEOPLE: dict[Field, Fill] = {
    DESCRIBED: _described,
    TO_IDENTIFY: lambda draft: bool(descriptions(draft.dossier)) and not draft.dossier.how_many("PartyConcernedNamed"),
    INTERPRETER: _interpreter,
    WISH: _wish,
    RECORDING: _recording,
    VISITORS: lambda draft: _receipt(draft.dossier).details.get("visitors"),
    FACE_TO_FACE: _face_to_face,
    VISIT_AT: lambda draft: draft.moment_of(_receipt(draft.dossier).received_at),
}
PEOPLES_TEXTS: dict[Field, Quote] = {INTERPRETED: _interpreted, ROOM: _room}
