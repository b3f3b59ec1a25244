"""What codes in the tables for analysts mean, in both languages, from the lists that name them elsewhere."""

from typing import Final, get_args

from services.console.register.wording import CLOCKS, ORIGINS, OUTCOMES, RELATIONS, STATES
from shared.case.duty_kinds import KINDS
from shared.contract.channels import CHANNELS
from shared.contract.codes import Reason, RemedyKind, SatisfactionValue
from shared.contract.message_kinds import MESSAGES
from shared.contract.words import CODES, POSTS_CALLED

Words = dict[str, tuple[str, str]]
LEVELS: Final = ("normal", "hard", "major")
FOUND: Final = ("upheld", "partly_upheld", "not_upheld")


def _of(codes: tuple[str, ...]) -> Words:
    return {code: CODES[code] for code in codes}


LISTS: Final[dict[str, Words]] = {
    "`channel`": {code: (one.zh, one.en) for code, one in CHANNELS.items()},
    "`origin`": ORIGINS,
    "`state` of cases and events": STATES,
    "`reason` of cases": _of(get_args(Reason)),
    "`level` of cases": _of(LEVELS),
    "`satisfaction`": _of(get_args(SatisfactionValue)),
    "`outcome`": _of(FOUND) | OUTCOMES,
    "`relation`": RELATIONS,
    "`state` of clocks": CLOCKS,
    "`kind` of remedies": _of(get_args(RemedyKind)),
    "`kind` of duties, `milestone` of clocks": {kind: (one.zh, one.en) for kind, one in KINDS.items()},
    "`kind` of messages": {kind: (one.zh, one.en) for kind, one in MESSAGES.items()},
    "`debtor_post`, `escalated_from`, `escalated_to`": POSTS_CALLED,
}
"""Per column the codes that it holds, each in Chinese and in English."""
