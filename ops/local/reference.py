"""Publishing reference data: the files that come with Redress, and later versions by hand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ops.local.open_cases import check_dropped, may_drop, open_cases
from ops.local.published_reference import as_reference, newest, published_documents, published_reference
from ops.local.reading import HowFar, opened, unheard
from ops.local.steering import present
from ops.paths import DEPLOY, EVENT_VERSIONS, SERVICES
from services.console.statistics.figures import KIND as FIGURES
from services.console.statistics.figures import parse_figures
from services.notify.letters.template import parse_template
from services.routing.rules.evaluation import parse_rules
from shared.bank.event_versions import EVENTS, VERSIONS, check_rising, parse_known_versions
from shared.bank.in_force import CALENDAR, PACK, bank_calendar
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import Pack, parse_pack
from shared.bank.reference import BANK, ORGANISATION, Reference, ReferenceDocument, version_of
from shared.bank.working_days import Calendar, parse_year
from shared.contract.topics import REFERENCE
from shared.errors import BadReference, NotYet
from shared.log.broadcast_topics import document_record
from shared.process.clock import SystemClock
from shared.process.settings import Settings

TEMPLATES = SERVICES / "notify" / "letters" / "templates"
EXAMPLE_ORGANISATION = DEPLOY / "organisation" / "dongqiao.yaml"
LINE_LIMIT = 200
"""Characters of who published something, and why."""
FROM_THE_BEGINNING = datetime.fromisoformat("2000-01-01T00:00:00+08:00")
PARSERS: dict[str, Callable[[str], object]] = {
    "organisation": parse_organisation,
    "routing": parse_rules,
    "pack": parse_pack,
    "calendar": parse_year,
    "template": parse_template,
    FIGURES: parse_figures,
    VERSIONS: parse_known_versions,
}
"""Every kind, and what refuses a file of it that is not valid."""


@dataclass(frozen=True, slots=True)
class Published:
    """A version as it was published, and the one that stood there until then; ``compared``: whether with that one."""

    document: ReferenceDocument
    instead_of: ReferenceDocument | None
    compared: bool


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A file and the kind and id it is published under."""

    kind: str
    id: str
    path: Path


def shipped(organisation: Path) -> list[ReferenceFile]:
    """The files that come with Redress, and the organisation."""
    return [
        ReferenceFile("organisation", "bank", organisation),
        ReferenceFile("routing", "rules", SERVICES / "routing" / "rules" / "routing-rules.yaml"),
        *(ReferenceFile("pack", p.stem, p) for p in sorted((SERVICES / "sla" / "packs").glob("*.yaml"))),
        *(ReferenceFile("calendar", p.stem, p) for p in sorted((SERVICES / "sla" / "calendars").glob("*.yaml"))),
        *(ReferenceFile("template", p.stem, p) for p in sorted(TEMPLATES.glob("*.j2"))),
        *(ReferenceFile(FIGURES, p.stem, p) for p in sorted((DEPLOY / "figures").glob("*.yaml"))),
        ReferenceFile(VERSIONS, EVENTS, EVENT_VERSIONS),
    ]


def of_kind(kind: str) -> list[ReferenceFile]:
    """Those of one kind, with the example organisation."""
    return [file for file in shipped(EXAMPLE_ORGANISATION) if file.kind == kind]


def shipped_calendar() -> Calendar:
    """The working days of the example organisation, by the files that come with Redress."""
    files = (file for file in shipped(EXAMPLE_ORGANISATION) if file.kind in (ORGANISATION, PACK, CALENDAR))
    return bank_calendar(as_published(files), FROM_THE_BEGINNING).calendar


def as_published(files: Iterable[ReferenceFile]) -> Reference:
    """Files as if they were published, in force from the beginning: for previews. Raises BadReference."""
    found = Reference()
    for file in files:
        content = checked(file)
        since = FROM_THE_BEGINNING
        found.add(
            ReferenceDocument(file.kind, file.id, version_of(content), since, content, since, "service:preview", "")
        )
    return found


def id_of(kind: str, path: Path) -> str:
    """The id a file is published under: fixed for what there is one of, else the file's name."""
    return {"organisation": "bank", "routing": "rules", VERSIONS: EVENTS}.get(kind, path.stem)


def checked(file: ReferenceFile) -> str:
    """The file's text, if its kind's reader takes it.

    Raises:
        BadReference: it does not, or the file cannot be read.
    """
    try:
        content = file.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadReference(f"{file.path} cannot be read: {error}") from error
    parsed = PARSERS[file.kind](content)
    if isinstance(parsed, Pack) and parsed.id != file.id:
        raise BadReference(f"{file.path}: the pack's id is {parsed.id!r}, and has to be the file's name, {file.id!r}.")
    return content


