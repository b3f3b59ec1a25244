"""Looks for the exit of a case: people who may do what is owed, and do it truly, until the case lies in the archive."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from services.casework.act import Act
from services.casework.commands.declaration import Declaration
from services.casework.decisions import COMMANDS
from services.casework.rights import Rights
from shared.bank.in_force import organisation_in_force
from shared.bank.ladder import standing_in
from shared.case.core import CaseCore
from shared.case.duty_kinds import (
    APPROVE,
    EXECUTE_REMEDY,
    EXECUTE_STEP,
    READ_SUBMISSION,
    RESOLVE_RECEIPT_CONFLICT,
    TO_BODY,
)
from shared.contract.events.approving import ApprovalRequested
from shared.contract.events.second_looks import DecisionRevised
from shared.contract.subjects import person_of
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger
from tests.support.banks import changed, publish
from tests.support.casework import CONTACT, DECISION, INVESTIGATION, REPLY, REPORT
from tests.support.drawn_bodies import drawn_body
from tests.support.facts import Body
from tests.support.world import World

NOT_TRUE = {
    "withdraw": "the customer did not withdraw",
    "not-accept": "the bank does have to handle it",
    "settle-on-the-spot": "the customer agreed to nothing",
    "refuse-handover": "whoever has it is competent",
    "name-party": "nobody else is concerned",
    "reopen": "nothing new came up",
    "resend-message": "no letter was lost",
    "change-representative": "who speaks goes on to speak",
    "escalate": "nobody asked for it",
    "delegate": "the handler is there",
    "reassign": "the handler is there",
    "correct-receipt": "nothing was taken down wrongly",
    "check-evidence": "it ends nothing",
    "request-assistance": "nobody else knows more",
    "open-corrective-action": "nothing has to be mended",
    "pass-suggestion-up": "nobody suggested anything",
    "interim-reply": "it ends nothing",
    "flag-major": "nothing grave has happened",
    "offer-plan": "nobody asked for one",
    "answer-plan": "the customer said nothing to it",
}
"""The acts that are no way out: they would not be true, or end nothing. Everything else that is declared is tried."""
READ: tuple[Body, ...] = (
    {"pointer": "/matter/narrative", "value": "来件说：等候两小时。", "ground": "阅读原件。"},
    {"pointer": "/matter/product", "value": "loan", "ground": "核对两件来件。"},
    {"pointer": "/matter/product", "value": None, "ground": "核对两件来件。"},
)
"""What somebody writes who read what no machine could, or compared two messages."""
LONGEST = 60
"""No case needs more acts than this."""


def rights_of(world: World) -> Rights:
    """Who may do what on the case now."""
    organisation = organisation_in_force(world.known, world.now).organisation
    return Rights(organisation, world.state("casework").core, organisation.day.date_of(world.now))


def entitled(world: World, declared: Declaration[Act], body: Body) -> list[str]:
    """Everybody who may send a command, those first who need not act for another."""
    rights = rights_of(world)
    found = []
    for person in rights.organisation.people:
        try:
            part = rights.part(rights.person(f"person:{person}"), declared.who, body)
        except RedressError:
            continue
        found.append((part.acted_for is not None, person))
    asked = next((one for one in world.state("casework").asked if one.id == body.get("approval")), None)
    if asked is None or declared.name == "refuse-approval":  # which whoever heads the unit of who asked may, too
        return [person for _, person in sorted(found)]
    may = (person_of(asked.actor),) if declared.name == "withdraw-request" else asked.approvers
    return [person for _, person in sorted(found) if person in may]


class Helper:
    """Does one thing after the other that is owed. ``answers``: whether the customer can be spoken with."""

    def __init__(self, world: World, answers: bool) -> None:
        self.world = world
        self.answers = answers
        self._rng = Random(0)

    @property
    def core(self) -> CaseCore:
        """The case as casework knows it."""
        core: CaseCore = self.world.state("casework").core
        return core

    def brings_it_home(self) -> bool:
        """Whether the case comes to the archive."""
        self.world.settle()
        for _ in range(LONGEST):
            if self.core.did("CaseArchived"):
                return True
            self.world.passes(timedelta(minutes=1))
            if not self.does_something() and not self._somebody_comes():
                return False
            self.world.settle()
        return False

    def _somebody_comes(self) -> bool:
        """Where nobody of the bank may act at all, the bank is put under supervision; nothing else is an excuse."""
        rights = rights_of(self.world)
        accepting, handler = self.core.accepting, self.core.handler
        if accepting is None:
            return False
        posts = standing_in(rights.organisation, accepting.unit, "complaint_post")
        people = {p for unit, post in posts for p in rights.organisation.people_in(unit, post, rights.on)}
        if people - rights.parties - {handler.person if handler else None}:
            return False
        text = self.world.known.versions("organisation", "bank")[-1].content
        publish(self.world.known, changed(text, "supervised"), self.world.now)
        return True

    def does_something(self) -> bool:
        """Somebody does one thing that ends a duty or was not done yet in this round."""
        for name, declared in COMMANDS.items():
            if (name in NOT_TRUE and not self._asked_for(name)) or not self._wanted(declared):
                continue
            for body in self._bodies(name):
                for person in entitled(self.world, declared, body):
                    if self._helps(person, name, body):
                        return self.world.acts(person, name, body)
        return False

    def _asked_for(self, name: str) -> bool:
        """Whether an act that nothing calls for otherwise is what somebody owes."""
        return name == "correct-receipt" and bool(self.core.open_duties(READ_SUBMISSION, RESOLVE_RECEIPT_CONFLICT))

    def _wanted(self, declared: Declaration[Act]) -> bool:
        if declared.name == "assign-unit" and self.core.handler is None:
            return True  # else it is asked for, or known already whom it is about
        if declared.name in ("waive-duty", "withdraw-request"):
            return True
        owed = {duty.terms.kind for duty in self.core.open_duties()}
        done = self.core.did(declared.becomes.__name__) or declared.name == "assign-unit"
        if declared.name == "revise-decision":
            return self.core.looks.to_be_revised
        return not owed.isdisjoint(declared.discharges) or not done

    def _helps(self, person: str, name: str, body: Body) -> bool:
        """Whether the act would be taken, and bring the case on."""
        reader = self.world.readers["casework"]
        try:
            facts = reader.given.when(CommandTrigger(self.world.command(person, name, body)), self.world.now)
        except RedressError:
            return False
        if any(isinstance(fact.data, ApprovalRequested) for fact in facts):
            return not self.core.open_duties(APPROVE)
        ends = any(getattr(fact.data, "duties_ended", ()) for fact in facts)
        ends |= any(isinstance(fact.data, DecisionRevised) for fact in facts)
        return ends or not self.core.did(type(facts[0].data).__name__)

    def _bodies(self, name: str) -> Iterator[Body]:
        """What can be said truly by this command."""
        now = self.world.now
        match name:
            case "record-contact":
                yield CONTACT | ({} if self.answers else {"outcome": "not_reached"})
            case "record-satisfaction":
                yield self._verdict()
            case "revise-decision":
                if self.core.looks.to_be_revised:
                    yield DECISION | {"ground": "复核认定有误。", "what_changed": "改为属实。"}
            case "reply-customer" | "check-authority":
                yield from self._checked() if name == "check-authority" else self._replies()
            case "correct-receipt":
                yield from READ
            case "record-investigation":
                yield INVESTIGATION
            case "confirm-result":
                yield {"checked": "已核对。", "called_back": self.answers and self.core.answered}
            case "decide":
                yield DECISION
            case "classify":
                yield {"reason": self.core.reason or "service_attitude"}
            case "assign-unit":
                units = rights_of(self.world).organisation.units
                yield from (
                    {"unit": unit, "ground": "查明。"} for unit in ("dongqiao.lending", *units) if unit in units
                )
            case "answer-transferring-body":
                yield from self._body_answers()
            case "execute-step" | "execute-remedy":
                yield from self._steps() if name == "execute-step" else self._remedies()
            case "answer-media":
                yield {"kind": "final", "outlet": "某晚报", "words": "已核实并改正。"}
            case "explain-overrun":
                yield {"words": "说明。", "promised_on": (now + timedelta(days=9)).date().isoformat()}
            case "record-delivery":
                yield from ({"document": one} for one in ("written_notice", "supervision_form"))
            case "waive-duty":
                yield from self._waivers()
            case "approve":
                asked = self.world.state("casework").asked
                yield from ({"approval": one.id} for one in asked if one.act not in NOT_TRUE)
            case "refuse-approval":
                asked = self.world.state("casework").asked
                yield from ({"approval": one.id, "ground": "不同意。"} for one in asked)
            case "withdraw-request":  # after the others: where nobody is left who may answer
                asked = self.world.state("casework").asked
                yield from ({"approval": one.id, "ground": "无人可答复。"} for one in asked)
            case "report-result":
                yield REPORT | {"handled_at": now.isoformat(), "copy_to": [], "no_copy_reason": "无需抄送。"}
            case _:
                yield self._drawn(name)

    def _verdict(self) -> Body:
        """What the customer thinks of the result; one in three is dissatisfied."""
        attempts = [{"at": self.world.now.isoformat(), "way": "phone"}]
        value = "satisfied" if len(self.world.log) % 3 else "dissatisfied"
        return {"value": value} if self.answers else {"value": "not_reached", "attempts": attempts}

    def _body_answers(self) -> Iterator[Body]:
        """An answer to each body that is owed one."""
        bodies = dict.fromkeys(str(duty.terms.creditor) for duty in self.core.open_duties(TO_BODY))
        yield from ({"body": one, "words": "答复。", "way": "letter"} for one in bodies)

    def _steps(self) -> Iterator[Body]:
        """What is owed of the steps of a plan."""
        for duty in self.core.open_duties(EXECUTE_STEP):
            plan, number = str(duty.terms.level).split("/")
            yield {"plan": plan, "step": int(number), "outcome": "已办。"}

    def _remedies(self) -> Iterator[Body]:
        """What is owed of a decision, a settlement or a plan; money arrived today."""
        for duty in self.core.open_duties(EXECUTE_REMEDY):
            by, number = str(duty.terms.level).split("/")
            named = {"plan": by} if self.core.agreed.plan(by) is not None else {}
            today = rights_of(self.world).organisation.day.date_of(self.world.now)
            yield {"remedy": int(number), "outcome": "已落实。", "arrived_on": today.isoformat(), **named}

    def _checked(self) -> Iterator[Body]:
        """Who answers proves that he may speak; who does not is never heard of again."""
        yield {"authority": "proved", "proof": "授权委托书"} if self.answers else {"authority": "not_proved"}

    def _replies(self) -> Iterator[Body]:
        """The answer, in the book where nobody may be told anything by name."""
        if self.core.speakers is not None and self.core.speakers.only_unproved:
            yield REPLY | {"way": "in_book"}
        yield REPLY if self.answers else REPLY | {"way": "letter", "proof": "挂号信回执"}

    def _waivers(self) -> Iterator[Body]:
        """A duty towards a customer who cannot be spoken with."""
        if self.answers and self.core.reachable_by:
            return
        for duty in self.core.open_duties("contact_customer", "promise", "acknowledge_customer"):
            yield {"duty": duty.id, "ground": "多次联系未果。"}

    def _drawn(self, name: str) -> Body:
        organisation = rights_of(self.world).organisation
        drawn = drawn_body(COMMANDS[name].body, self.world, [*organisation.people], [*organisation.units], self._rng)
        return {**{n: v for n, v in drawn.items() if n != "at"}, "proof": "录音 20"}
