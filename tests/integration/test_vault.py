"""One contract, two key stores: SQLite and a real PostgreSQL; and the document store on top of the vault."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from shared.contract.events.base import Sealed
from shared.process.settings import Settings
from shared.sealing.documents import DocumentMissing, Documents, DocumentsAway
from shared.sealing.key_stores import TABLE, SqliteKeys
from shared.sealing.stores import open_vault
from shared.sealing.vault import (
    KeyDestroyed,
    KeyMissing,
    MasterKeyMissing,
    SealBroken,
    Vault,
    VaultAway,
    fingerprint,
    master_keys,
)

CASE, OTHER = "11111111-1111-5111-8111-111111111111", "22222222-2222-5222-8222-222222222222"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a vault in either store."""
    if request.param == "sqlite":
        return Settings(data=tmp_path)
    return Settings(data=tmp_path, vault_url=SecretStr(request.getfixturevalue("postgres")))


@pytest.fixture
async def vault(settings: Settings) -> AsyncIterator[Vault]:
    """An open vault without keys of these cases."""
    async with open_vault(settings) as opened:
        yield opened


async def test_what_is_sealed_opens_again_and_looks_like_nothing(vault: Vault) -> None:
    """The text comes back; the box does not hold it."""
    case = CASE + "a"
    await vault.ensure_key(case)
    sealed = await vault.seal(case, "matter.narrative", "柜员态度生硬。")

    assert "柜员态度生硬。" == await vault.open(case, sealed)
    assert "柜员" not in sealed.box


async def test_sealing_twice_gives_the_same_box_and_another_label_another_one(vault: Vault) -> None:
    """A repeated append is the same to the byte; fields cannot be compared with each other."""
    case = CASE + "b"
    await vault.ensure_key(case)
    first, second = await vault.seal(case, "a", "x"), await vault.seal(case, "a", "x")

    assert first == second
    assert first.box != (await vault.seal(case, "b", "x")).box


async def test_a_key_is_made_once_even_by_many_at_once(vault: Vault) -> None:
    """Fifty callers get one key."""
    keys = await asyncio.gather(*(vault.ensure_key(CASE + "c") for _ in range(50)))

    assert 1 == len(set(keys))


async def test_processes_that_start_together_on_an_empty_database_share_one_table(
    postgres: str, tmp_path: Path
) -> None:
    """Of two that make a table at once PostgreSQL refuses one, though it is made only where there is none."""
    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as connection:
        await connection.execute("DROP TABLE IF EXISTS case_keys")
    settings = Settings(data=tmp_path, vault_url=SecretStr(postgres))
    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(*(stack.enter_async_context(open_vault(settings)) for _ in range(16)))
        await opened[0].ensure_key(CASE + "t")
        sealed = await opened[1].seal(CASE + "t", "matter.narrative", "x")

        assert "x" == await opened[-1].open(CASE + "t", sealed)


async def test_a_full_disk_is_told_as_such_and_what_is_there_already_opens(tmp_path: Path) -> None:
    """SQLite rolls back by itself, so our own attempt at it must not hide why; with room again, all goes on."""
    with closing(sqlite3.connect(tmp_path / "keys", isolation_level=None, check_same_thread=False)) as connection:
        connection.execute(TABLE.format(blob="BLOB"))
        vault = Vault(SqliteKeys(connection, ThreadPoolExecutor(1)), [bytes(32)])
        await vault.ensure_key(CASE)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [vault.ensure_key(f"{OTHER}{at}") for at in range(1000)]
        with pytest.raises(VaultAway):
            await asyncio.gather(*many)

        assert await vault.key(CASE)
        connection.execute("PRAGMA max_page_count = 1000")
        assert await vault.ensure_key(OTHER)


@pytest.mark.postgres
async def test_a_database_that_ends_every_connection_fails_nobody_who_calls_afterwards(
    postgres: str, tmp_path: Path
) -> None:
    """As when it was started anew: each call has a connection that works."""
    async with open_vault(Settings(data=tmp_path, vault_url=SecretStr(postgres))) as vault:
        await vault.ensure_key(CASE + "z")
        async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND datname = current_database()"
            )

        assert await vault.key(CASE + "z")


