"""A file's name as it is shown: readable, bounded, and nothing that a screen or a disk takes for a command."""

import re
import unicodedata

LONGEST = 120
"""Characters. A name of any length is kept as it was sent; this one is for screens, letters and disks."""
LONGEST_ENDING = 12
PATHS = re.compile(r"^.*[/\\]", re.DOTALL)
NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing (``gpj.exe`` read backwards), what no font has."""
NAMELESS = "file"


def shown_name(sent: str) -> str:
    """What a file is called where it is shown or saved, from the name that was sent."""
    last = PATHS.sub("", unicodedata.normalize("NFC", sent))
    seen = "".join(one if unicodedata.category(one) not in UNSEEN else " " for one in last)
    plain = " ".join(NOT_IN_NAMES.sub("_", seen).split()).strip(". ")
    if DEVICES.match(plain):
        plain = f"_{plain}"
    return _short(plain) or NAMELESS


def _short(name: str) -> str:
    """The name with its ending, cut in the middle where it is too long."""
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return name[: LONGEST - 1] + "…"
    return f"{stem[: LONGEST - len(ending) - 2]}….{ending}"
