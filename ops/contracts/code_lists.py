"""Every list of codes that records hold, with the words of each code."""

from typing import get_args

from shared.case.duty_kinds import KINDS
from shared.contract.channels import CHANNELS
from shared.contract.events.stored import codes
from shared.contract.message_kinds import MESSAGES
from shared.contract.words import BODIES, CODES, MAJOR_BECAUSE, POSTS_CALLED

GROWING: dict[str, tuple[str, ...]] = {
    "Channel": tuple(CHANNELS),
    "MessageKind": tuple(MESSAGES),
    "DutyKind": tuple(KINDS),
    "Post": tuple(POSTS_CALLED),
}
"""Lists that grow without a new version of what holds them: a reader passes over a code that it does not know."""
SPECIAL: dict[str, dict[str, tuple[str, str]]] = {
    "Channel": {code: (channel.zh, channel.en) for code, channel in CHANNELS.items()},
    "MessageKind": {kind: (called.zh, called.en) for kind, called in MESSAGES.items()},
    "DutyKind": {name: (kind.zh, kind.en) for name, kind in KINDS.items()},
    "Post": POSTS_CALLED,
    "OriginKind": BODIES,
    "MajorGround": MAJOR_BECAUSE,
}
"""Words that hold in one list alone."""


def code_lists() -> dict[str, dict[str, dict[str, str]]]:
    """Per list each code with its words in Chinese and English, as far as people ever read it."""
    lists = {name: get_args(kind) for name, kind in vars(codes).items() if not name.startswith("_") and get_args(kind)}
    return {name: {code: _words(name, code) for code in found} for name, found in sorted((GROWING | lists).items())}


def _words(name: str, code: str) -> dict[str, str]:
    zh, en = SPECIAL.get(name, {}).get(code) or CODES.get(code) or ("", "")
    return {"zh": zh, "en": en} if zh else {}