def check_governed(known: Reference, new: Sequence[ReferenceDocument]) -> None:
    """Check that it stays clear which pack governs the bank, also for the organisation that is there already.

    Raises:
        BadReference: the organisation file names a pack that is not published, or none of several; the line is named.
    """
    packs = {document.id for document in new if document.kind == PACK} | set(known.ids(PACK))
    banks = [document for document in new if document.kind == ORGANISATION]
    for bank in banks or known.versions(ORGANISATION, BANK)[-1:]:
        parse_organisation(bank.content, packs)


def line(text: str, option: str) -> str:
    """A line that people read beside the document. Raises BadReference."""
    if not (text.strip() and text.isprintable() and len(text) <= LINE_LIMIT):
        raise BadReference(f"{option} has to be one line of 1 to {LINE_LIMIT} characters.")
    return text


def publisher(who: str, account: str) -> str:
    """Who published a document: whom the command names, and the account that ran it, which alone is known for sure.

    Raises:
        BadReference: the name is no line.
    """
    return f"{line(who, '--who')} (account {account})"


async def publish(
    settings: Settings,
    files: list[ReferenceFile],
    effective_from: datetime,
    who: str,
    why: str,
    told: HowFar = unheard,
    *,
    instead_of: str | None = None,
) -> list[Published]:
    """Publish files; what is published is durable when this returns.

    A file that drops something is held against the open cases of the log; ``told`` hears how far that is. What somebody
    else publishes meanwhile is compared with too; only of the last moment it is told that it was not.

    Raises:
        BadReference: before anything is published. So is where another version stands than ``instead_of``.
    """
    contents = [(file, checked(file)) for file in files]
    now = await _published_at(settings)
    documents = [
        ReferenceDocument(file.kind, file.id, version_of(content), effective_from, content, now, who, why)
        for file, content in contents
    ]
    async with opened(settings, REFERENCE) as log:
        end, before = -1, list[ReferenceDocument]()
        while (now_ends := await log.end(0)) != end:
            end, before = now_ends, await published_documents(settings)
            for document in documents:
                check_stands(newest(before, document.kind, document.id), instead_of)
            await _check(settings, as_reference(before), documents, told)
        await log.append([document_record(document) for document in documents])
    there = await published_documents(settings)
    return [as_it_lies(document, before, there) for document in documents]


def as_it_lies(
    document: ReferenceDocument, compared: Sequence[ReferenceDocument], there: Sequence[ReferenceDocument]
) -> Published:
    """What a document that was published has taken the place of, among all that are there."""
    stood = newest(there[: there.index(document)], document.kind, document.id)
    return Published(document, stood, stood is None or stood in compared)


async def _check(settings: Settings, known: Reference, documents: Sequence[ReferenceDocument], told: HowFar) -> None:
    """Compare documents with what is published and with the open cases. Raises BadReference."""
    if any(document.kind in (ORGANISATION, PACK) for document in documents):
        check_governed(known, documents)
    check_rising(known, documents)
    if may_drop(known, documents):
        check_dropped(known, documents, await open_cases(settings, told))


def check_stands(found: ReferenceDocument | None, instead_of: str | None) -> None:
    """Check that the version stands that a file was made from. Raises BadReference: somebody published another one."""
    if instead_of is not None and (found is None or found.version != instead_of):
        raise BadReference(
            f"--instead-of {instead_of} is not what stands, but {in_words(found)}. Take over what it says, and name it."
        )


def in_words(one: ReferenceDocument | None) -> str:
    """A published version: who published it when, and why."""
    if one is None:
        return "nothing"
    at = one.published_at.isoformat(timespec="seconds")
    return f"version {one.version} of {at} by {one.published_by}: {one.why}"


async def _published_at(settings: Settings) -> datetime:
    """What time it is for the installation: what is owed since its first day is counted from its first publication."""
    try:
        return await present(settings)
    except NotYet:
        return SystemClock().now()


async def publish_defaults(settings: Settings, organisation: Path | None) -> list[ReferenceDocument]:
    """Publish each shipped file where its kind and id have no version yet.

    Raises:
        BadReference: another organisation file was published before; it changes by `redress reference publish`.
    """
    reference = await published_reference(settings)
    files = shipped(organisation or EXAMPLE_ORGANISATION)
    bank = reference.versions("organisation", "bank")
    if organisation is not None and bank and all(d.version != version_of(checked(files[0])) for d in bank):
        raise BadReference(
            f"This log has another organisation than {organisation}: start without --org, or change it with "
            "`redress reference publish organisation FILE`."
        )
    missing = [file for file in files if not reference.versions(file.kind, file.id)]
    if not missing:
        return []
    done = await publish(settings, missing, FROM_THE_BEGINNING, "service:redress", "shipped with this version")
    return [one.document for one in done]
