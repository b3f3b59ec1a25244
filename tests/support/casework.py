"""A case on which people act: commands as the API seals them, decided and folded one after the other."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from ops.local.reference import EXAMPLE_ORGANISATION
from services.casework.decisions import COMMANDS, SERVICE, refuse
from services.casework.http.corrected_value import value_and_receipt
from services.casework.http.sealed_command import Speaking, content_of, sealed_command
from services.casework.state import CaseworkState
from services.routing.decisions import SERVICE as ROUTING
from shared.bank.reference import Reference
from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.contract.commands import Command
from shared.contract.events import EventData
from shared.contract.events.approving import ApprovalRequested
from shared.contract.events.base import CaseworkEvent
from shared.contract.events.casework import CommandRefused
from shared.contract.events.intake import EvidenceAdded
from shared.contract.events.settlement import SealedSettlement
from shared.contract.settlement_bodies import Settlement
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger, Fact
from shared.sealing.bodies import sealed
from tests.support.facts import CASE, NOW, Body, Given, event, receipt, reference

KEY = bytes(32)
PEOPLE = """
  - {id: tang.yu, name: 唐羽, unit: dongqiao.lending, from: 2015-01-01}
  - {id: an.jie, name: 安洁, unit: dongqiao, from: 2015-01-01}
  - {id: ding.ning, name: 丁宁, unit: dongqiao.hall, from: 2015-01-01, until: 2020-03-01}
posts:
  - {unit: dongqiao, post: auditor, holders: [an.jie]}
"""
ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8").replace("\nposts:\n", PEOPLE, 1)
"""The example bank with an auditor, a further clerk in lending, and somebody who has left."""
SETTLEMENT: dict[str, Any] = {
    "findings": "柜员忘记解释费用。",
    "remedy": {"kind": "refund", "amount_minor": 2000, "currency": "CNY"},
    "words": "退还手续费并致歉。",
    "customer_agreed": True,
    "agreed_proof": "录音 17",
    "satisfaction": {"value": "satisfied"},
    "lessons_and_measures": "晨会重申。",
    "treatment_of_persons": "口头提醒。",
    "handler_and_phone": "吴晴 0000-5550112",
    "remedies_told": True,
}


def sealed_settlement(**changes: Any) -> SealedSettlement:
    """The settlement as intake puts it into a receipt."""
    content = Settlement.model_validate(SETTLEMENT | changes).model_dump(mode="python")
    return SealedSettlement.model_validate(orjson.loads(orjson.dumps(sealed(content, KEY, CASE, "settlement"))))


DECISION: Body = {"outcome": "upheld", "findings": "属实。", "grounds": "第三条。", "decision": "退费。"}
REPORT: dict[str, Any] = {
    "cause_and_findings": "费用未解释。",
    "treatment_of_persons": "提醒。",
    "lessons_and_measures": "培训。",
    "handled_at": (NOW + timedelta(minutes=2)).isoformat(),
    "handler_and_phone": "罗天 0000-5550121",
    "copy_to": ["province"],
}
REPLY: Body = {"way": "phone", "content": "已退费。", "remedies_told": True, "proof": "录音 18"}
INVESTIGATION: Body = {"findings": "属实。", "fault": "responsible"}
PLAN: dict[str, Any] = {
    "steps": [{"what": "核对账目。", "due_on": "2020-03-11", "by": "luo.tian"}],
    "ways": ["phone", "in_person"],
    "times": ["2020-03-09T10:00:00+08:00", "2020-03-10T15:00:00+08:00"],
    "remedies": [{"kind": "fee_waiver"}],
}
"""A plan with one step, two ways, two times and what costs nobody's limit."""
CONTACT: Body = {"way": "phone", "points": "致歉。", "outcome": "reached"}
MINUTE = timedelta(minutes=1)


@lru_cache
def known(organisation: str = ORGANISATION) -> Reference:
    """The published reference data; only read by the tests."""
    return reference(organisation=organisation)


