"""A made-up plan with ten years of history, of any size, written in bulk, for benchmarks.

Every quarter each item gets a version of its own, and whatever else changed gets one too, so that
each day of the ten years shows another plan. What a record says in a quarter is a function of its
number and the quarter alone: two runs make the same plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import bulk
from big_plan import AGENCIES, PILLARS
from django.db.models import Max

from agencies.models import Agency, User
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
from workitems.models.item import number_key, searchable

QUARTERS = 40
QUARTER = 91  # days
CAUSES = ("funding", "staffing", "another_agency", "legislation", "procurement")
SURE = ("on_track", "on_track", "on_track", "at_risk", "on_track", "off_track", "at_risk")

# What a record was in a quarter, or None before it was made.
State = dict[str, Any] | None


def make_ten_years(size: int, today: date) -> Plan:
    """A plan with `size` items, each with two milestones, one supporter and an update each half
    year; every fourth milestone was delayed, and every second of those got a later agreed date."""
    return _Made(size, today).plan


class _Made:
    """The plan, made in the order in which its records point at each other."""

    def __init__(self, size: int, today: date) -> None:
        self.size, self.start = size, today - timedelta(days=QUARTER * QUARTERS)
        self.agencies = [
            Agency.objects.get_or_create(short_name=f"AG{n}", defaults={"name": f"Agency {n}"})[
                0
            ].pk
            for n in range(AGENCIES)
        ]
        self.person = User.objects.create_user(
            f"coordinator.of.{size}@example.org", "a long enough password", name="A coordinator"
        ).pk
        self.plan = Plan.objects.create(
            title=f"Ten years of {size} items",
            slug=f"ten-years-of-{size}",
            released_on=self.start,
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
        """Quarter 0 is the release, and one more than the last is today."""
        return self.start + timedelta(days=QUARTER * quarter)

    def moment(self, quarter: int, index: int = 0) -> datetime:
        """On the quarter's day, a second apart."""
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
        """Write the records and their versions; returns the id of each record by its index.

        `turns` are the quarters in which one may have changed, `derived` columns that history
        has not got.
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
        bulk.write(model.history.model, self.versions(ids, at, turns))
        return ids

    def versions(
        self,
        ids: dict[int, int],
        at: Callable[[int, int], State],
        turns: Callable[[int], Iterable[int]],
    ) -> Iterator[dict[str, Any]]:
        """A quarter after the other, as people would have written them."""
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

    # --- what each record was in a quarter --------------------------------------------------

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
        """The quarter in which the item is complete or withdrawn, which may be after today."""
        return self.begins(n) + 11 + n * 17 % 60

    def stage(self, n: int, quarter: int) -> str:
        if quarter < self.begins(n):
            return "not_started"
        if quarter < self.ends(n):
            return "ongoing" if n % 6 == 0 else "under_way"
        return "withdrawn" if n % 31 == 0 else "complete"

    def lead(self, n: int, quarter: int) -> int:
        """Its place among the agencies; every 37th item moved to another one."""
        return (n + (n % 37 == 0 and quarter > 25)) % AGENCIES

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
            # Every eighth is heard of once in two years.
            "heard_on": self.day(quarter - quarter % 8 if n % 8 == 0 else quarter),
            "version": quarter + 1,
        }

    def derived(self, item: dict[str, Any]) -> dict[str, Any]:
        words = searchable(item["number"], item["title"], item["objective"], item["action"])
        return {"number_key": number_key(item["number"]), "search_text": words}

    def support(self, n: int, quarter: int) -> State:
        return {"item_id": self.items[n], "agency_id": self.agencies[(n + 2) % AGENCIES]}

    def due(self, index: int) -> int:
        """The quarter in which a milestone was first due: half-way, and at the item's end or a
        little before."""
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
        """When something happens to a milestone, to its delay and to what is done about it."""
        due = self.due(index)
        return (0, due - 1, due, due + 1, self.done(index), self.ends(index // 2))

    def slip(self, index: int, quarter: int) -> int:
        """By how many days the milestone was expected late: some slipped twice."""
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
        """Two of three delays got one, a quarter after they were found."""
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
        """Asked for when the slip was found, approved at the next meeting, if that has been."""
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
        """Every third was escalated after half a year, every second closed after another year."""
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

    # --- rounds: the half year's round is open in its second quarter --------------------------

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
        """Of items that were not over."""
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
