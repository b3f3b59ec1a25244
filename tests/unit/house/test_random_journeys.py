"""Random journeys: people act, services lag behind each other, facts cross; every fold ends as the log alone says.

Each service has read a prefix of the log and decides on that, as on a real broker. What comes of it is held against
the independent fold.
"""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from ops.verify import naive_fold
from ops.verify.services import SERVICES
from services.casework.decisions import SERVICE as CASEWORK
from services.casework.decisions import refuse
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event, to_json
from shared.errors import RedressError
from shared.kernel.service import CommandTrigger, Fact, LogTrigger, NoLongerDue, Service
from tests.support.casework import CONTACT, DECISION, INVESTIGATION, REPLY, REPORT, SETTLEMENT, Case, known
from tests.support.facts import CASE, NOW, Given, event, receipt

HANDLER = "whoever handles the case"
ACTS: list[tuple[str, str, dict[str, Any]]] = [
    (HANDLER, "accept-handover", {}),
    (HANDLER, "refuse-handover", {"ground": "not_competent", "proposed_unit": "dongqiao.operations"}),
    (HANDLER, "accept-handover", {}),
    (HANDLER, "delegate", {"person": "fan.yi", "ground": "外出培训。"}),
    (HANDLER, "name-party", {"person": "luo.tian", "ground": "本人经办。"}),
    ("lin.fang", "classify", {"reason": "violation", "ground": "查明。", "level": "hard"}),
    (HANDLER, "record-contact", CONTACT),
    (HANDLER, "record-contact", CONTACT | {"promised_at": "2020-03-07T18:00:00+08:00"}),
    ("lin.fang", "assign-unit", {"unit": "dongqiao.lending", "ground": "查明。"}),
    (HANDLER, "reassign", {"person": "fan.yi", "ground": "长期外出。"}),
    (HANDLER, "escalate", {"reason": "超出权限。", "mode": "takes_over"}),
    (HANDLER, "record-investigation", INVESTIGATION),
    (HANDLER, "decide", DECISION),
    (HANDLER, "reply-customer", REPLY),
    ("wu.qing", "settle-on-the-spot", SETTLEMENT),
    ("lin.fang", "record-satisfaction", {"value": "satisfied"}),
    (HANDLER, "report-result", REPORT),
    (HANDLER, "report-overrun-reason", {"reason": "等待外部材料。"}),
    (HANDLER, "explain-overrun", {"words": "已说明。", "promised_on": "2020-04-30"}),
    ("lin.fang", "confirm-result", {"checked": "已核对。", "called_back": True}),
    ("lin.fang", "close", {}),
    ("lin.fang", "withdraw", {"received_at": NOW.isoformat(), "way": "phone", "proof": "录音 19"}),
    ("zhong.an", "archive", {"place": "档案室", "retain_until": "2030-12-31"}),
    ("lin.fang", "reopen", {"ground": "再次来电。", "received_at": NOW.isoformat()}),
]


class Reader:
    """One service: the prefix of the log that it has folded, and what it owes."""

    def __init__(self, service: Service[Any]) -> None:
        self.service = service
        self.given = Given(service, known=known())
        self.read = 0
        self.owed: list[Event] = []