class Refused(NamedTuple):
    """What a refused command is answered with."""

    code: str
    pointers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class Case:
    """A received and routed case. ``now`` goes on by a minute with every command."""

    def __init__(self, organisation: str = ORGANISATION, routed: bool = True, **changes: Any) -> None:
        self.now = NOW
        self.organisation = organisation
        self.handler = "luo.tian"
        received = event(receipt(**changes))
        self.given = Given(SERVICE, received, known=known(organisation))
        self.events = [received]
        self._sent = 0
        if routed:
            for place, fact in enumerate(Given(ROUTING, known=known(organisation)).when_event(received)):
                self.happens(fact, received.id, place)

    @property
    def state(self) -> CaseworkState:
        """What casework keeps."""
        assert isinstance(self.given.state, CaseworkState)
        return self.given.state

    @property
    def core(self) -> CaseCore:
        """What every service keeps."""
        return self.state.core

    def happens(
        self,
        data: EventData,
        cause: str = "elsewhere",
        place: int = 0,
        at: datetime | None = None,
        actor: str | None = None,
    ) -> None:
        """A fact lands in the log."""
        one = event(data, cause, place, at or self.now)
        one = one._replace(actor=actor or one.actor)
        self.events.append(one)
        self.given.fold(one)

    def command(self, actor: str, name: str, at: datetime | None = None, **body: Any) -> Command:
        """A command as the API sends it on: sealed, with a key of its own."""
        self._sent += 1
        who = actor if ":" in actor else f"person:{actor}"
        said = body | ({"at": at.isoformat()} if at else {})
        shape, speakers = COMMANDS[name].body, self.core.speakers
        field = COMMANDS[name].names_speakers
        speaking = Speaking(field, speakers.names if speakers else ()) if field else None
        content = content_of(shape, said)
        looked_up = value_and_receipt(content, self.events[0], KEY, UTC) if COMMANDS[name].reads_receipt else None
        command = sealed_command(
            name, content, actor=who, case=CASE, key=str(self._sent), secret=KEY, after=0,
            speaking=speaking, looked_up=looked_up,
        )  # fmt: skip
        return command._replace(fingerprint="f")

    def file_added(self, key: str = "file") -> str:
        """A file comes in; the id of the event that adds it."""
        said = {"sha256": "00", "size_bytes": 1, "kind": "photo", "media_type": "image/png"}
        self.happens(EvidenceAdded.model_validate(said | {"file_name": {"label": "file_name", "box": "eA=="}}), key)
        return self.events[-1].id

    def answer(self, command: Command) -> Fact:
        """What a command is answered with, a refusal too; of an approval the act that it lets happen."""
        return self.answers(command)[-1]

    def answers(self, command: Command) -> Sequence[Fact]:
        """All that a command is answered with."""
        self.now += MINUTE
        try:
            return self.given.when(CommandTrigger(command), self.now)
        except RedressError as error:
            return [refuse(command, error)]

    def decided(self, command: Command) -> Fact:
        """The answer to a command, folded as the log would have it."""
        facts = self.answers(command)
        for place, fact in enumerate(facts):
            self.happens(fact.data, command.id, place, fact.happened_at, fact.actor)
        return facts[-1]

    def does(self, actor: str, name: str, at: datetime | None = None, **body: Any) -> CaseworkEvent:
        """Somebody acts, and it counts; where it needs a second person, whoever is asked first approves it."""
        fact = self.decided(self.command(actor, name, at, **body))
        assert isinstance(fact.data, CaseworkEvent)
        assert not isinstance(fact.data, CommandRefused), fact.data
        assert fact.data.command is not None
        if isinstance(fact.data, ApprovalRequested) and (asked := fact.data.duties_opened[0].debtor.person):
            fact = self.decided(self.command(asked, "approve", approval=self.asked()))
        assert isinstance(fact.data, COMMANDS[name].becomes), fact.data
        return fact.data

    def asks(self, actor: str, name: str, at: datetime | None = None, **body: Any) -> ApprovalRequested:
        """Somebody acts, and a second person is asked."""
        fact = self.decided(self.command(actor, name, at, **body))
        assert isinstance(fact.data, ApprovalRequested), fact.data
        return fact.data

    def asked(self) -> str:
        """The id of what was asked for last and waits."""
        return self.state.asked[-1].id

    def refuses(self, actor: str, name: str, at: datetime | None = None, **body: Any) -> Refused:
        """Somebody acts, and is refused."""
        found = refusal(self.decided(self.command(actor, name, at, **body)))
        assert found.code in {error.code for error in COMMANDS[name].refusals}
        return found

    def offered(self, by: str = "luo.tian", **changes: Any) -> str:
        """A plan was offered, whose step somebody does: its id."""
        steps = [PLAN["steps"][0] | {"by": by}]
        self.does(self.handler, "offer-plan", **PLAN | {"steps": steps} | changes)
        return self.events[-1].id

    def accepted_plan(self, by: str = "luo.tian", choice: Body | None = None, **changes: Any) -> str:
        """And the customer accepted it: its id."""
        plan = self.offered(by, **changes)
        self.does(self.handler, "answer-plan", plan=plan, answer="accepted", **choice or {})
        return plan

    def owed(self) -> set[str]:
        """The kinds of the open duties."""
        return {duty.terms.kind for duty in self.core.open_duties()}

    # -- how far a case has come -------------------------------------------------------------------------

    def accepted(self) -> "Case":
        """The handler took it over."""
        self.does(self.handler, "accept-handover")
        return self

    def investigated(self) -> "Case":
        """And looked into it, and spoke with the customer."""
        self.accepted().does(self.handler, "record-contact", **CONTACT)
        self.does(self.handler, "record-investigation", **INVESTIGATION)
        return self

    def decided_on(self) -> "Case":
        """And decided."""
        self.investigated().does(self.handler, "decide", **DECISION)
        return self

    def answered(self) -> "Case":
        """And told the customer."""
        self.decided_on().does(self.handler, "reply-customer", **REPLY)
        return self

    def replied(self) -> "Case":
        """And the customer is satisfied."""
        self.answered()
        self.does(self.handler, "record-satisfaction", value="satisfied")
        return self

    def tracked(self) -> "Case":
        """And reported; the accepting post looked at the result."""
        self.replied().does(self.handler, "report-result", **REPORT)
        self.does("lin.fang", "confirm-result", checked="已核对。", called_back=True)
        return self

    def closed(self) -> "Case":
        """And nothing is owed any more but the archiving."""
        self.tracked().does("lin.fang", "close")
        return self

    def archived(self) -> "Case":
        """And lies in the archive."""
        self.closed().does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")
        return self


def person(at: Place | None) -> str | None:
    """Who stands at a place."""
    return at and at.person


def refusal(fact: Fact) -> Refused:
    """What a command was refused with."""
    assert isinstance(fact.data, CommandRefused), fact.data
    return Refused(fact.data.code, fact.data.pointers, fact.data.about)


def ended(fact: CaseworkEvent) -> dict[str, str]:
    """The kinds a fact ends, and how."""
    return {duty.kind: duty.state for duty in fact.duties_ended}


def opened(fact: CaseworkEvent) -> dict[str, str | None]:
    """The kinds a fact opens, and who owes them."""
    return {duty.kind: duty.debtor.person for duty in fact.duties_opened}


def discharged(*kinds: str) -> dict[str, str]:
    """These kinds, discharged."""
    return dict.fromkeys(kinds, "discharged")


def waived(kinds: Iterable[str]) -> dict[str, str]:
    """These kinds, waived."""
    return dict.fromkeys(kinds, "waived")
