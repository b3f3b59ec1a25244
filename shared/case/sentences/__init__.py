"""What a timeline says of each fact, in Chinese and in English. Pure; no sealed text is ever in a sentence.

A module per service that produces the facts; a type without a sentence fails a test.
"""

from shared.case.sentences import casework, intake, notify, routing, sla
from shared.case.sentences.telling import Names, Sentences, Telling
from shared.contract.envelope import Event

__all__ = ["SENTENCES", "Names", "tell"]

SENTENCES: Sentences = intake.SENTENCES | routing.SENTENCES | casework.SENTENCES | sla.SENTENCES | notify.SENTENCES


def tell(event: Event, names: Names) -> dict[str, str]:
    """What happened, by ``zh`` and ``en``; in the bank's names of people and units.

    Raises:
        KeyError: the catalogue has no such type.
    """
    zh, en = SENTENCES[event.name]
    return {"zh": zh(Telling(event.data, event, names, "zh")), "en": en(Telling(event.data, event, names, "en"))}
