"""A cell of the rule file knows its line and column, so that a refusal can name them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import yaml

from shared.errors import BadReference

ANY = "any"
Word = TypeVar("Word", bound=str)


def refusal(text: str, mark: yaml.Mark) -> BadReference:
    """The refusal of what stands at a mark."""
    line, column = mark.line + 1, mark.column + 1
    return BadReference(f"The routing rules, line {line}, column {column}: {text}", line=line, column=column)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    node: yaml.Node

    def refused(self, text: str) -> BadReference:
        """The refusal of this cell."""
        return refusal(text, self.node.start_mark)

    def one_of(self, words: Iterable[Word], what: str) -> Word:
        """The cell's word. Raises BadReference: it is none of those allowed."""
        allowed = tuple(words)
        found = next(
            (word for word in allowed if isinstance(self.node, yaml.ScalarNode) and word == self.node.value), None
        )
        if found is None:
            written = self.node.value if isinstance(self.node, yaml.ScalarNode) else "this"
            raise self.refused(f"{written!r} is no {what} here; allowed: {', '.join(allowed)}.")
        return found

    def several(self, words: Iterable[str], what: str) -> tuple[str, ...]:
        """The cell's word or words in brackets; none for ``any``. Raises BadReference."""
        if isinstance(self.node, yaml.ScalarNode) and self.node.value == ANY:
            return ()
        allowed = tuple(words)
        if isinstance(self.node, yaml.SequenceNode) and self.node.value:
            return tuple(Cell(node).one_of(allowed, what) for node in self.node.value)
        return (self.one_of((ANY, *allowed), what),)

    def pair(self) -> tuple["Cell", "Cell | None"]:
        """The two sides of ``name: words``; a name alone has none."""
        if isinstance(self.node, yaml.MappingNode) and len(self.node.value) == 1:
            name, words = self.node.value[0]
            return Cell(name), Cell(words)
        return self, None


def lines_of(node: yaml.Node) -> list[list[Cell]]:
    """The lines of a table. Raises BadReference: it is no list of lines, or a line has not a cell for every column."""
    if not isinstance(node, yaml.SequenceNode) or not node.value or not node.value[0].value:
        raise refusal("A table is a list of lines, each in brackets; the first one names the columns.", node.start_mark)
    lines = []
    for line in node.value:
        if not isinstance(line, yaml.SequenceNode):
            raise refusal("A line of a table stands in brackets, its cells parted by commas.", line.start_mark)
        lines.append([Cell(cell) for cell in line.value])
        if len(lines[-1]) != len(lines[0]):
            text = f"This line has {len(lines[-1])} cells and the table {len(lines[0])} columns: write one for each."
            raise refusal(text, line.end_mark)
    return lines
