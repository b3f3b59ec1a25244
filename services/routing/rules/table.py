"""The rule table is read from the file that an officer writes; what is wrong is refused by line and column. Pure."""

import yaml

from services.routing.rules.cells import Cell, lines_of, refusal
from services.routing.rules.coverage import check_whole
from services.routing.rules.lines import Column, DutyLine, OwnerLine, RuleTable
from services.routing.rules.process import CHAIN_KINDS, CREDITORS, DEBTORS, HANDLINGS, Creditor, Settled
from shared.bank.posts import POSTS, UNIT_KINDS
from shared.bank.reference_file import read_nodes
from shared.case.duty_kinds import KINDS
from shared.contract.channels import CHANNELS
from shared.errors import BadReference

SECTIONS = ("owners", "duties")
OWNER_COLUMNS = ("channel", "form", "unit_kind", "accepted_by", "handled_by", "chain")
DUTY_COLUMNS = ("duty", "debtor", "creditor")
CREDITOR_WORDS: dict[str, Creditor] = {creditor or "nobody": creditor for creditor in CREDITORS}
MARKS: dict[str, Settled | None] = {"x": "", "receipt": "by_receipt", ".": None}


def read_table(text: str) -> RuleTable:
    """The table of a file's text.

    Raises:
        BadReference: not YAML, a word that is not known, a cell, a column or an accepting post missing.
    """
    sections = _sections(text)
    owners = lines_of(sections["owners"])
    duties = lines_of(sections["duties"])
    _check_header(owners[0], OWNER_COLUMNS)
    _check_header(duties[0][: len(DUTY_COLUMNS)], DUTY_COLUMNS)
    headings = duties[0][len(DUTY_COLUMNS) :]
    columns = tuple(_column(cell) for cell in headings)
    found = RuleTable(
        tuple(_owner_line(*line) for line in owners[1:]),
        columns,
        tuple(_duty_line(line, columns) for line in duties[1:]),
    )
    check_whole(found, headings, [line[0] for line in owners[1:]], [line[0] for line in duties[1:]])
    return found


def _sections(text: str) -> dict[str, yaml.Node]:
    root = read_nodes(text, "The routing rules")
    if not isinstance(root, yaml.MappingNode):
        raise BadReference(f"The routing rules need the tables {' and '.join(SECTIONS)}.")
    found: dict[str, yaml.Node] = {}
    for name, node in root.value:
        if (section := Cell(name).one_of(SECTIONS, "table")) in found:
            raise refusal(f"The table {section!r} stands twice.", name.start_mark)
        found[section] = node
    for name in SECTIONS:
        if name not in found:
            raise refusal(f"The table {name!r} is missing.", root.start_mark)
    return found


def _check_header(cells: list[Cell], names: tuple[str, ...]) -> None:
    for cell, name in zip(cells, names, strict=False):
        cell.one_of((name,), "heading")
    if len(cells) != len(names):
        raise cells[-1].refused(f"The columns are {', '.join(names)}.")


def _owner_line(
    channel: Cell, form: Cell, unit_kind: Cell, accepted_by: Cell, handled_by: Cell, chain: Cell
) -> OwnerLine:
    code = channel.one_of(CHANNELS, "channel")
    return OwnerLine(
        code,
        form.several(CHANNELS[code].forms, f"form of {code}"),
        unit_kind.several(UNIT_KINDS, "kind of unit"),
        accepted_by.one_of(POSTS, "post"),
        handled_by.one_of(HANDLINGS, "way of handling"),
        chain.one_of(CHAIN_KINDS, "chain"),
    )


def _column(heading: Cell) -> Column:
    name, forms = heading.pair()
    code = name.one_of(CHANNELS, "channel")
    return Column(code, forms.several(CHANNELS[code].forms, f"form of {code}") if forms else ())


def _duty_line(line: list[Cell], columns: tuple[Column, ...]) -> DutyLine:
    kind = line[0].one_of(KINDS, "kind of duty")
    marks = zip(line[len(DUTY_COLUMNS) :], columns, strict=True)
    return DutyLine(
        kind,
        line[1].one_of(DEBTORS, "debtor"),
        CREDITOR_WORDS[line[2].one_of(CREDITOR_WORDS, "creditor")],
        tuple(
            MARKS[cell.one_of(_marks(kind, column), f"mark of {kind} on {column.channel}")] for cell, column in marks
        ),
    )


def _marks(kind: str, column: Column) -> list[str]:
    """The marks that make sense: a receipt settles only what the customer can be told in person."""
    told = CHANNELS[column.channel].told_in_person and "ComplaintReceived" in KINDS[kind].discharged_by
    return [mark for mark, settled in MARKS.items() if told or settled != "by_receipt"]
