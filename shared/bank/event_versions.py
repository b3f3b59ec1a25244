"""Says in which version an event may be written: the newest that reference data allow, once there are any of it. Pure.

While processes of two versions work side by side, the newer ones write what the older ones can read. Who upgrades them
publishes the new versions once all are new (``docs/how-to/upgrade.md``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.bank.reference import Reference, ReferenceDocument
from shared.bank.reference_file import read_yaml
from shared.contract import case_versions
from shared.contract.downcasting import STEPS_BACK, downcast
from shared.contract.envelope import SCHEMAS, Event, outgoing
from shared.contract.events.base import CATALOGUE
from shared.contract.records import Outgoing
from shared.contract.upcasting import upcast
from shared.errors import BadReference

VERSIONS, EVENTS = "versions", "events"
"""The kind of the document, and the one id it is published under."""
FIRST = 1
"""What may be written of a type that the document does not name."""
HIGHEST, LONGEST_NAME = 9999, 100
"""Far beyond any version and any name of a type: what is beyond them is a slip, and no line of an error holds it."""
NAMED = 10
"""Types that an error names; of more it says the number."""
Versions = Mapping[str, int]


class Recorded(NamedTuple):
    """An event as everybody will read it, and its record."""

    event: Event
    record: Outgoing


class Recording(NamedTuple):
    """Makes the records of events, each in the version that may be written when it is recorded.

    ``schemas_at``: where the schemas of the events are found.
    """

    reference: Reference
    schemas_at: str = SCHEMAS

    def of(self, event: Event) -> Recorded:
        """The record of an event, which is in its newest version. Raises NotYet: it has to wait for reference data."""
        allowed = allowed_version(self.reference, event.name, event.recorded_at)
        if allowed is None or allowed >= event.version:
            return Recorded(event, outgoing(event, self.schemas_at))
        written = downcast(event, allowed)
        return Recorded(upcast(written), outgoing(written, self.schemas_at))


def allowed_version(reference: Reference, name: str, at: datetime) -> int | None:
    """The newest version of a type that may be written at an instant; None while nobody has published any.

    Of all that is in force by then the highest counts: two people who publish at once do not see each other, and what
    one of them allowed may be in the log.
    """
    said = [one for one in reference.versions(VERSIONS, EVENTS) if one.effective_from <= at]
    return max((reference.parsed(one, parse_versions).get(name, FIRST) for one in said), default=None)


def allowed_at_last(reference: Reference) -> Versions | None:
    """What may be written once all that is published is in force; None while nobody has published any."""
    published = [reference.parsed(one, parse_versions) for one in reference.versions(VERSIONS, EVENTS)]
    names = {name for one in published for name in one}
    return {name: max(one.get(name, FIRST) for one in published) for name in names} if published else None


def case_version(reference: Reference, at: datetime) -> int:
    """The version in which cases are told on `complaints.cases`: the newest known that is allowed.

    Version 1 also while nobody has published any: who reads them was not asked.
    """
    allowed = allowed_version(reference, case_versions.NAME, at) or FIRST
    return min(allowed, case_versions.NEWEST)


def known_versions() -> dict[str, int]:
    """The newest version of every type that this code writes: of events, and of cases as they count."""
    return {name: shape.version for name, shape in CATALOGUE.items()} | {case_versions.NAME: case_versions.NEWEST}


def parse_versions(content: str) -> Versions:
    """The versions by type; also of types and versions that only newer code knows. Raises BadReference."""
    found = read_yaml(content, VERSIONS)
    if not isinstance(found, dict) or not all(_is_name(name) and _is_version(at) for name, at in found.items()):
        raise BadReference("versions: each line has to be a type of event and its version, such as `DecisionMade: 2`.")
    return found


def parse_known_versions(content: str) -> Versions:
    """The same of a file that is to be published: this code has to know what it allows. Raises BadReference."""
    found = parse_versions(content)
    if unknown := unknown_versions(found):
        raise BadReference(
            f"versions: this version of Redress does not know {_some(unknown)}: publish it with the version that "
            "does, once every process has been upgraded to that."
        )
    if stuck := without_step_back(found):
        raise BadReference(
            f"versions: {', '.join(stuck)} cannot be written as anything older, so whatever needs it would wait: "
            "allow at least these (`redress schemas export` writes the file)."
        )
    return found


def unknown_versions(allowed: Versions) -> list[str]:
    """What is allowed and this code cannot read."""
    newest = known_versions()
    return [f"{name}.v{version}" for name, version in sorted(allowed.items()) if version > newest.get(name, 0)]


def without_step_back(allowed: Versions) -> list[str]:
    """What this code writes and no step leads back from to what is allowed: those of before there were steps."""
    newest = {name: shape.version for name, shape in CATALOGUE.items()}
    beyond = ((name, at) for name, top in sorted(newest.items()) for at in range(allowed.get(name, FIRST) + 1, top + 1))
    return [f"{name}.v{at}" for name, at in beyond if (name, at) not in STEPS_BACK]


def not_allowed_yet(allowed: Versions) -> list[str]:
    """What this code could write and is not allowed yet."""
    newest = known_versions()
    return [f"{name}.v{version}" for name, version in sorted(newest.items()) if version > allowed.get(name, FIRST)]


def check_rising(known: Reference, new: Iterable[ReferenceDocument]) -> None:
    """See that no version is allowed any more that was allowed before: the log may hold it, and who reads it has to.

    Raises:
        BadReference: one is not; it is named.
    """
    for document in new:
        if document.kind != VERSIONS:
            continue
        said = parse_versions(document.content)
        for other in known.versions(VERSIONS, EVENTS):
            theirs = known.parsed(other, parse_versions)
            before, after = (theirs, said) if other.effective_from <= document.effective_from else (said, theirs)
            if fallen := [f"{name} {before[name]}" for name in sorted(before) if after.get(name, FIRST) < before[name]]:
                raise BadReference(
                    f"versions: an allowed version only rises, and {_some(fallen)} is allowed already "
                    f"(version {other.version}, in force from {other.effective_from.isoformat()}): name at least these."
                )


def _some(names: Sequence[str]) -> str:
    """A list that fits into a line, whatever a file holds."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _is_name(said: object) -> bool:
    return isinstance(said, str) and len(said) <= LONGEST_NAME and said.isascii() and said.isidentifier()


def _is_version(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and FIRST <= said <= HIGHEST
