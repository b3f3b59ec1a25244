"""Reads the YAML of a reference file; a key that stands twice is refused, since the first would be lost unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from shared.errors import BadReference

M = TypeVar("M", bound=BaseModel)


class OnceLoader(yaml.CSafeLoader):
    """Reads YAML in which every key of a mapping stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make the mapping. Raises ConstructorError at a key that was there before."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, what: str, loader: type[OnceLoader] = OnceLoader) -> Any:
    """Read a file's text; ``what`` it is begins the error.

    Raises:
        BadReference: it is no YAML, or a key stands twice; line and column are named where they are known.
    """
    with said_where_it_ends(what):
        return yaml.load(text, Loader=loader)  # noqa: S506 - derived from a safe loader


def read_as(model: type[M], text: str, what: str) -> M:
    """Read a file's text as what it has to be. Raises BadReference, in one line that names the first wrong place."""
    try:
        return model.model_validate(read_yaml(text, what))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise BadReference(f"{what} is not valid: {place}{': ' if place else ''}{first['msg']}.") from error


def read_nodes(text: str, what: str) -> yaml.Node | None:
    """Read a file's text as nodes, which know their line and column. Raises BadReference: it is no YAML."""
    with said_where_it_ends(what):
        return yaml.compose(text, Loader=yaml.CSafeLoader)


@contextmanager
def said_where_it_ends(what: str) -> Iterator[None]:
    """Say where a text stops being YAML that can be read. Raises BadReference."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is None:
            raise _no_yaml(what, error) from error
        where = f"line {mark.line + 1}, column {mark.column + 1}"
        raise BadReference(f"{what}, {where}: no YAML: {error.problem}.", line=mark.line + 1) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # such as a date that no calendar has
        raise _no_yaml(what, error) from error


def _no_yaml(what: str, error: Exception) -> BadReference:
    return BadReference(f"{what}: no YAML: {' '.join(str(error).split())}.")
