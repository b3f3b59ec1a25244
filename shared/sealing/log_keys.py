"""The log key proves that a record was written by this installation: every service has it, nobody else."""

from functools import lru_cache
from pathlib import Path

from shared.process.settings import Settings
from shared.sealing.key_files import KEY_BYTES, BadKeyFile, SigningKeyMissing, development_key


def log_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys under which records count: new ones are written under the first, the others are older.

    Raises:
        SigningKeyMissing: production without a file.
        BadKeyFile: a line of the file is no key.
    """
    if settings.log_key_file is not None:
        return _keys_in(settings.log_key_file)
    if settings.environment == "production":
        raise SigningKeyMissing("In production the log key comes from a file: set REDRESS_LOG_KEY_FILE.")
    return (development_key(settings.data / "keys" / "log.key"),)


@lru_cache(maxsize=8)
def _keys_in(path: Path) -> tuple[bytes, ...]:
    try:
        found = tuple(bytes.fromhex(line) for line in path.read_text(encoding="ascii").split())
    except OSError as error:
        raise SigningKeyMissing(f"{path} cannot be read (REDRESS_LOG_KEY_FILE).") from error
    except ValueError as error:
        raise BadKeyFile(f"{path} holds a line that is no key of {KEY_BYTES} bytes in hexadecimal.") from error
    if not found or any(len(key) != KEY_BYTES for key in found):
        raise BadKeyFile(f"{path} has to hold keys of {KEY_BYTES} bytes in hexadecimal, one a line, the newest first.")
    return found
