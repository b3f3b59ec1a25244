"""Invented facts of a case that is passed on: down, the report back up, out to a body or a medium."""

from ops.previews.story_so_far import StorySoFar
from shared.contract.events.base import EventData
from shared.contract.events.casework import TransferringBodyAnswered
from shared.contract.events.passing import DispatchPassedDown, MediaAnswered, ReportPassedUp


def _passed_down(told: StorySoFar) -> EventData:
    handler = told.handler()
    to = {"unit": handler.unit, "post": "unit_head", "person": handler.person}
    level = told.organisation.units[handler.unit].parent or handler.unit
    said = {"step": "forward", "level": level, "to": to, "words": told.said("passed")}
    return DispatchPassedDown.model_validate(said)


def _passed_up(told: StorySoFar) -> EventData:
    """The report that the handler made the day before goes on to whom it is owed above."""
    unit = told.organisation.units[told.handler().unit].parent or told.handler().unit
    office = next(told.organisation.units_with(unit, "general_office"), unit)
    to = {"unit": office, "post": "general_office"}
    return ReportPassedUp.model_validate({"level": unit, "to": to, "last": True})


def _body_answered(told: StorySoFar) -> EventData:
    said = {"kind": "final", "body": "某监管局", "words": told.said("told"), "way": "letter"}
    return TransferringBodyAnswered.model_validate(said)


def _medium_answered(told: StorySoFar) -> EventData:
    return MediaAnswered(kind="final", outlet=told.said("outlet"), words=told.said("told"))


PASSING = (_passed_down, _passed_up, _body_answered, _medium_answered)
