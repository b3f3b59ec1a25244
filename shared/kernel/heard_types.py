"""Says of a record's type whether a service folds it, and under which name: each type is looked up once."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from shared.contract.envelope import name_and_version
from shared.contract.events.base import CATALOGUE
from shared.contract.ids import is_case
from shared.errors import TypeUnknown


class HeardTypes:
    """The types that a service hears, of cases and of what is told besides them. ``hears``: the names, by subject."""

    def __init__(self, service: str, hears: Callable[[str], AbstractSet[str]]) -> None:
        self._service, self._hears = service, hears
        self._of_cases: dict[bytes, str | None] = {}
        self._besides: dict[bytes, str | None] = {}

    def name_of(self, type_: bytes, key: str) -> str | None:
        """The name of a type that the service folds of such a subject, None for one that it does not.

        Raises:
            TypeUnknown: the catalogue does not know it; nothing is passed over in silence.
        """
        names = self._of_cases if is_case(key) else self._besides
        if type_ not in names:
            names[type_] = self._looked_up(type_.decode(), key)
        return names[type_]

    def _looked_up(self, type_: str, key: str) -> str | None:
        name, _ = name_and_version(type_)
        if name not in CATALOGUE:
            raise TypeUnknown(f"{type_} is not known to this version of {self._service}")
        return name if name in self._hears(key) else None
