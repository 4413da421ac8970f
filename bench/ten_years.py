"""Generate a plan of any size with ten years of history in bulk, for benchmarks.

Every quarter each item gets a history row, and so does every other record that changed, so that
the plan differs from quarter to quarter. The values of a record depend only on its index and the
quarter, so that every run generates the same plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Max

from agencies.models import Agency, User
from agencies.records.tracking import PLAN_COLUMN
from agencies.typed.characters import searchable
from bench import bulk
from bench.big_plan import AGENCIES, PILLARS
from workitems.models import (
    Delay,
    Meeting,
    Member,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    ReturnNote,
    Risk,
    Round,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import number_key

FEW = 150  # the number of items after which a cell gets no more
QUARTERS = 40
QUARTER = 91  # days
CAUSES = ("funding", "staffing", "another_agency", "legislation", "procurement")
SURE = ("on_track", "on_track", "on_track", "at_risk", "on_track", "off_track", "at_risk")

# Column values of a record in a quarter, or None before it was created.
State = dict[str, Any] | None


def make_ten_years(size: int, today: date) -> Plan:
    """Create a plan with `size` items, each with two milestones, one supporting agency and an
    update each half year. Every fourth milestone is delayed, and every second of those has its
    agreed date moved."""
    return _Made(size, today).plan


class _Made:
    """Generator of the plan. Records are created after those that they refer to."""

    def __init__(self, size: int, today: date) -> None:
        self.size, self.start = size, today - timedelta(days=QUARTER * QUARTERS)
        self.agencies = [
            Agency.objects.get_or_create(short_name=f"AG{n}", defaults={"name": f"Agency {n}"})[
                0
            ].pk
            for n in range(AGENCIES)
        ]
        self.person = User.objects.create_user(
            f"coordinator.of.{size}@example.org", name="A coordinator"
        ).pk
        self.plan = Plan.objects.create(
            title=f"Ten years of {size} items",
            slug=f"ten-years-of-{size}",
            released_on=self.start,
            adopted_on=self.start,
            portfolio="Minister of Immigration",
            coordinating_agency_id=self.agencies[0],
        )
        self.keep(Member, AGENCIES, self.member)
        self.pillars = self.keep(Pillar, PILLARS, self.pillar, lambda n: (0, 24))
        self.meetings = self.keep(Meeting, QUARTERS, self.meeting, lambda n: (n,))
        self.items = self.keep(WorkItem, size, self.item, lambda n: range(QUARTERS), self.derived)
        self.keep(Support, size, self.support)
        self.milestones = self.keep(Milestone, size * 2, self.milestone, self.turns)
        delayed = size // 2  # every fourth of two an item
        self.delays = self.keep(Delay, delayed, self.delay, lambda n: self.turns(n * 4))
        self.keep(Mitigation, delayed, self.mitigation, lambda n: self.turns(n * 4))
        self.keep(Variation, size // 4, self.variation, lambda n: self.turns(n * 8 + 4))
        self.keep(Risk, size // 20, self.risk, lambda n: (n % 30, n % 30 + 2, n % 30 + 6))
        halves = QUARTERS // 2
        self.rounds = self.keep(Round, halves, self.round, lambda n: (n * 2 + 1, n * 2 + 2))
        self.returns = self.keep(
            Return, halves * AGENCIES, self.of_agency, lambda n: self.halves(n // AGENCIES)
        )
        self.keep(ReturnNote, halves * AGENCIES, self.note, lambda n: self.halves(n // AGENCIES))
        self.keep(Update, halves * size, self.update, lambda n: self.halves(n // size))

    def day(self, quarter: int) -> date:
        """Return the first day of a quarter. Quarter 0 is the release; quarter QUARTERS is today."""
        return self.start + timedelta(days=QUARTER * quarter)

    def moment(self, quarter: int, index: int = 0) -> datetime:
        """Return a moment on the quarter's first day, one second later per index."""
        day = self.day(quarter)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=index)

    def keep(
        self,
        model: Any,
        count: int,
        at: Callable[[int, int], State],
        turns: Callable[[int], Iterable[int]] = lambda index: (0,),
        derived: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> dict[int, int]:
        """Write records and their history rows; return the id of each record by index.

        `at` returns the state of an index in a quarter. `turns` returns the quarters in which an
        index may change. `derived` returns columns that history tables do not have.
        """
        first = (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        ids: dict[int, int] = {}

        def records() -> Iterator[dict[str, Any]]:
            for index in range(count):
                state = at(index, QUARTERS - 1)
                if state is not None:
                    ids[index] = first + len(ids)
                    yield {"id": ids[index], **state, **(derived(state) if derived else {})}

        bulk.write(model, records())
        history = model.history.model
        own = {PLAN_COLUMN: self.plan.pk} if hasattr(history, PLAN_COLUMN) else {}
        bulk.write(history, (row | own for row in self.versions(ids, at, turns)))
        return ids

    def versions(
        self,
        ids: dict[int, int],
        at: Callable[[int, int], State],
        turns: Callable[[int], Iterable[int]],
    ) -> Iterator[dict[str, Any]]:
        """Yield history rows in the order in which users would have written them."""
        changing: dict[int, list[int]] = defaultdict(list)
        for index in ids:
            for quarter in {*turns(index)}:
                changing[quarter].append(index)
        last: dict[int, State] = {}
        for quarter in range(QUARTERS):
            for index in changing[quarter]:
                state = at(index, quarter)
                if state is None or state == last.get(index):
                    continue
                yield {
                    "id": ids[index],
                    "history_date": self.moment(quarter, index),
                    "history_type": "~" if index in last else "+",
                    "history_actor": "Benchmark",
                    "history_change_reason": "Quarterly report",
                    **state,
                }
                last[index] = state

    # --- the state of each record in a quarter ----------------------------------------------

    def member(self, n: int, quarter: int) -> State:
        return {"plan_id": self.plan.pk, "agency_id": self.agencies[n]}

    def pillar(self, n: int, quarter: int) -> State:
        title = f"Pillar {n + 1}{', as renamed' if quarter >= 24 else ''}"
        return {"plan_id": self.plan.pk, "number": n + 1, "title": title}

    def meeting(self, n: int, quarter: int) -> State:
        return {"plan_id": self.plan.pk, "held_on": self.day(n)}

    def begins(self, n: int) -> int:
        return 1 + n * 7 % 23

    def ends(self, n: int) -> int:
        """Return the quarter in which the item is completed or withdrawn; it may be in the future."""
        return self.begins(n) + 11 + n * 17 % 60

    def stage(self, n: int, quarter: int) -> str:
        if quarter < self.begins(n):
            return "not_started"
        if quarter < self.ends(n):
            return "ongoing" if n % 6 == 0 else "under_way"
        return "withdrawn" if n % 31 == 0 else "complete"

    def lead(self, n: int, quarter: int) -> int:
        """Return the index of the lead agency. Every 37th item changes its lead once.

        Under the last pillar the last agency leads few items in a plan of any size, because the dashboard shows
        each item where there are few.
        """
        lead = (n + (n % 37 == 0 and quarter > 25)) % AGENCIES
        is_last = (n % PILLARS, lead) == (PILLARS - 1, AGENCIES - 1)
        return lead - (is_last and n > FEW)

    def item(self, n: int, quarter: int) -> State:
        stage = self.stage(n, quarter)
        who = "all" if n % 11 == 0 and quarter > 20 else "front-line"
        return {
            "plan_id": self.plan.pk,
            "pillar_id": self.pillars[n % PILLARS],
            "number": f"{n % PILLARS + 1}.{n // PILLARS + 1}",
            "title": f"Train {who} staff of district {n + 1} to notice the signs",
            "objective": "Staff who meet people at the border and at work notice the signs.",
            "action": "Develop and deliver training on the signs of trafficking. " * 4,
            "lead_agency_id": self.agencies[self.lead(n, quarter)],
            "is_key": n % 9 == 0,
            "stage": stage,
            "completed_on": self.day(self.ends(n)) if stage == "complete" else None,
            "confidence": SURE[(n + quarter // 2) % 7] if stage != "not_started" else "",
            "reviewer_confidence": SURE[(n + quarter // 5) % 7] if n % 3 == 0 else "",
            # Every eighth item has an update only every two years.
            "heard_on": self.day(quarter - quarter % 8 if n % 8 == 0 else quarter),
            "version": quarter + 1,
        }

    def derived(self, item: dict[str, Any]) -> dict[str, Any]:
        words = searchable(item["number"], item["title"], item["objective"], item["action"])
        return {"number_key": number_key(item["number"]), "search_text": words}

    def support(self, n: int, quarter: int) -> State:
        return {"item_id": self.items[n], "agency_id": self.agencies[(n + 2) % AGENCIES]}

    def due(self, index: int) -> int:
        """Return the quarter in which a milestone is first due: half-way for the first one, at or
        shortly before the item's end for the second."""
        n, is_second = divmod(index, 2)
        if is_second:
            return self.ends(n) - (3 if n % 5 == 0 else 0)
        return (self.begins(n) + self.ends(n)) // 2

    def done(self, index: int) -> int:
        n, is_second = divmod(index, 2)
        if is_second or n % 9 == 0:
            return self.ends(n)
        return min(self.ends(n), self.due(index) + (2 if index % 4 == 0 else 0))

    def turns(self, index: int) -> Iterable[int]:
        """Return the quarters in which a milestone, its delay or its mitigation may change."""
        due = self.due(index)
        return (0, due - 1, due, due + 1, self.done(index), self.ends(index // 2))

    def slip(self, index: int, quarter: int) -> int:
        """Return by how many days the milestone is forecast late; some slip twice."""
        if index % 4 or quarter < self.due(index) - 1:
            return 0
        return 60 + index % 120 + (75 if index % 8 == 0 and quarter > self.due(index) else 0)

    def promised(self, index: int) -> date:
        return self.day(self.due(index)) + timedelta(days=index * 13 % 60 - 30)

    def milestone(self, index: int, quarter: int) -> State:
        n = index // 2
        first = self.promised(index)
        expected = first + timedelta(days=self.slip(index, quarter))
        is_done = quarter >= self.done(index)
        is_left = is_done and self.done(index) == self.ends(n) and n % 31 == 0
        return {
            "item_id": self.items[n],
            "number": index % 2 + 1,
            "description": f"Step {index % 2 + 1} of the training is delivered",
            "done_means": "Every member of staff has been to it.",
            "responsible_agency_id": self.agencies[self.lead(n, 0)],
            "original_due": first,
            "agreed_due": expected if index % 8 == 4 and quarter >= self.due(index) else first,
            "forecast_due": expected,
            "completed_on": self.day(self.done(index)) if is_done and not is_left else None,
            "withdrawn_on": self.day(self.ends(n)) if is_left else None,
        }

    def delay(self, n: int, quarter: int) -> State:
        index = n * 4
        if quarter < self.due(index) - 1:
            return None
        before = self.promised(index)
        return {
            "milestone_id": self.milestones[index],
            "number": 1,
            "cause": CAUSES[n % len(CAUSES)],
            "explanation": "No money was set aside for it.",
            "found_on": self.day(self.due(index) - 1),
            "ended_on": self.day(self.done(index)) if quarter >= self.done(index) else None,
            "due_before": before,
            "due_after": before + timedelta(days=self.slip(index, quarter)),
            "times_moved": 2 if index % 8 == 0 and quarter > self.due(index) else 1,
        }

    def mitigation(self, n: int, quarter: int) -> State:
        """Two of three delays get a mitigation, a quarter after they were found."""
        index = n * 4
        if n % 3 == 0 or quarter < self.due(index):
            return None
        return {
            "delay_id": self.delays[n],
            "number": 1,
            "description": "Ask for money in the next budget.",
            "owner_agency_id": self.agencies[0],
            "due_on": self.day(self.due(index) + 1),
            "done_on": self.day(self.done(index)) if quarter >= self.done(index) else None,
        }

    def variation(self, n: int, quarter: int) -> State:
        """Requested when the delay is found, and approved at the next meeting, if it was held."""
        index = n * 8 + 4
        due = self.due(index)
        if quarter < due - 1:
            return None
        before = self.promised(index)
        decided = {
            "state": "approved",
            "meeting_id": self.meetings.get(due),
            "decided_by_id": self.person,
            "decided_at": self.moment(due, index),
        }
        return {
            "plan_id": self.plan.pk,
            "number": n + 1,
            "kind": "date",
            "item_id": self.items[index // 2],
            "milestone_id": self.milestones[index],
            "due_before": before,
            "due_after": before + timedelta(days=self.slip(index, due)),
            "reason": "No money was set aside for it.",
            "requesting_agency_id": self.agencies[self.lead(index // 2, 0)],
            "requested_at": self.moment(due - 1, index),
            "state": "requested",
            "meeting_id": None,
            "decided_by_id": None,
            "decided_at": None,
            **(decided if quarter >= due else {}),
        }

    def risk(self, n: int, quarter: int) -> State:
        """Every third is escalated after half a year; every second is closed a year after that."""
        raised = n % 30
        if quarter < raised:
            return None
        up = n % 3 == 0 and quarter >= raised + 2
        return {
            "plan_id": self.plan.pk,
            "item_id": self.items[n * 20],
            "number": n + 1,
            "description": "Trained staff leave.",
            "likelihood": "medium",
            "impact": "high",
            "owner_agency_id": self.agencies[n % AGENCIES],
            "escalated_to": "group" if up else "",
            "escalated_on": self.day(raised + 2) if up else None,
            "closed_on": self.day(raised + 6) if n % 2 and quarter >= raised + 6 else None,
        }

    # --- rounds: each half year's round is open in its second quarter ------------------------

    def halves(self, half: int) -> tuple[int, int]:
        return half * 2 + 1, half * 2 + 2

    def round(self, half: int, quarter: int) -> State:
        opens, closes = self.halves(half)
        if quarter < opens:
            return None
        return {
            "plan_id": self.plan.pk,
            "name": f"Half year {half + 1}",
            "period_start": self.day(half * 2),
            "period_end": self.day(half * 2 + 2) - timedelta(days=1),
            "due_on": self.day(opens) + timedelta(days=14),
            "opened_at": self.moment(opens),
            "closed_at": self.moment(closes) if quarter >= closes else None,
        }

    def of_agency(self, n: int, quarter: int) -> State:
        half, place = divmod(n, AGENCIES)
        opens, closes = self.halves(half)
        if quarter < opens:
            return None
        state = ("due", "submitted", "accepted", "sent_back")[place % 4]
        state = "accepted" if quarter >= closes else state
        return {
            "round_id": self.rounds[half],
            "agency_id": self.agencies[place],
            "state": state,
            "submitted_at": None if state == "due" else self.moment(opens, n),
            "accepted_on": self.day(min(quarter, closes)) if state == "accepted" else None,
        }

    def note(self, n: int, quarter: int) -> State:
        opens, _ = self.halves(n // AGENCIES)
        if quarter < opens or n % 4 != 3:
            return None
        return {
            "of_return_id": self.returns[n],
            "body": "Say what came of the training.",
            "by_id": self.person,
            "at": self.moment(opens, n),
        }

    def update(self, n: int, quarter: int) -> State:
        """Only for items that are not completed or withdrawn."""
        half, n = divmod(n, self.size)
        opens, _ = self.halves(half)
        if quarter < opens or opens >= self.ends(n):
            return None
        return {
            "of_return_id": self.returns[half * AGENCIES + self.lead(n, opens)],
            "item_id": self.items[n],
            "stage": self.stage(n, opens),
            "confidence": SURE[(n + opens // 2) % 7],
            "achieved": "The training was given in four districts and well attended. " * 3,
            "planned_next": "The other districts follow before winter. " * 2,
            "written_at": self.moment(opens, n),
        }
