"""A command is given in a shell of its own: whether that has the settings of what runs here. Only names are told."""

from pathlib import Path

from ops.local import supervisor_file
from ops.local.installation import KEPT, NotRunning
from shared.errors import RedressError
from shared.process.settings import PREFIX, Settings, given

TOLD_OTHERWISE = frozenset(f"{PREFIX}{name.upper()}" for name in ("data", *KEPT))
"""What every command has from its options, or from the data folder."""
PLACES = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "SECRETS", "VAULT_URL", "CONSOLE_URL", "MASTER_KEY_FILE", "LOG_KEY_FILE",
        "DOCUMENTS_BUCKET", "DOCUMENTS_PREFIX", "DOCUMENTS_ENDPOINT",
    )
)  # fmt: skip
"""Where something is kept, or where that is said: whoever has others works on something else, and says "done"."""
VAULT = frozenset(f"{PREFIX}{name}" for name in ("VAULT_URL", "SECRETS"))
"""Where the vault is, or where that is said."""


class OtherPlaces(RedressError):
    """What runs here keeps things elsewhere than this command would look: give it the same settings."""

    code = "other_places"
    status = 409


def differing(settings: Settings) -> list[str]:
    """The variables that are others here than what runs was started with; none where nothing runs, or none may look."""
    try:
        pid = supervisor_file.read(settings)["pid"]
        said = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except (NotRunning, OSError):
        return []
    there = dict(one.split("=", 1) for one in said.split("\0") if one.startswith(PREFIX))
    here = given()
    return sorted(name for name in {*there, *here} - TOLD_OTHERWISE if there.get(name, "") != here.get(name, ""))


def check_places(settings: Settings) -> None:
    """See that a command works on what the processes have. Raises OtherPlaces."""
    if others := [name for name in differing(settings) if name in PLACES]:
        raise OtherPlaces(
            f"What runs here was started with another {', '.join(others)}: give this command with the same settings, "
            "else it works on something else."
        )
