"""An S3 store keeps documents in a bucket that several machines share."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from shared.process.settings import Settings
from shared.sealing.documents import NAME, DocumentMissing, DocumentsAway

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

RETRY: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}
"""Short breaks only: whoever stores a document tries again, and is asked for patience meanwhile."""


class S3Store:
    """One object per blob. S3 answers a PUT when the object is durable, and one name only ever has one content.

    So a repeated PUT puts the same bytes in the place of the same bytes, whoever wrote them first.
    """

    def __init__(self, settings: Settings, bucket: str, retry: "RetryConfig" = RETRY) -> None:
        self._bucket = Bucket(
            bucket,
            prefix=settings.documents_prefix or None,
            config=_config(settings),
            client_options=_client_options(settings),
            retry_config=retry,
        )

    async def put(self, name: str, blob: bytes) -> None:
        """See ``BlobStore``. Raises DocumentsAway."""
        try:
            await obstore.put_async(self._bucket, name, blob, use_multipart=False)
        except (BaseError, OSError) as error:
            raise DocumentsAway from error

    async def get(self, name: str) -> bytes:
        """See ``BlobStore``. Raises DocumentsAway."""
        try:
            found = await obstore.get_async(self._bucket, name)
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise DocumentMissing from error
        except (BaseError, OSError) as error:
            raise DocumentsAway from error

    async def names(self) -> AsyncIterator[str]:
        """See ``BlobStore``. Raises DocumentsAway."""
        try:
            async for found in obstore.list(self._bucket):
                for one in found:
                    if NAME.fullmatch(name := one["path"].rpartition("/")[2]):
                        yield name
        except (BaseError, OSError) as error:
            raise DocumentsAway from error


def _config(settings: Settings) -> "S3Config":
    """What is not set here comes from the machine: its role, or the variables that every S3 client knows."""
    secret = settings.documents_secret
    config: S3Config = {}
    if settings.documents_region is not None:
        config["region"] = settings.documents_region
    if settings.documents_endpoint is not None:
        config["endpoint"] = settings.documents_endpoint
    if settings.documents_key_id is not None and secret is not None:
        config["access_key_id"] = settings.documents_key_id
        config["secret_access_key"] = secret.get_secret_value()
    return config


def _client_options(settings: Settings) -> "ClientConfig":
    """Plain HTTP only where the setting says so, such as to a service on this machine."""
    plain = (settings.documents_endpoint or "").startswith("http://")
    return {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=30), "allow_http": plain}
