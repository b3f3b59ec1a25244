"""What only a channel knows of a complaint, a shape each: ``details`` of a submission. Pure.

A channel is open once its shape stands in ``DETAILS``. Whom or which unit a field names is said by its ``Part``: who is
named has to be able to act there on that day (``shared.bank.parts``), on whatever channel.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from shared.contract.bodies import Id, Ids, Line, Listed, Shape
from shared.contract.names import BodyName, Name, Reference
from shared.contract.tenses import DayHappened, Due, DueDay, Happened

SAID_OF_A_BODY = ("body", "reference", "reply_due_on")
"""What origin says of who passed a complaint on, and the details of some channels too."""
Form = Literal["call", "visit", "letter", "electronic"]


class Part(Enum):
    """Says what part somebody, or a unit, has in a receipt.

    ``RECEPTIONIST``: a person of the general office that accepts there. ``BOX``: a unit with an opinion box.
    ``TRANSFERRING``: a unit that lies above the one that received the complaint.
    """

    RECEPTIONIST = "receptionist"
    BOX = "box"
    TRANSFERRING = "transferring"


Receptionist = Annotated[Id, Part.RECEPTIONIST]
BoxUnit = Annotated[Id, Part.BOX]
TransferringUnit = Annotated[Id, Part.TRANSFERRING]


class NamedPart(NamedTuple):
    """A person or unit that details name: the field, the part it has, and the id."""

    field: str
    part: Part
    id: str


def named_parts(details: Shape) -> Iterator[NamedPart]:
    """Everybody, and every unit, that the details of a complaint name."""
    yield from _named(type(details), {field: getattr(details, field) for field in type(details).model_fields})


def parts_named(channel: str, details: Mapping[str, Any]) -> Iterator[NamedPart]:
    """The same of details as a receipt of the log keeps them."""
    yield from _named(DETAILS[channel], details)


def _named(shape: type[Shape], said: Mapping[str, Any]) -> Iterator[NamedPart]:
    for field, info in shape.model_fields.items():
        part = next((one for one in info.metadata if isinstance(one, Part)), None)
        if part is not None and said.get(field) is not None:
            yield NamedPart(field, part, said[field])


class Details(Shape):
    """What only one channel knows. ``example``: what its page and OpenAPI show, invented; fits the example bank."""

    example: ClassVar[Any] = {}


class PhoneDetails(Details):
    """A telephone complaint."""

    example: ClassVar[Any] = {"call_id": "c-20200305-17", "identity_verified": True}

    call_id: Id | None = None
    identity_verified: bool = False
    recording: Literal["kept", "lost", "none"] | None = None


class MailDetails(Details):
    """A complaint by e-mail.

    ``reply_to`` and ``sender`` are what the message says of them, and are never written to. ``authentication``: what
    the bank's own mail server found of where it came from. ``also_sent_to``: units that the same delivery was for.
    """

    example: ClassVar[Any] = {"message_id": "<m-17@customer.example>", "subject": "投诉"}

    message_id: Line | None = None
    subject: Line | None = None
    reply_to: Line | None = None
    sender: Line | None = None
    authentication: Line | None = None
    also_sent_to: Ids | None = None
    files_left_out: Listed[Line] | None = None


class WalkInDetails(Details):
    """A visit. ``receptionist``: whom the general office named to receive the customer (article 2.3)."""

    example: ClassVar[Any] = {"receptionist": "wu.qing", "room": "二楼接待室", "visitors": 2}

    receptionist: Receptionist
    room: Line | None = None
    visitors: int | None = Field(default=None, ge=1, le=10_000)


class LetterDetails(Details):
    """A letter on paper; its scans come as evidence."""

    example: ClassVar[Any] = {"postmarked_on": "2020-03-03", "registered_number": "XA-0000-11"}

    postmarked_on: DayHappened | None = None
    registered_number: Reference | None = None


class MediaDetails(Details):
    """What a medium asks, or has published. ``answer_by``: until when it wants the answer.

    ``candidate``: what was found and is confirmed with this complaint.
    """

    example: ClassVar[Any] = {"form": "inquiry", "outlet": "某晚报", "answer_by": "2020-03-06T17:00:00+08:00"}

    form: Literal["inquiry", "publication", "post"]
    outlet: Name
    journalist: Name | None = None
    contact: Line | None = None
    answer_by: Due | None = None
    url: Line | None = None
    published_at: Happened | None = None
    candidate: Id | None = None


class UpperBranchDetails(Details):
    """What a unit above passed on, in whatever form. ``unit``: which one."""

    example: ClassVar[Any] = {
        "unit": "province",
        "reference": "转2020-88",
        "form": "electronic",
        "reply_due_on": "2020-03-20",
    }

    unit: TransferringUnit
    reference: Reference | None = None
    form: Form | None = None
    reply_due_on: DueDay | None = None


class RegulatorDetails(Details):
    """What an authority passed on. ``form``: how it came; by it the process is chosen."""

    example: ClassVar[Any] = {
        "body": "金融监管局",
        "reference": "转2020-501",
        "form": "letter",
        "reply_due_on": "2020-03-20",
    }

    body: BodyName
    reference: Reference | None = None
    form: Form
    reply_due_on: DueDay | None = None


class OpinionBoxDetails(Details):
    """An entry of an opinion book or box. ``unit``: where it hangs; ``entry``: the page or number of the entry."""

    example: ClassVar[Any] = {"unit": "dongqiao", "dated": "2020-03-05", "entry": "12"}

    unit: BoxUnit
    dated: DayHappened | None = None
    entry: Reference | None = None


class OnlineDetails(Details):
    """A complaint on a page, in an app or in a chat. ``site``: on which one; ``candidate``: see above."""

    example: ClassVar[Any] = {"site": "mobile-app"}

    site: Reference | None = None
    candidate: Id | None = None


DETAILS: dict[str, type[Details]] = {
    "phone": PhoneDetails,
    "mail": MailDetails,
    "walk_in": WalkInDetails,
    "letter": LetterDetails,
    "media": MediaDetails,
    "upper_branch": UpperBranchDetails,
    "regulator": RegulatorDetails,
    "opinion_box": OpinionBoxDetails,
    "online": OnlineDetails,
}
"""The open channels by their codes, in the order of the contract."""