async def test_a_store_of_documents_on_a_disk_that_takes_nothing_is_away(vault: Vault, tmp_path: Path) -> None:
    """A file stands where its folder would be made."""
    await vault.ensure_key(CASE + "y")
    (tmp_path / "documents").write_bytes(b"")

    with pytest.raises(DocumentsAway):
        await Documents(tmp_path / "documents", vault).put(CASE + "y", "evidence", b"x")


async def test_a_value_does_not_open_under_another_label_or_case(vault: Vault) -> None:
    """Associated data hold a value in its place."""
    case, other = CASE + "d", OTHER + "d"
    await vault.ensure_key(case)
    await vault.ensure_key(other)
    sealed = await vault.seal(case, "a", "x")

    with pytest.raises(SealBroken):
        await vault.open(case, Sealed(label="b", box=sealed.box))
    with pytest.raises(SealBroken):
        await vault.open(other, sealed)


async def test_a_destroyed_key_stays_destroyed(vault: Vault) -> None:
    """Nothing opens any more, and no new key is made for the case."""
    case = CASE + "e"
    await vault.ensure_key(case)
    sealed = await vault.seal(case, "a", "x")
    await vault.destroy(case)

    with pytest.raises(KeyDestroyed):
        await vault.open(case, sealed)
    with pytest.raises(KeyDestroyed):
        await vault.ensure_key(case)


async def test_a_case_without_a_key_is_told_apart_from_an_erased_one(vault: Vault) -> None:
    """A wrong vault is no erasure."""
    with pytest.raises(KeyMissing):
        await vault.open("never-seen", Sealed(label="a", box="AAAA"))


async def test_keys_outlive_the_process(settings: Settings) -> None:
    """Opened again, the vault has the same key."""
    async with open_vault(settings) as first:
        key = await first.ensure_key(CASE + "f")
    async with open_vault(settings) as second:
        assert key == await second.key(CASE + "f")


async def test_another_master_key_opens_nothing(settings: Settings) -> None:
    """The message says what to check."""
    async with open_vault(settings) as first:
        await first.ensure_key(CASE + "g")
    (settings.data / "keys" / "master.key").write_bytes(b"x" * 32)
    async with open_vault(settings) as second:
        with pytest.raises(SealBroken, match="REDRESS_MASTER_KEY_FILE"):
            await second.key(CASE + "g")


def test_production_needs_a_master_key_file(tmp_path: Path) -> None:
    """No key is made up there."""
    with pytest.raises(MasterKeyMissing):
        master_keys(Settings(data=tmp_path, environment="production"))


def test_a_fingerprint_tells_contents_apart_and_depends_on_the_key() -> None:
    """Without the key it says nothing about the content."""
    assert fingerprint(b"k", b"a") == fingerprint(b"k", b"a")
    assert 3 == len({fingerprint(b"k", b"a"), fingerprint(b"k", b"b"), fingerprint(b"l", b"a")})


async def test_a_document_is_named_by_what_lies_on_the_disk(vault: Vault, tmp_path: Path) -> None:
    """Sealed, content-addressed, stored once; a missing one is said."""
    case = CASE + "h"
    await vault.ensure_key(case)
    documents = Documents(tmp_path / "documents", vault)
    name = await documents.put(case, "message.1", "一封信".encode())
    again = await documents.put(case, "message.1", "一封信".encode())
    files = [p for p in (tmp_path / "documents").rglob("*") if p.is_file()]

    assert name == again
    assert [name] == [p.name for p in files]
    assert "一封信".encode() not in files[0].read_bytes()
    assert "一封信".encode() == await documents.get(case, "message.1", name)
    with pytest.raises(DocumentMissing):
        await documents.get(case, "message.1", "0" * 64)


async def test_one_document_written_many_times_at_once_is_there_once(vault: Vault, tmp_path: Path) -> None:
    """Whoever comes first: nobody takes another one's draft away."""
    case = CASE + "i"
    await vault.ensure_key(case)
    documents = Documents(tmp_path / "documents", vault)
    names = await asyncio.gather(*(documents.put(case, "evidence", b"scan") for _ in range(20)))

    assert 1 == len(set(names))
    assert [names[0]] == [path.name for path in (tmp_path / "documents").rglob("*") if path.is_file()]
    assert names[0] == await documents.name(case, "evidence", b"scan")
