"""Files of a case: listed with what a scanner said, opened by who may, never before it has passed them."""

from typing import Any

import pytest

from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded
from shared.sealing.documents import Documents
from shared.sealing.vault import Vault, seal_with
from tests.support.casework import KEY
from tests.support.console_in_process import MASTER, Console
from tests.support.console_stories import Story
from tests.support.facts import CASE

CONTENT = b"%PDF-1.7 what the customer sent"


async def filed(
    desk: Console, *, quarantined: bool, infected: bool | None = None, content_type: str | None = "application/pdf"
) -> tuple[str, str]:
    """A case with one file, and what a scanner said of it; the address of its files, and the file's id."""
    story, documents = Story(), Documents(desk.settings.data / "documents", Vault(desk.keys, [MASTER]))
    names = {name: seal_with(KEY, CASE, f"evidence.{name}", said) for name, said in NAMES.items()}
    more: dict[str, Any] = {"content_type": content_type, "quarantined": quarantined}
    kept: dict[str, Any] = {"kind": "scan", "size_bytes": len(CONTENT), "media_type": "image/png", **names, **more}
    story.happens(EvidenceAdded(sha256="0" * 64, **kept))
    place, added = len(story.case.events) - 1, story.case.events[-1].id
    story.extra[place] = {"sha256": await documents.put(story.id, f"evidence.{added}", CONTENT)}
    if infected is not None:
        story.happens(EvidenceScanned(document=added, infected=infected, found="Test.Mark-1" if infected else None))
        story.happens(EvidenceScanned(document=added, infected=not infected, found=None))  # comes too late
    await desk.append(story.records())
    return f"/v1/cases/{story.id}/documents", added


NAMES = {"file_name": "../扫描\u202e.pdf", "shown_name": "扫描 .pdf"}


async def test_files_are_listed_with_their_names_for_who_may_open_them(desk: Console) -> None:
    """What the content says stands beside what the sender said; somebody without a right sees no name."""
    address, document = await filed(desk, quarantined=False)
    (found,) = (await desk.json(address, "luo.tian"))["documents"]

    assert (document, "扫描 .pdf", "../扫描\u202e.pdf", "not_scanned") == (
        found["document"], found["name"], found["sent_name"], found["scan"]
    )  # fmt: skip
    assert ("application/pdf", "image/png", len(CONTENT)) == (
        found["content_type"], found["media_type"], found["size_bytes"]
    )  # fmt: skip
    (closed,) = (await desk.json(address, "luo.tian", open="false"))["documents"]
    assert ("…", "…") == (closed["name"], closed["sent_name"])


@pytest.mark.parametrize(
    ("content_type", "served"),
    [
        ("application/pdf", "application/pdf"), ("image/jpeg", "image/jpeg"),
        ("text/plain", "text/plain; charset=utf-8"), ("application/vnd.rar", "application/octet-stream"),
        ("text/html", "application/octet-stream"), ("image/svg+xml", "application/octet-stream"),
        ("application/zip", "application/octet-stream"), (None, "application/octet-stream"),
    ],
)  # fmt: skip
async def test_a_file_is_saved_never_shown(desk: Console, content_type: str | None, served: str) -> None:
    """As it was sent, under its cleaned name; what a browser would run is bytes to it. It is on record first."""
    address, document = await filed(desk, quarantined=True, infected=False, content_type=content_type)
    answer = await desk.get(f"{address}/{document}", "luo.tian")

    assert (200, CONTENT, served) == (answer.status_code, answer.content, answer.headers["content-type"])
    assert "attachment; filename*=UTF-8''%E6%89%AB%E6%8F%8F%20.pdf" == answer.headers["content-disposition"]
    assert ("nosniff", "no-store") == (answer.headers["x-content-type-options"], answer.headers["cache-control"])
    told = [(one.call, one.fields) for one in await desk.accesses("opened")]
    assert [("document", ("evidence.shown_name",)), ("document", (f"evidence.{document}",))] == told


@pytest.mark.parametrize(
    ("infected", "scan", "code"), [(None, "quarantined", "in_quarantine"), (True, "infected", "infected")]
)
async def test_nobody_opens_what_no_scanner_passed(desk: Console, infected: bool | None, scan: str, code: str) -> None:
    """It is listed with what was found, refused to who may open all else, and nothing of it is recorded as opened."""
    address, document = await filed(desk, quarantined=True, infected=infected)
    answer = await desk.get(f"{address}/{document}", "luo.tian")
    accesses = await desk.accesses("opened")
    (listed,) = (await desk.json(address, "luo.tian"))["documents"]

    assert (409, code) == (answer.status_code, answer.json()["code"])
    assert [] == accesses
    assert (scan, "Test.Mark-1" if infected else None) == (listed["scan"], listed["found"])


async def test_who_may_not_open_gets_no_file_and_hears_nothing_of_it(desk: Console) -> None:
    """No case for a stranger, no file of another id; whoever only sees the case is refused before the verdict."""
    address, document = await filed(desk, quarantined=True)
    tries = [(address, "cen.lu"), (f"{address}/{document}", "cen.lu"), (f"{address}/{document}", "tao.rui")]
    answers = [await desk.get(*one) for one in [*tries, (f"{address}/nothing", "luo.tian")]]

    assert [(404, "unknown_case"), (404, "unknown_case"), (403, "no_right"), (404, "unknown_document")] == [
        (one.status_code, one.json()["code"]) for one in answers
    ]
    assert [] == await desk.accesses("opened")
