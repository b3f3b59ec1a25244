"""The settings say which key store and which document store an installation has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.process.settings import Settings
from shared.sealing.documents import BlobStore, Documents, FolderStore
from shared.sealing.key_stores import PostgresKeys, SqliteKeys
from shared.sealing.s3_documents import S3Store
from shared.sealing.vault import Vault, WholeKeyStore, master_keys


@asynccontextmanager
async def open_vault(settings: Settings) -> AsyncIterator[Vault]:
    """The vault that the settings name, with the master keys that they name."""
    async with open_key_store(settings) as store:
        yield Vault(store, master_keys(settings))


@asynccontextmanager
async def open_key_store(settings: Settings) -> AsyncIterator[WholeKeyStore]:
    """The wrapped keys: PostgreSQL by ``vault_url``, else SQLite under the data folder."""
    store: WholeKeyStore
    if settings.vault_url is not None:
        store = await PostgresKeys.open(settings.vault_url.get_secret_value())
    else:
        store = await SqliteKeys.open(settings.data / "vault" / "keys.sqlite")
    try:
        yield store
    finally:
        await store.close()


def open_documents(settings: Settings, vault: Vault) -> Documents:
    """The document store that the settings name, with what opens it."""
    return Documents(open_blobs(settings), vault)


def open_blobs(settings: Settings) -> BlobStore:
    """The sealed documents: S3 by ``documents_bucket``, else a folder under ``data``."""
    if settings.documents_bucket is None:
        return FolderStore(settings.data / "documents")
    return S3Store(settings, settings.documents_bucket)
