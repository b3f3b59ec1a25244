"""The messages of ``complaints.events``: each type of event, in every version that was ever stored."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import orjson

from ops.contracts.messages import AT, CASE, MEDIA_TYPE, PROOFS, Message, written
from shared.contract import schemas
from shared.contract.envelope import Event, outgoing
from shared.contract.events import CATALOGUE
from shared.contract.ids import BOX_PREFIX, CANDIDATE_PREFIX, derived
from shared.contract.records import SOURCE_PREFIX
from shared.contract.topics import EVENTS

HEADERS = ("content-type", "redress-id", "redress-type", "redress-source", "redress-causation", *PROOFS)
SUBJECTS = {
    "OpinionBoxReviewed": f"{BOX_PREFIX}dongqiao", "BoxReviewMissed": f"{BOX_PREFIX}dongqiao",
    "CandidateReported": f"{CANDIDATE_PREFIX}{CASE}", "CandidateDropped": f"{CANDIDATE_PREFIX}{CASE}",
    "CandidateConfirmed": f"{CANDIDATE_PREFIX}{CASE}",
}  # fmt: skip
"""What is no case. (A candidate's id is the id of the case that it may become.)"""
ACTORS = {"intake": "channel:hotline", "casework": "person:luo.tian"}


def event_messages(schemas_at: str) -> Iterator[Message]:
    """Every type and version."""
    for type_, name in schemas.types().items():
        shape = schemas.schema_of(type_, schemas_at)
        producer = CATALOGUE[name].producer
        example, headers, key = written(outgoing(_example(type_, name, producer), schemas_at))
        yield Message(
            EVENTS, type_.removeprefix("redress."), shape["description"].partition("\n\n")[0], shape,
            "the subject", HEADERS, example, headers, key, MEDIA_TYPE, "EventEnvelope", (producer,),
        )  # fmt: skip


def _example(type_: str, name: str, producer: str) -> Event:
    cause = derived("example", "cause")
    return Event(
        derived("example", type_), f"{SOURCE_PREFIX}{producer}", type_, SUBJECTS.get(name, CASE), AT, AT, cause, CASE,
        None if name == "ComplaintReceived" else cause, ACTORS.get(producer, f"service:{producer}"), stored(type_),
    )  # fmt: skip


def stored(type_: str) -> Any:
    """The data of an event as its golden file holds them."""
    folder = resources.files("shared.contract.events").joinpath("golden")
    return orjson.loads(folder.joinpath(f"{type_.removeprefix('redress.')}.json").read_bytes())
