"""The settings say which key store and which document store an installation has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.key_stores import PostgresKeys, SqliteKeys
from shared.sealing.s3_documents import S3Store
from shared.sealing.vault import KeyStore, Vault, master_key


@asynccontextmanager
async def open_vault(settings: Settings) -> AsyncIterator[Vault]:
    """The vault that the settings name: PostgreSQL by ``vault_url``, else SQLite under the data folder."""
    store: KeyStore
    if settings.vault_url is not None:
        store = await PostgresKeys.open(settings.vault_url.get_secret_value())
    else:
        store = await SqliteKeys.open(settings.data / "vault" / "keys.sqlite")
    try:
        yield Vault(store, master_key(settings))
    finally:
        await store.close()


def open_documents(settings: Settings, vault: Vault) -> Documents:
    """The document store that the settings name: S3 by ``documents_bucket``, else a folder under ``data``."""
    if settings.documents_bucket is None:
        return Documents(settings.data / "documents", vault)
    return Documents(S3Store(settings, settings.documents_bucket), vault)
