"""Writes the rules of Prometheus as its operator takes them, from the files that everybody else takes."""

import sys
from pathlib import Path
from typing import Any

import yaml

from ops.paths import DEPLOY

RULES = ("recording.yml", "alerts.yml")
PLACE = DEPLOY / "kubernetes" / "monitoring" / "rules.yaml"
HEAD = "# Written by `make docs` from deploy/prometheus: change it there.\n"


def rules() -> str:
    """All groups of rules in one PrometheusRule."""
    files = (yaml.safe_load((DEPLOY / "prometheus" / name).read_text("utf-8")) for name in RULES)
    manifest: dict[str, Any] = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "redress"},
        "spec": {"groups": [group for file in files for group in file["groups"]]},
    }
    return HEAD + yaml.safe_dump(manifest, sort_keys=False, width=120)


def main(place: Path = PLACE) -> int:
    """Write it."""
    place.write_text(rules(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
