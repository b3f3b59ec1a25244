"""The door judges rights before anything is sealed or written, and shuts for whoever is refused again and again.

What is refused here is still recorded: the command goes to the worker without its body, and is refused there by the
same rights. Where routing has not said yet who has the case, the worker alone can judge.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, ClassVar

from services.casework.commands.declaration import Declaration
from services.casework.http.outcomes import REFUSED_WITHIN_SECONDS, CaseOutcomes
from services.casework.refusals import Forbidden
from services.casework.rights import Rights
from services.casework.state import waits_for_routing
from shared.bank.in_force import organisation_in_force
from shared.bank.reference import Reference
from shared.errors import RedressError
from shared.process.clock import DomainClock

REFUSALS_LIMIT = 20
"""As many refusals by rights of one subject on one case within an hour are recorded (contract 6)."""


class RefusedTooOften(RedressError):
    """You were refused by rights too often on this case: ask who may do this, and wait as Retry-After says."""

    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429


@dataclass(frozen=True, slots=True)
class Door:
    """Judges who may send what on which case, as the bank is now."""

    reference: Reference
    clock: DomainClock
    _under_way: Counter[tuple[str, str]] = field(default_factory=Counter)

    def zone(self) -> tzinfo:
        """The bank's time zone. Raises NotYet."""
        return organisation_in_force(self.reference, self.clock.now()).organisation.day.zone

    def lets_in(
        self, declared: Declaration[Any], state: CaseOutcomes | None, actor: str, body: Mapping[str, Any]
    ) -> bool:
        """Whether the actor may send this command, or whether only the worker can say so. Raises NotYet."""
        case = state.case if state else None
        if case is None or waits_for_routing(case):
            return True
        now = self.clock.now()
        organisation = organisation_in_force(self.reference, now).organisation
        rights = Rights(organisation, case.core, organisation.day.date_of(now))
        try:
            rights.part(rights.person(actor), declared.who, body)
        except Forbidden:
            return False
        return True

    def check_patience(self, case: str, state: CaseOutcomes | None, actor: str) -> None:
        """Raises RefusedTooOften."""
        now = self.clock.now().timestamp()
        refused = [at for who, at in (state.forbidden if state else ()) if who == actor]
        recent = sorted(at for at in refused if at > now - REFUSED_WITHIN_SECONDS)
        if len(recent) + self._under_way[actor, case] >= REFUSALS_LIMIT:
            oldest = recent[-REFUSALS_LIMIT] if len(recent) >= REFUSALS_LIMIT else now
            raise RefusedTooOften(retry_after=max(1, math.ceil(oldest + REFUSED_WITHIN_SECONDS - now)))

    @contextmanager
    def refusing(self, case: str, actor: str) -> Iterator[None]:
        """Count a refusal that is not in the log yet."""
        key = (actor, case)
        self._under_way[key] += 1
        try:
            yield
        finally:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]
