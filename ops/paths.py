"""Where the installed repository lies: its data files are read from here, wherever a command is started."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SERVICES = ROOT / "services"
SHARED = ROOT / "shared"
EVENT_VERSIONS = SHARED / "contract" / "events" / "versions.yaml"
