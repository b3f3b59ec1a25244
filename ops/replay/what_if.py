"""What if: every version of a reference file is taken to have said what another file says."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ops.local.reference import FROM_THE_BEGINNING, ReferenceFile, checked, id_of
from services.console.statistics.figures import KIND as FIGURES
from shared.bank.event_versions import VERSIONS
from shared.bank.in_force import CALENDAR, PACK
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import ORGANISATION, ReferenceDocument, version_of
from shared.errors import BadReference

DECIDED_BY = (ORGANISATION, "routing", PACK, CALENDAR)
"""What decisions rest on. Words of letters are chosen when they are sent, figures when they are
asked for, and in which version a fact is written changes nothing that it says."""
NOT_DECIDED_BY = ("template", FIGURES, VERSIONS)


def file_of(said: str) -> ReferenceFile:
    """The file of ``KIND=FILE``, of a kind that decisions rest on. Raises BadReference."""
    kind, mark, name = said.partition("=")
    if not mark or not name:
        raise BadReference(f"--with {said}: write KIND=FILE, such as --with routing=rules.yaml.")
    if kind in NOT_DECIDED_BY:
        raise BadReference(f"--with {said}: nothing is decided by a {kind}; choose of {', '.join(DECIDED_BY)}.")
    if kind not in DECIDED_BY:
        raise BadReference(f"--with {said}: there is no kind {kind!r}; choose of {', '.join(DECIDED_BY)}.")
    path = Path(name)
    return ReferenceFile(kind, id_of(kind, path), path)


def supposed(documents: Sequence[ReferenceDocument], files: Sequence[ReferenceFile]) -> list[ReferenceDocument]:
    """What is published, as if each of these files had been published in place of every version of it.

    Dates and names of versions stay, so that only what another content brings about differs. A file of which there is
    no version is in force from the beginning.

    Raises:
        BadReference: a file is not valid.
    """
    found = list(documents)
    for file in files:
        content = checked(file)
        if file.kind == ORGANISATION:
            parse_organisation(content, {one.id for one in documents if one.kind == PACK})
        same = [at for at, one in enumerate(found) if (one.kind, one.id) == (file.kind, file.id)]
        for at in same:
            found[at] = replace(found[at], content=content)
        if not same:
            since = FROM_THE_BEGINNING
            first = min((one.published_at for one in found), default=since)
            new = ReferenceDocument(file.kind, file.id, version_of(content), since, content, first, "what if", "")
            found.insert(0, new)
    return found
