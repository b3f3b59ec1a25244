"""What a timeline says of each fact, in Chinese and in English. Pure; no sealed text is ever in a sentence.

A module per service that produces the facts, and per family of casework's; a type without a sentence fails a test.
"""

from shared.case.letter_readers import NOBODY_ELSE, Readers
from shared.case.sentences import (
    agreements,
    assignments,
    candidates,
    casework,
    corrections,
    intake,
    notify,
    passing,
    routing,
    sla,
    speakers,
)
from shared.case.sentences.telling import Names, Sentences, Telling
from shared.contract.envelope import Event

__all__ = ["SENTENCES", "Names", "tell"]

_MODULES = (intake, candidates, routing, casework, corrections, assignments, agreements, passing, speakers, sla, notify)
SENTENCES: Sentences = {name: said for module in _MODULES for name, said in module.SENTENCES.items()}


def tell(event: Event, names: Names, readers: Readers = NOBODY_ELSE) -> dict[str, str]:
    """What happened, by ``zh`` and ``en``; in the bank's names of people and units.

    Args:
        event: the fact.
        names: whoever knows what people and units are called.
        readers: whom letters of its case can go to besides the customer.

    Raises:
        KeyError: the catalogue has no such type.
    """
    zh, en = SENTENCES[event.name]
    return {
        "zh": zh(Telling(event.data, event, names, "zh", readers)),
        "en": en(Telling(event.data, event, names, "en", readers)),
    }
