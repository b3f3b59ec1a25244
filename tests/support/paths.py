"""Where the repository lies, for tests that read its documents and golden files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
REFERENCE = ROOT / "docs" / "reference"
