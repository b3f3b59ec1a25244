"""One contract, two stores of documents: a folder, and a bucket on a server that speaks S3."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from shared.process.settings import Settings
from shared.sealing.documents import DocumentMissing, Documents, DocumentsAway, FolderStore
from shared.sealing.s3_documents import S3Store
from shared.sealing.stores import open_documents, open_vault
from shared.sealing.vault import KeyDestroyed, Vault
from tests.support.broker import free_ports
from tests.support.waiting import until

CASE = "00000000-0000-5000-8000-000000000001"
BLOB = b"sealed already"
NAME = "ab" + 62 * "0"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """An S3 server with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", free_ports(1), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "eu-north-1"}
    where = {"LocationConstraint": "eu-north-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket="documents", CreateBucketConfiguration=where)
    client.close()
    yield endpoint
    server.stop()


def in_bucket(tmp_path: Path, endpoint: str, **changes: Any) -> Settings:
    """Settings of an installation whose documents lie in the bucket."""
    values = {
        "documents_bucket": "documents", "documents_prefix": tmp_path.name, "documents_endpoint": endpoint,
        "documents_region": "eu-north-1", "documents_key_id": "AKIDEXAMPLE", "documents_secret": "secret",
    }  # fmt: skip
    return Settings(data=tmp_path, **(values | changes))


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation with either store."""
    if request.param == "folder":
        return Settings(data=tmp_path)
    return in_bucket(tmp_path, request.getfixturevalue("s3_endpoint"))


@pytest.fixture
async def vault(settings: Settings) -> AsyncIterator[Vault]:
    """A vault with the case's key."""
    async with open_vault(settings) as opened:
        await opened.ensure_key(CASE)
        yield opened


# -- both stores ---------------------------------------------------------------------------------------


async def test_a_document_comes_back_as_it_was_put(settings: Settings, vault: Vault) -> None:
    """Also through another object, as another process has it."""
    name = await open_documents(settings, vault).put(CASE, "message.1", "一封信".encode())

    assert "一封信".encode() == await open_documents(settings, vault).get(CASE, "message.1", name)


async def test_the_same_document_again_has_the_same_name(settings: Settings, vault: Vault) -> None:
    """One after the other and at the same time; another content has another."""
    documents = open_documents(settings, vault)
    first = await documents.put(CASE, "message.1", b"words")
    again = await asyncio.gather(*(documents.put(CASE, "message.1", b"words") for _ in range(5)))
    other = await documents.put(CASE, "message.1", b"other words")

    assert {first} == set(again)
    assert first != other
    assert b"words" == await documents.get(CASE, "message.1", first)


async def test_a_document_that_is_not_there_is_said(settings: Settings, vault: Vault) -> None:
    """A backup has to bring it back."""
    with pytest.raises(DocumentMissing):
        await open_documents(settings, vault).get(CASE, "message.1", "0" * 64)


async def test_an_erased_cases_document_cannot_be_opened(settings: Settings, vault: Vault) -> None:
    """The blob stays, and tells nothing."""
    documents = open_documents(settings, vault)
    name = await documents.put(CASE, "message.1", b"words")
    await vault.destroy(CASE)

    with pytest.raises(KeyDestroyed):
        await documents.get(CASE, "message.1", name)


# -- the bucket ------------------------------------------------------------------------------------------


async def test_a_bucket_holds_sealed_blobs_under_the_installations_prefix(
    tmp_path: Path, s3_endpoint: str, vault: Vault
) -> None:
    """Who reads the bucket learns nothing, and installations do not meet in it."""
    settings = in_bucket(tmp_path, s3_endpoint, documents_prefix="here")
    name = await open_documents(settings, vault).put(CASE, "message.1", b"words")
    elsewhere = in_bucket(tmp_path, s3_endpoint, documents_prefix="elsewhere")
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "eu-north-1"}
    client = boto3.client("s3", endpoint_url=s3_endpoint, **keys)
    stored = client.get_object(Bucket="documents", Key=f"here/{name}")["Body"].read()
    client.close()

    assert b"words" not in stored
    with pytest.raises(DocumentMissing):
        await open_documents(elsewhere, vault).get(CASE, "message.1", name)


