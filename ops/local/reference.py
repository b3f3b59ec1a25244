"""Publishing reference data: the files that come with Redress, and later versions by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ops.local.open_cases import check_dropped, may_drop, open_cases
from ops.local.published_reference import published_reference
from ops.local.reading import HowFar, unheard
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
from shared.log.kafka_log import KafkaLog
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


def check_governed(known: Reference, new: list[ReferenceDocument]) -> None:
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
) -> list[ReferenceDocument]:
    """Publish files; what is published is durable when this returns.

    A file that drops something is held against the open cases of the log; ``told`` hears how far that is.

    Raises:
        BadReference: before anything is published.
    """
    contents = [(file, checked(file)) for file in files]
    now = await _published_at(settings)
    documents = [
        ReferenceDocument(file.kind, file.id, version_of(content), effective_from, content, now, who, why)
        for file, content in contents
    ]
    known = await published_reference(settings)
    if any(document.kind in (ORGANISATION, PACK) for document in documents):
        check_governed(known, documents)
    check_rising(known, documents)
    if may_drop(known, documents):
        check_dropped(known, documents, await open_cases(settings, told))
    log = KafkaLog(settings, REFERENCE)
    try:
        await log.append([document_record(document) for document in documents])
    finally:
        await log.stop()
    return documents


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
    return await publish(settings, missing, FROM_THE_BEGINNING, "service:redress", "shipped with this version")
