"""The imports of the project among its own modules, as a graph: for tests of how it hangs together."""

import ast
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.support.paths import ROOT

Graph = dict[str, set[str]]


def import_graph(files: Iterable[Path]) -> Graph:
    """Per module of the project the modules of the project that it imports, wherever in it the import stands."""
    modules = {_name(file): file for file in files}
    return {name: _imports(file, modules.keys()) - {name} for name, file in modules.items()}


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(file: Path, known: AbstractSet[str]) -> set[str]:
    named: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & known
            named |= inside or {node.module}
    return named & known


def longest_chain(graph: Graph) -> list[str]:
    """The longest chain of modules, each importing the next.

    Raises:
        ValueError: there is a circle.
    """
    found: dict[str, list[str]] = {}

    def below(module: str, above: tuple[str, ...]) -> list[str]:
        if module in above:
            raise ValueError(f"circle of imports: {' -> '.join((*above[above.index(module) :], module))}")
        if module not in found:
            deeper = (below(one, (*above, module)) for one in sorted(graph[module]))
            found[module] = [module, *max(deeper, key=len, default=[])]
        return found[module]

    return max((below(module, ()) for module in sorted(graph)), key=len)
