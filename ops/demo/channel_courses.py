"""The courses of the channels that have acts of their own: levels, media, the opinion box, authorities."""

from collections.abc import Iterator

from ops.demo.courses import COURSES, Row, Step, answered, finished, taken_over

HEARD = {"way": "in_person", "points": "已当面了解情况并致歉。", "outcome": "reached"}


def _visit(row: Row) -> Iterator[Step]:
    """A named receptionist took it down; the supervision form went to the outlet."""
    yield Step(0, 1, "handler", "accept-handover")
    yield Step(0, 1, "handler", "record-contact", HEARD)
    yield from answered(row, 1)
    yield from finished(row, 2)


def _passed_down(offices: tuple[str, ...]) -> Iterator[Step]:
    for office in offices:
        yield Step(0, 1, office, "pass-down", {"words": "请承办部门即与客户联系。"})


def _letter(row: Row) -> Iterator[Step]:
    """It went down level by level, and the report comes back up level by level, in writing."""
    yield from _passed_down(("ye.lan", "wu.qing"))
    yield from taken_over(row, 2)
    yield from answered(row, 1)
    yield from finished(row, 2, reported=(Step(2, 10, "wu.qing", "pass-report-up"),))


def _superior(row: Row) -> Iterator[Step]:
    """A superior branch passed it on; it has its answer with the last report upward."""
    yield from _passed_down(("wu.qing",))
    yield from taken_over(row, 2)
    yield from answered(row, 1)
    yield from finished(row, 2, reported=(Step(2, 10, "wu.qing", "pass-report-up"),))


def _authority(row: Row) -> Iterator[Step]:
    """The department that received it hands it to the general office, which passes it down and answers the body."""
    yield Step(0, 1, "mo.ran", "hand-over", {"words": "监管转办件，移交综合办公室。"})
    yield from _passed_down(("wu.qing",))
    yield from taken_over(row, 2)
    yield from answered(row, 1)
    yield from finished(row, 2, answers_body="wu.qing")


def _media(row: Row) -> Iterator[Step]:
    """The president's office looks into it and answers the medium, in time."""
    found = {"findings": "当日一个窗口因设备故障停用。", "fault": "responsible", "measures": "增开窗口，设备已修复。"}
    yield Step(0, 1, "qiu.min", "record-investigation", found)
    yield Step(0, 1, "qiu.min", "pass-down", {"words": "供知悉。"})
    words = "经核实，当日一个窗口因设备故障停用，已修复并增开窗口。"
    yield Step(1, 10, "qiu.min", "answer-media", {"kind": "final", "outlet": "某晚报", "words": words})
    yield from answered(row, 1, investigated=True)
    yield from finished(row, 2, closer="wu.qing")


def _box(row: Row) -> Iterator[Step]:
    """The head of operations answers in the book; somebody else closes what he handled himself."""
    yield from answered(row, 1)
    yield from finished(row, 2, closer="wu.qing")


CHANNEL_COURSES = {
    "visit": _visit, "letter": _letter, "superior": _superior, "authority": _authority, "media": _media, "box": _box,
}  # fmt: skip
ALL_COURSES = COURSES | CHANNEL_COURSES


def course(row: Row) -> list[Step]:
    """The steps of one complaint."""
    return list(ALL_COURSES[row.get("course", "ordinary")](row))
