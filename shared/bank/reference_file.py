"""Reads the YAML of a reference file; a key that stands twice is refused, since the first would be lost unseen."""

from typing import Any

import yaml

from shared.errors import BadReference


class OnceLoader(yaml.CSafeLoader):
    """Reads YAML in which every key of a mapping stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make the mapping. Raises ConstructorError at a key that was there before."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else "")
        return super().construct_mapping(node, deep)


def read_yaml(text: str, what: str, loader: type[OnceLoader] = OnceLoader) -> Any:
    """Read a file's text; ``what`` it is begins the error.

    Raises:
        BadReference: it is no YAML, or a key stands twice; line and column are named.
    """
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - derived from a safe loader
    except yaml.MarkedYAMLError as error:
        raise not_yaml(what, error) from error
    except (yaml.YAMLError, ValueError) as error:  # such as a date that no calendar has
        raise BadReference(f"{what} is no YAML: {error}") from error


def not_yaml(what: str, error: yaml.MarkedYAMLError) -> BadReference:
    """Say where a text stops being YAML."""
    mark = error.problem_mark
    if mark is None:
        return BadReference(f"{what} is no YAML: {error}")
    line = mark.line + 1
    return BadReference(f"{what}, line {line}, column {mark.column + 1}: no YAML: {error.problem}.", line=line)