class World:
    """The log of one case and its readers; nothing is folded until a reader gets its turn."""

    def __init__(self) -> None:
        self.log: list[Event] = [event(receipt())]
        self.now = NOW
        self.readers = {service.name: Reader(service) for service in SERVICES}
        self.people = Case(routed=False)
        self.reached = 0

    def catch_up(self, name: str) -> Reader:
        """Fold everything up to the end."""
        reader = self.readers[name]
        for one in self.log[reader.read :]:
            if one.source == f"/redress/{name}":
                reader.owed = [o for o in reader.owed if o.id != one.causationid]
            owes = reader.given.owes(one)
            reader.given.fold(one)
            if owes:
                reader.owed.append(one)
        reader.read = len(self.log)
        return reader

    def append(self, reader: Reader, cause: str, facts: list[Fact]) -> None:
        """Append what a service decided on what it has read, then let it read that back."""
        basis = self.log[reader.read - 1].id
        for position, fact in enumerate(facts):
            made = event(fact.data, cause, position, fact.happened_at or self.now)
            self.log.append(made._replace(basisid=basis, recordedtime=self.now.isoformat()))
        self.catch_up(reader.service.name)

    def answer(self, name: str) -> bool:
        """Let a service answer the first event that it owes a reaction to, on what it has read so far."""
        reader = self.readers[name]
        if not reader.owed:
            return False
        trigger = LogTrigger(reader.owed[0])
        self.append(reader, trigger.id, list(reader.given.when(trigger, self.now)))
        return True

    def act(self, chosen: tuple[int, bool]) -> None:
        """Somebody does what comes next, or a few acts further; on all that happened, or on what casework has read."""
        further, up_to_date = chosen
        if up_to_date:
            self.catch_up("routing")
            self.answer("routing")
            self.catch_up("casework")
        reader = self.readers["casework"]
        if reader.given.state is None or CASEWORK.waits_for_others(reader.given.state):
            return
        at = (self.reached + further) % len(ACTS)
        actor, name, body = ACTS[at]
        handler = reader.given.state.core.handler
        if actor == HANDLER:
            actor = handler.person if handler else "luo.tian"
        self.now += timedelta(minutes=1)
        command = self.people.command(actor, name, **body)
        try:
            facts = list(reader.given.when(CommandTrigger(command), self.now))
        except RedressError as error:
            facts = [refuse(command, error)]
        else:
            self.reached = at + 1
        self.append(reader, command.id, facts)

    def fire(self) -> None:
        """The clock moves to the next due instant, and sla fires what it holds for due."""
        reader = self.catch_up("sla")
        while self.answer("sla"):
            pass  # a session answers what it owes before what falls due
        if reader.given.state is None:
            return
        due = sorted(SLA.timers(CASE, reader.given.state), key=lambda timer: timer.due_at)
        if due:
            self.now = max(self.now, due[0].due_at)
            try:
                self.append(reader, due[0].id, list(reader.given.when(due[0], self.now)))
            except NoLongerDue:
                return

    def settle(self) -> None:
        """Until everybody has read everything and nothing is owed."""
        for _ in range(200):
            busy = False
            for name in self.readers:
                self.catch_up(name)
                busy |= self.answer(name)
            if not busy:
                return
        raise AssertionError("the services go on answering each other")


ACT = st.tuples(st.just("act"), st.tuples(st.sampled_from((0, 0, 0, 1, 2, 3)), st.sampled_from((True, True, False))))
STEPS = st.one_of(
    ACT,
    ACT,
    ACT,
    st.tuples(st.just("catch_up"), st.sampled_from([service.name for service in SERVICES])),
    st.tuples(st.just("answer"), st.sampled_from([service.name for service in SERVICES])),
    st.tuples(st.just("fire"), st.none()),
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@for_all(st.booleans(), st.lists(STEPS, min_size=30, max_size=80))
def test_every_journey_folds_in_every_service_to_what_the_log_alone_says(
    routed: bool, steps: list[tuple[str, Any]]
) -> None:
    """Owners, duties, clocks, letters: field by field, whatever crossed what."""
    world = World()
    if routed:
        world.settle()
    for what, argument in steps:
        getattr(world, what)(*([] if argument is None else [argument]))
    world.settle()
    expected = naive_fold.fold(to_json(one) for one in world.log)
    states = {name: reader.given.state for name, reader in world.readers.items()}

    for service in SERVICES:
        dumped = naive_fold.differences(expected[service.name][CASE], _plain(service.dump(states[service.name])))
        assert [] == dumped
    assert 1 == len({str(state.core) for state in states.values()})


def _plain(dump: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(dump, dict):
        return {key: _plain(value) for key, value in dump.items()}
    return [_plain(value) for value in dump] if isinstance(dump, list | tuple) else dump
