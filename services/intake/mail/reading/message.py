"""Reads a message: who writes, what a person could read of it, its files, what it answers. Never raises. Pure."""

import re
import unicodedata
from hashlib import sha256
from typing import Final, NamedTuple

from services.intake.mail.reading.addresses import Mailbox, count_named, mailboxes
from services.intake.mail.reading.files import Files, files_of
from services.intake.mail.reading.headers import Headers, begun, parted, readable
from services.intake.mail.reading.parts import HTML, PLAIN, Part, Tree, tree_of
from services.intake.mail.reading.texts import clean, text_of

NARRATIVE_BYTES: Final = 64 * 1024
LINE_LIMIT: Final = 2000
READ_AS_PLAIN: Final = frozenset({PLAIN, "text/enriched", "text/richtext", "text/markdown"})
SEALED_TYPES: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
ARMOURED: Final = re.compile(r"\A\s*-----BEGIN PGP MESSAGE-----.*-----END PGP MESSAGE-----\s*\Z", re.DOTALL)
NUMBER: Final = re.compile(r"(?<!\d)\d{8}-\d{10}-\d(?!\d)")
MESSAGE_ID: Final = re.compile(r"<[^<>@]+@[^<>]+>")
MOST_IDS: Final = 40
TRACE_ENDS: Final = frozenset({"from", "date", "message-id"})
TRACES: Final = frozenset({"received", "return-path", "delivered-to"})
UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


class ReadMessage(NamedTuple):
    """What was read. ``unreadable``: a person has to look at the message itself; ``keep_whole``: something of it
    stands neither in the narrative nor among the files, or was guessed, so the message is kept beside them.
    """

    tree: Tree
    key: str
    digest: bytes
    message_id: str | None
    subject: str
    narrative: str
    sender: Mailbox | None
    several_senders: bool
    files: Files
    unreadable: bool
    keep_whole: bool
    answers: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def headers(self) -> Headers:
        """The headers of the message."""
        return self.tree.headers


def read_message(raw: bytes) -> ReadMessage:
    """What a message says, whatever it is."""
    raw = begun(raw)
    try:
        return _read(raw, tree_of(raw))
    except Exception:  # noqa: BLE001 - no message ends the process: what was not foreseen is read by a person
        headers, _ = parted(raw.replace(b"\0", b""))
        return _of(raw, Tree(headers, [], frozenset(), cut=True), "", Files((), ()), unreadable=True, doubtful=True)


def _read(raw: bytes, tree: Tree) -> ReadMessage:
    said, doubtful, files = _divided(tree)
    sealed = _is_sealed(tree, said)
    found = Files((), ()) if sealed else files_of(files)
    return _of(raw, tree, "" if sealed else said, found, unreadable=sealed, doubtful=doubtful)


def _of(raw: bytes, tree: Tree, said: str, files: Files, *, unreadable: bool, doubtful: bool) -> ReadMessage:
    headers = tree.headers
    subject = clean(headers.text("subject"))[:LINE_LIMIT]
    whole = "\n\n".join(piece for piece in (subject, said) if shows(piece))
    narrative = _cut(whole)
    digest = digest_of(headers, raw)
    id_ = message_id_of(headers)
    unreadable = unreadable or not shows(narrative)
    box, several = _sender(headers)
    lost = tree.cut or bool(files.left_out) or narrative != whole
    return ReadMessage(
        tree, id_ or digest.hex(), digest, id_, subject, narrative, box, several, files, unreadable,
        unreadable or lost or doubtful, _answered(headers), numbers_in(subject),
    )  # fmt: skip


def shows(text: str) -> bool:
    """Whether a reader sees anything of a text."""
    return any(
        unicodedata.category(sign) not in UNSEEN and sign not in "\u2800\u3164\u115f\u1160\uffa0" for sign in text
    )


