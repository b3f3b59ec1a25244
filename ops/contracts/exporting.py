"""Writes the published contract into a folder: AsyncAPI document, a JSON Schema per type of event, their versions."""

from pathlib import Path
from typing import Any

import orjson
import yaml

from ops.contracts import newest_versions
from ops.contracts.asyncapi import document
from ops.paths import EVENT_VERSIONS
from shared.contract import schemas
from shared.process.settings import Settings

ASYNCAPI = "asyncapi.yaml"
WIDTH = 120


def export(folder: Path, settings: Settings) -> list[str]:
    """Write everything that an installation publishes; the names of the files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for type_ in schemas.types():
        schema = orjson.dumps(schemas.schema_of(type_, settings.schemas_at), option=orjson.OPT_INDENT_2)
        (folder / f"{type_}.json").write_bytes(schema + b"\n")
    (folder / ASYNCAPI).write_text(as_yaml(document(settings)), encoding="utf-8")
    (folder / EVENT_VERSIONS.name).write_text(newest_versions.text(), encoding="utf-8")
    return [ASYNCAPI, EVENT_VERSIONS.name, *(f"{type_}.json" for type_ in schemas.types())]


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: a reader follows no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """See the base class."""
        return True

    def text(self, said: str) -> yaml.ScalarNode:
        """A text of several lines, line by line."""
        return self.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)


_Plain.add_representer(str, _Plain.text)


def as_yaml(found: dict[str, Any], head: str = "") -> str:
    """The document as text."""
    return head + yaml.dump(found, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=WIDTH)
