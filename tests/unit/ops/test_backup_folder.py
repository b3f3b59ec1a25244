"""A backup's folder is one writer's or some readers', and what a writer who was killed left there is no part of it."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from ops.backup import folder_lock, kept_documents, manifest, restoring, verifying, writing
from ops.backup.folder_lock import BackupUnderWay
from ops.backup.manifest import BackupDamaged, OtherBackup
from shared.process.settings import Settings
from shared.sealing.documents import name_of
from shared.sealing.durable_files import draft_beside, is_draft, sweep_drafts
from shared.sealing.stores import open_blobs, open_key_store, open_vault


def test_one_writes_or_several_read(tmp_path: Path) -> None:
    """A file that is read back could be taken away meanwhile, and would count as missing."""
    with folder_lock.writing(tmp_path):
        with pytest.raises(BackupUnderWay), folder_lock.writing(tmp_path):
            pass
        with pytest.raises(BackupUnderWay), folder_lock.reading(tmp_path):
            pass
    with ExitStack() as readers:
        readers.enter_context(folder_lock.reading(tmp_path))
        readers.enter_context(folder_lock.reading(tmp_path))
        with pytest.raises(BackupUnderWay), folder_lock.writing(tmp_path):
            pass


def test_a_copy_to_which_nobody_adds_is_read_as_it_is(tmp_path: Path) -> None:
    """It may lie where nothing can be written."""
    with folder_lock.reading(tmp_path):
        assert [] == list(tmp_path.iterdir())


def test_drafts_of_who_was_killed_are_no_documents(tmp_path: Path) -> None:
    """And are swept away by who comes next."""
    place = tmp_path / "documents" / "ab" / "abcd"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"sealed")
    with draft_beside(place, b"half") as draft:
        left = draft.with_name(".0.draft")
        left.hardlink_to(draft)

    assert is_draft(left)
    assert [place] == list(kept_documents.there(tmp_path))
    sweep_drafts(tmp_path)
    assert [place] == list(place.parent.iterdir())


async def backed_up(settings: Settings, folder: Path, *blobs: bytes) -> manifest.Manifest:
    """A backup of these documents alone, in the place of the one before."""
    store = open_blobs(settings)
    for blob in blobs:
        await store.put(name_of(blob), blob)
    listed, _ = await kept_documents.keep(store, folder, lambda what, done, of: None)
    whole = manifest.Manifest(origin=manifest.Origin.of(settings), taken_at="", documents=listed)
    manifest.write(folder, whole, manifest.WHOLE)
    return whole


async def test_a_missing_document_is_named_whatever_a_later_backup_left_there(tmp_path: Path) -> None:
    """One that was cut off has copied further documents, and as many are there as there should be."""
    settings, folder = Settings(data=tmp_path / "data"), tmp_path / "backup"
    folder.mkdir()
    whole = await backed_up(settings, folder, b"first", b"second")
    later = folder / "documents" / name_of(b"later")[:2] / name_of(b"later")
    later.parent.mkdir()
    later.write_bytes(b"later")
    well = await verifying.verify(settings, folder, lambda what, done, of: None)
    gone = folder / "documents" / name_of(b"first")[:2] / name_of(b"first")
    gone.unlink()
    ill = await verifying.verify(settings, folder, lambda what, done, of: None)
    work = restoring.Restoring(settings, folder, whole, set(), lambda what, done, of: None)

    assert [f"{gone}: it is missing"] == [line for line in ill.wrong if line not in well.wrong]
    with pytest.raises(BackupDamaged, match=f"1 documents are missing, such as {gone}"):
        work._check_that_no_document_is_missing()


async def test_a_list_of_documents_that_was_altered_is_told(tmp_path: Path) -> None:
    """Whoever takes a name out of it hides that a document is missing."""
    settings, folder = Settings(data=tmp_path / "data"), tmp_path / "backup"
    folder.mkdir()
    whole = await backed_up(settings, folder, b"first")
    other, _ = await kept_documents.keep(open_blobs(Settings(data=tmp_path)), folder, lambda what, done, of: None)
    assert whole.documents is not None
    (folder / other.name).rename(folder / whole.documents.name)
    read = await verifying.verify(settings, folder, lambda what, done, of: None)

    assert any(line.startswith(f"{whole.documents.name} in {folder} is not what was written") for line in read.wrong)


def test_a_vault_with_fewer_keys_than_the_backup_is_another_one() -> None:
    """Such as an empty one that was just made in its place: the keys of before would be swept away."""
    held = manifest.Keys(name="keys-1.gz", sha256="", keys=3, destroyed=1)
    before = manifest.Manifest(origin=manifest.Origin.of(Settings()), taken_at="", keys=held)
    writing._check_that_none_is_gone(before, held)

    with pytest.raises(OtherBackup, match="has 2 keys and the backup 3"):
        writing._check_that_none_is_gone(before, held.model_copy(update={"keys": 2}))


async def test_the_keys_of_a_backup_that_is_whole_are_never_written_over(tmp_path: Path) -> None:
    """Also by one that goes on after a kill just behind that, and whose own manifest knows only those of before."""
    async with open_vault(Settings(data=tmp_path / "data")) as vault:
        await vault.ensure_key("case")
    async with open_key_store(Settings(data=tmp_path / "data")) as store:
        kept = [await writing._keys(store, tmp_path, lambda what, done, of: None) for _ in range(2)]

    assert ["keys-1.gz", "keys-2.gz"] == [one.name for one in kept]
    assert ["keys-1.gz", "keys-2.gz"] == sorted(path.name for path in tmp_path.glob("keys-*"))