async def test_a_bucket_that_cannot_be_used_is_said(tmp_path: Path, s3_endpoint: str, vault: Vault) -> None:
    """Nobody there, or no such bucket: the caller tries again later, nothing counts as stored."""

    def documents(settings: Settings) -> Documents:
        return Documents(S3Store(settings, settings.documents_bucket or "", retry={"max_retries": 0}), vault)

    nobody = in_bucket(tmp_path, f"http://127.0.0.1:{free_ports(1)}")
    wrong = in_bucket(tmp_path, s3_endpoint, documents_bucket="nothing-here")
    for settings in (nobody, wrong):
        with pytest.raises(DocumentsAway):
            await documents(settings).put(CASE, "message.1", b"words")
    with pytest.raises(DocumentsAway):
        await documents(nobody).get(CASE, "message.1", "0" * 64)


# -- the folder: on the disk before it is said to be ------------------------------------------------------


@dataclass
class Disk:
    """Notes every fsync: of what, and whether the blob had its name by then."""

    folder: Path
    place: Path
    done: list[tuple[str, bool]] = field(default_factory=list)

    def fsync(self, descriptor: int) -> None:
        """Stands in for ``os.fsync``."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        what = str(path.relative_to(self.folder)) if path.is_dir() else "content"
        self.done.append((what, self.place.exists()))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The disk under a folder of documents."""
    found = Disk(tmp_path, tmp_path / "documents" / "ab" / NAME)
    monkeypatch.setattr(os, "fsync", found.fsync)
    return found


async def test_a_blob_gets_its_name_when_its_content_is_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    """Then its name and those of new folders are made durable, and nothing else lies there."""
    await FolderStore(tmp_path / "documents").put(NAME, BLOB)

    assert ("content", False) == disk.done[0]
    assert {(".", True), ("documents", True), ("documents/ab", True)} == set(disk.done[1:])
    assert [NAME] == [p.name for p in (tmp_path / "documents" / "ab").iterdir()]


async def test_a_blob_that_another_process_just_named_is_durable_too(tmp_path: Path, disk: Disk) -> None:
    """It may have been named a moment ago and not be on the disk: whoever relies on it makes it so."""
    disk.place.parent.mkdir(parents=True)
    disk.place.write_bytes(BLOB)
    await FolderStore(tmp_path / "documents").put(NAME, BLOB)

    assert {(".", True), ("documents", True), ("documents/ab", True)} == set(disk.done)


async def test_later_blobs_of_a_sub_folder_need_only_that_folder(tmp_path: Path, disk: Disk) -> None:
    """The folder's own name is durable by then."""
    store = FolderStore(tmp_path / "documents")
    await store.put(NAME, BLOB)
    disk.done.clear()
    await store.put("ab" + 62 * "1", b"another")

    assert [("content", True), ("documents/ab", True)] == disk.done


async def test_a_blob_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half blob under its name, no draft beside it; and the next attempt stores it."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = FolderStore(tmp_path / "documents")
    with monkeypatch.context() as context:
        context.setattr(os, "fsync", full)
        with pytest.raises(DocumentsAway):
            await store.put(NAME, BLOB)
    left = list(disk.place.parent.iterdir())
    await store.put(NAME, BLOB)

    assert [] == left
    assert BLOB == await store.get(NAME)


# -- fsyncs that are shared -------------------------------------------------------------------------------


class SlowDisk:
    """An fsync that takes until it is let go; counts them."""

    def __init__(self) -> None:
        self.began = 0
        self.go_on = threading.Event()
        self.error: OSError | None = None

    def fsync(self, descriptor: int) -> None:
        """Stands in for ``os.fsync``."""
        self.began += 1
        self.go_on.wait(10)
        if self.error is not None:
            raise self.error


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    """A disk that waits."""
    disk = SlowDisk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    return disk