def _divided(tree: Tree) -> tuple[str, bool, list[Part]]:
    """What the message says, whether that was guessed, and its other parts.

    Of the alternatives of one text the plain one is read, and a page only where there is none.
    """
    said: list[tuple[int | None, bool, str]] = []
    files: list[Part] = []
    doubtful = False
    for part in tree.parts:
        if not _is_text(part):
            files.append(part)
            continue
        found = text_of(part)
        if shows(found.text):
            said.append((_alternative(part), part.media_type == HTML, found.text))
            doubtful = doubtful or found.doubtful
        elif part.content.strip():
            doubtful = doubtful or part.media_type != HTML
    if not said:
        said = [(None, False, text_of(part).text) for part in files if _is_shown_file(part)]
    return "\n\n".join(_chosen(said)), doubtful, files


def _chosen(said: list[tuple[int | None, bool, str]]) -> list[str]:
    plain = {group for group, is_page, _ in said if not is_page}
    chosen: list[str] = []
    for group, is_page, text in said:
        if is_page and group is not None and group in plain:
            continue
        told = "".join(text.split())
        if is_page and any(told in "".join(other.split()) for other in chosen):
            continue
        chosen.append(text)
    return chosen


def _is_text(part: Part) -> bool:
    """Whether a part is what the sender wrote, not a file."""
    if part.media_type not in READ_AS_PLAIN and part.media_type != HTML:
        return False
    return part.disposition != "attachment" and not (part.file_name and part.disposition)


def _is_shown_file(part: Part) -> bool:
    """Whether a part is a file with words, sent to be read in place: so telephones send what somebody typed."""
    return part.media_type == PLAIN and part.disposition == "inline"


def _alternative(part: Part) -> int | None:
    """Which group of alternatives a part is one of."""
    return next((mark for mark, kind in part.within if kind == "multipart/alternative"), None)


def _is_sealed(tree: Tree, said: str) -> bool:
    """Whether nobody but who has a key can read the message."""
    if "multipart/encrypted" in tree.multiparts or ARMOURED.match(said):
        return True
    return not shows(said) and any(part.media_type in SEALED_TYPES for part in tree.parts)


def _cut(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= NARRATIVE_BYTES else raw[:NARRATIVE_BYTES].decode("utf-8", "ignore")


def _sender(headers: Headers) -> tuple[Mailbox | None, bool]:
    """Who writes: the first mailbox that mail can go to; and whether more than one was named."""
    boxes = (box for value in headers.all("from") for box in mailboxes(value))
    several = sum(count_named(value) for value in headers.all("from")) > 1
    return next(boxes, None), several


def message_id_of(headers: Headers) -> str | None:
    """The Message-ID, unfolded and without white space; None where there is none that looks like one."""
    return id_in(headers.first("message-id"))


def id_in(value: bytes) -> str | None:
    """The Message-ID in a header's value; None where there is none that looks like one."""
    found = MESSAGE_ID.search("".join(readable(value).split()))
    return found[0] if found else None


def _answered(headers: Headers) -> tuple[str, ...]:
    """The Message-IDs that it answers, the nearest first."""
    found: list[str] = []
    for name in ("in-reply-to", "references"):
        for value in headers.all(name):
            ids = MESSAGE_ID.findall("".join(readable(value[-16_384:]).split()))
            found.extend(reversed(ids))
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def numbers_in(subject: str) -> tuple[str, ...]:
    """The case numbers in a subject, however their digits are written."""
    return tuple(dict.fromkeys(NUMBER.findall(unicodedata.normalize("NFKC", subject))))[:MOST_IDS]


def digest_of(headers: Headers, raw: bytes) -> bytes:
    """What tells a message apart: all of it below its trace headers, which differ with each way that it takes."""
    fields = headers.fields
    start = next((at for at, field in enumerate(fields) if field.name in TRACE_ENDS), 0)
    length = sum(len(field.raw) for field in fields)
    found = sha256()
    for field in fields[start:]:
        if field.name not in TRACES and not field.name.startswith("x-"):
            found.update(field.raw.rstrip(b"\r\n") + b"\n")
    found.update(b"\n" + raw[length:].lstrip(b"\r\n") if fields else raw)
    return found.digest()
