"""The bill of materials, in CycloneDX 1.6, from the locks alone: the same locks give the same bytes."""

import argparse
import json
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

from ops.paths import DEPLOY, ROOT
from ops.supply.licences import licences
from ops.supply.locks import US, Package, packages, running

FILE = DEPLOY / "supply" / "sbom.cdx.json"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:redress:sbom")


def build(locked: list[Package] | None = None) -> str:
    """Write the bill as JSON text. A package that only build and tests need has the scope ``excluded``."""
    found = packages() if locked is None else locked
    needed, named = running(found), licences()
    content = {
        "metadata": {"component": _ourselves()},
        "components": [_component(p, p.ecosystem == "maven" or p.name in needed, named.get(p.key)) for p in found],
        "dependencies": _dependencies(found),
    }
    text = json.dumps(content, sort_keys=True)
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, text)}"}
    return json.dumps(head | {"version": 1} | content, indent=1, ensure_ascii=False) + "\n"


def _ourselves() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = [{"expression": project["license"]}]
    return {"type": "application", "bom-ref": US, "name": US, "version": project["version"], "licenses": licence}


def _component(package: Package, needed: bool, licence: str | None) -> dict[str, Any]:
    group, _, name = package.name.rpartition(":")
    component: dict[str, Any] = {"type": "library", "bom-ref": package.purl}
    component |= {"group": group} if group else {}
    component |= {"name": name, "version": package.version, "scope": "required" if needed else "excluded"}
    # A jar is one file; a Python package is a wheel per platform, each with its hash in the lock that is named below.
    component |= {"hashes": [{"alg": "SHA-256", "content": h} for h in package.hashes]} if group else {}
    component |= {"licenses": [{"expression": licence}]} if licence else {}
    return component | {"purl": package.purl, "properties": [{"name": "redress:lock", "value": package.lock}]}


def _dependencies(found: list[Package]) -> list[dict[str, Any]]:
    """Turn who asked for a package into what each asks for."""
    refs = {p.name: p.purl for p in found if p.ecosystem == "pypi"}
    asks: dict[str, list[str]] = {US: [], **{p.purl: [] for p in found}}
    for package in found:
        for name in package.asked_by:
            asks[refs.get(name, US)].append(package.purl)
    return [{"ref": ref, "dependsOn": sorted(set(wanted))} for ref, wanted in asks.items()]


def main(arguments: list[str] | None = None) -> int:
    """Write the bill of materials into its file."""
    parser = argparse.ArgumentParser(prog="python -m ops.supply.sbom", description=main.__doc__)
    parser.add_argument("--file", type=Path, default=FILE)
    parser.parse_args(arguments).file.write_text(build(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
