"""The cases that wait because of a record, as far as somebody was told: what a verification says besides. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ops.local.letter_rules import in_order
from shared.contract.letter_standings import Standing, Standings
from shared.contract.records import Record


@dataclass
class Blocked:
    """A case that cannot be compared: where its first such record lies, the services that wait with it, their letters.

    ``set_aside``: two people decided that nothing is to be done about any of these.
    """

    case: str
    record: str
    why: str
    services: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    set_aside: bool = True

    def in_words(self) -> str:
        """What is said of it."""
        aside = "set aside" if self.set_aside else "`redress dead-letters list` says what waits"
        who = ", ".join(self.services)
        return f"but: case {self.case}, record {self.record}, in {who}: {self.why} ({aside})"


READABLE_HERE = "this version can read it: `redress dead-letters redrive`"


def blocked_cases(told: Standings, unread: Sequence[tuple[Record, str]]) -> tuple[list[Blocked], list[str]]:
    """The cases that services told of, and what cannot be read although no service told of its case."""
    why = {str(record.at): said for record, said in reversed(unread)}
    first = {record.key: said for record, said in reversed(unread)}
    found: dict[str, Blocked] = {}
    for one in in_order(_unreadable(told.by_id.values())):
        letter = one.letter
        said = why.get(letter.cause) or first.get(letter.case_id) or READABLE_HERE
        case = found.setdefault(letter.case_id, Blocked(letter.case_id, letter.cause, said))
        case.services.append(letter.service)
        case.letters.append(letter.id)
        case.set_aside = case.set_aside and one.state == "discarded"
    return list(found.values()), [said for record, said in unread if record.key not in found]


def _unreadable(standings: Iterable[Standing]) -> Iterable[Standing]:
    return (one for one in standings if one.letter.kind == "unreadable" and one.state != "settled")
