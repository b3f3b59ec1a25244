"""Two years of cases for those who count them: whose people act from the case's own receipt on."""

from datetime import datetime, timedelta

from shared.contract.events.routing import CaseEscalated
from shared.contract.events.sla import ClockBreached
from tests.support.console_stories import CLOCK, Story


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a bank day."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


class Told(Story):
    """A story whose people act from its own receipt on."""

    def __post_init__(self) -> None:
        """Received and routed then; the clock is set forth by whoever acts."""
        super().__post_init__()
        self.case.now = self.at

    def after(self, days: int) -> "Told":
        """So many days pass."""
        self.case.now += timedelta(days=days)
        return self

    def breached(self) -> "Told":
        """The bank's own clock is breached, and that is recorded at once."""
        return self.missed(timedelta(seconds=1))

    def missed(self, late: timedelta) -> "Told":
        """The bank's own clock is breached, and that is recorded so late."""
        due = self.due
        named = {"clock_id": CLOCK, "milestone": "reply", "due_on": due.date() - timedelta(days=1), "due_at": due}
        self.case.now = due + late
        self.happens(ClockBreached.model_validate({**named, "duties_opened": []}))
        return self

    @property
    def due(self) -> datetime:
        """When its clock is due: five days after the day of receipt."""
        return self.at.replace(hour=0) + timedelta(days=6)

    def timed(self) -> "Told":
        """The bank's own clock starts."""
        self.clock(self.due.isoformat())
        return self


def told_stories() -> list[Story]:
    """Two years of cases: settled, decided, late, repeated, escalated, the same matter, not accepted, from outside."""
    hall = {"matter": {"complained_unit": "dongqiao.hall", "reason": "work_error"}}
    found: list[Story] = [Told(n, at=at(f"2025-03-{n + 3:02}")).timed() for n in range(1, 4)]
    first = Told(10, at=at("2026-01-12")).timed()
    first.after(1).settled().met()
    found.append(first)
    second = Told(11, at=at("2026-03-16"), changes=hall).timed()
    second.case.handler = "bai.xue"
    second.after(3).handled().met()
    found.append(second)
    late = Told(12, at=at("2026-03-20"), changes={"channel": "online"}).timed()
    late.breached().after(2).handled("dissatisfied").met(in_time=False)
    found.append(late)
    found.append(Told(13, at=at("2026-03-23")).timed().missed(timedelta(hours=5)))
    for number, day, relation in (
        (14, "2026-04-01", "repeat"),
        (15, "2026-09-01", "repeat"),
        (16, "2026-03-30", "same_matter"),
    ):
        found.append(Told(number, at=at(day)).timed().relates(first, relation))
    found.append(escalated(Told(17, at=at("2026-02-02")).timed()))
    by_letter = Told(19, at=at("2026-05-11")).timed().after(1)
    found.append(by_letter.handled().answered_by_letter("2026-05-18T02:00:00+08:00"))
    body = {"origin": {"kind": "consumer_body"}, "channel": "letter"}
    found.append(Told(18, at=at("2026-02-03"), changes=body).timed())
    return found


def escalated(story: Story) -> Story:
    """Its handler asked for help from above."""
    to = {"unit": "dongqiao", "person": "gu.ming"}
    base = {"mode": "supports", "rung": "deputy_president", "to": to, "ground": "asked"}
    named = {"organisation": {"id": "bank", "version": "v1"}}
    return story.happens(CaseEscalated.model_validate(base | named))
