"""Where the repository lies, for tests that read its documents and golden files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
GOLDEN_EVENTS = ROOT / "shared" / "contract" / "events" / "golden"
"""Every version of every event as the log holds it: examples of the published contract too, so they come with it."""
REFERENCE = ROOT / "docs" / "reference"
