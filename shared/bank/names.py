"""Names says what the bank's people and units are called, and when it is for the bank, as its organisation has it."""

from dataclasses import dataclass
from datetime import datetime

from shared.bank.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an organisation, for whoever tells what happened. Who is not in it any more is told by his id."""

    organisation: Organisation

    def person(self, id_: str, language: str) -> str:
        """The name of a person."""
        return self.organisation.people[id_].called(language)

    def unit(self, id_: str, language: str) -> str:
        """The name of a unit."""
        return self.organisation.units[id_].called(language)

    def local(self, instant: datetime) -> datetime:
        """An instant in the bank's time zone."""
        return self.organisation.day.local(instant)