def several(store: FolderStore, number: int) -> list["asyncio.Task[None]"]:
    """Blobs of one sub-folder that are put at the same time."""
    return [asyncio.create_task(store.put("ab" + f"{n:062x}", BLOB)) for n in range(number)]


async def entered(tmp_path: Path, disk: SlowDisk) -> FolderStore:
    """A store whose sub-folder is durable already."""
    store = FolderStore(tmp_path / "documents")
    disk.go_on.set()
    await store.put("ab" + 62 * "f", BLOB)
    disk.go_on.clear()
    disk.began = 0
    return store


async def test_blobs_of_one_moment_share_the_fsync_of_their_folder(tmp_path: Path, slow_disk: SlowDisk) -> None:
    """Those that come while others are written share the next round: the folder's fsync may have missed their names."""
    store = await entered(tmp_path, slow_disk)
    first = several(store, 1)
    await until(lambda: slow_disk.began == 1)
    others = several(store, 21)[1:]
    await asyncio.sleep(0)
    slow_disk.go_on.set()
    await asyncio.gather(*first, *others)

    assert (1 + 1) + (20 + 1) == slow_disk.began


async def test_nobody_is_told_before_the_fsyncs_that_began_after_he_asked(tmp_path: Path, slow_disk: SlowDisk) -> None:
    """Shared or not, durable means durable."""
    waiting = several(await entered(tmp_path, slow_disk), 3)
    await until(lambda: slow_disk.began == 1)
    told_before = [one.done() for one in waiting]
    slow_disk.go_on.set()
    await asyncio.gather(*waiting)

    assert [False] * 3 == told_before
    assert 3 + 1 == slow_disk.began


async def test_a_failed_fsync_of_a_folder_fails_all_who_shared_it_and_nobody_after(
    tmp_path: Path, slow_disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No one of them may go on as if it were durable."""
    store = await entered(tmp_path, slow_disk)
    slow_disk.go_on.set()

    def only_files(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_dir():
            raise OSError(5, "Input/output error")

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", only_files)
        outcomes = await asyncio.gather(*several(store, 3), return_exceptions=True)
    await asyncio.gather(*several(store, 3))

    assert [DocumentsAway] * 3 == [type(one) for one in outcomes]


async def test_a_blob_that_cannot_be_written_fails_alone(tmp_path: Path, slow_disk: SlowDisk) -> None:
    """Those that were put with it are durable."""
    store = await entered(tmp_path, slow_disk)
    slow_disk.go_on.set()
    (tmp_path / "documents" / "cd").write_bytes(b"no folder")
    good, bad = await asyncio.gather(store.put(NAME, BLOB), store.put("cd" + 62 * "0", BLOB), return_exceptions=True)

    assert (None, DocumentsAway) == (good, type(bad))
    assert BLOB == await store.get(NAME)


async def test_who_gives_up_does_not_end_it_for_the_others(tmp_path: Path, slow_disk: SlowDisk) -> None:
    """A sending is cancelled when its partition goes; the others' letters go on."""
    gone, stays = several(await entered(tmp_path, slow_disk), 2)
    await until(lambda: slow_disk.began == 1)
    gone.cancel()
    slow_disk.go_on.set()
    await stays
    await asyncio.gather(gone, return_exceptions=True)

    assert gone.cancelled()
    assert 2 + 1 == slow_disk.began


async def test_documents_may_be_given_a_folder(tmp_path: Path, vault: Vault) -> None:
    """The plain way to have them."""
    documents = Documents(tmp_path / "elsewhere", vault)
    name = await documents.put(CASE, "message.1", b"words")

    assert b"words" == await documents.get(CASE, "message.1", name)
