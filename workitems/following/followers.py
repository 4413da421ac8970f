"""Who follows an item on a day, and why. Derived from seats and from the item's own records; nothing of it is stored.

A `Follow` row is a person's exception to it. Both end with the person's seat.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Seat, User
from workitems.models import (
    Assignment,
    Follow,
    Member,
    Mention,
    Milestone,
    Note,
    Support,
    WorkItem,
)
from workitems.models.plan import READING_ROLES

Role = Seat.Role


@dataclass(frozen=True, kw_only=True)
class Follower:
    """A person who follows an item, in the role that they have at the agency, and why: "Labour leads 1.4."."""

    user: User
    role: Seat.Role
    agency: Agency
    why: str


def followers(
    items: Collection[WorkItem],
    on: date,
    *,
    only: User | None = None,
    with_choices: bool = True,
) -> dict[int, list[Follower]]:
    """Return who follows these items on a day, by item id; of one person with `only`. Seven queries, however many items.

    Coordinators of its plan; who writes for an agency that leads or supports it, or is responsible for one of its
    milestones; who was given it, wrote a note on it or was asked in one; who chose to, and reads the plan. Without those who chose not to. `items` have
    their plans.
    """
    if not items:
        return {}
    ids = [item.pk for item in items]
    plans = {item.plan_id for item in items}
    seats = _seats(plans, on, only)
    if not seats.people:
        return {}
    parts = _parts(ids)
    given: dict[int, list[Assignment]] = defaultdict(list)
    for row in Assignment.objects.given().filter(item__in=ids):
        given[row.item_id].append(row)
    choices = _Choices(plans if with_choices else set(), only)
    talking = _talking(ids, only)
    return {
        item.pk: list(_of(item, seats, parts[item.pk], given[item.pk], talking[item.pk], choices))
        for item in items
    }


Parts = dict[int, str]  # by agency: "{agency} leads {number}."


def _parts(items: list[int]) -> dict[int, Parts]:
    """Return by item which agencies have a part in it besides the lead, with the sentence that says which."""
    supports = Support.objects.filter(item__in=items).values_list("item", "agency")
    responsible = Milestone.objects.open().filter(item__in=items)
    found: dict[int, Parts] = defaultdict(dict)
    for item, agency in supports:
        found[item][agency] = _("{agency} supports {number}.")
    for item, agency in responsible.values_list("item", "responsible_agency").distinct():
        found[item].setdefault(agency, _("{agency} is responsible for a milestone of {number}."))
    return found


def _talking(items: list[int], only: User | None) -> dict[int, set[int]]:
    """Return by item who wrote notes on it or on its milestones, or was asked by name in one. One query."""
    notes: Any = Note.objects.filter(withdrawn_at=None)
    asked: Any = Mention.objects.filter(note__withdrawn_at=None, person__isnull=False)
    pairs = [
        rows.annotate(about=_item_of(way)).filter(about__in=items, **({who: only} if only else {}))
        for rows, who, way in ((notes, "written_by", ""), (asked, "person", "note__"))
    ]
    found: dict[int, set[int]] = defaultdict(set)
    wrote, were_asked = pairs
    for item, person in wrote.values_list("about", "written_by").union(
        were_asked.values_list("about", "person")
    ):
        found[item].add(person)
    return found


def _item_of(note: str) -> Coalesce:
    """Return the item that a note's conversation is about, or whose milestone is; `note` is its lookup."""
    ways = ("item", "milestone__item", "first__item", "first__milestone__item")
    return Coalesce(*(f"{note}{way}" for way in ways))


@dataclass(frozen=True)
class _Seats:
    """The seats of the day that read plans, of active people. `members` are (plan, agency)."""

    members: set[tuple[int, int]]
    people: dict[int, list[Seat]]

    def of(self, plan: int, agency: int, *roles: str) -> list[Seat]:
        if (plan, agency) not in self.members:
            return []
        return [seat for seat in self.people[agency] if seat.role in roles]

    def reading(self, plan: int) -> list[Seat]:
        agencies = [agency for of_plan, agency in self.members if of_plan == plan]
        return [seat for agency in sorted(agencies) for seat in self.people[agency]]


def _seats(plans: set[int], on: date, only: User | None) -> _Seats:
    members = set(Member.objects.filter(plan__in=plans).values_list("plan", "agency"))
    rows = Seat.objects.on(on).filter(
        Q() if only is None else Q(user=only),
        role__in=READING_ROLES,
        user__is_active=True,
        agency__in={agency for _plan, agency in members},
    )
    people: dict[int, list[Seat]] = defaultdict(list)
    for seat in rows.select_related("user", "agency").order_by("user__name", "pk"):
        people[seat.agency_id].append(seat)
    return _Seats(members, people)


class _Choices:
    """What people chose to follow or not, the choice about an item before that about its agency or plan."""

    def __init__(self, plans: set[int], only: User | None) -> None:
        self._on: dict[tuple[int, int | None, int | None], dict[int, bool]] = defaultdict(dict)
        rows = Follow.objects.filter(Q() if only is None else Q(person=only), plan__in=plans)
        for row in rows:
            self._on[row.plan_id, row.item_id, row.agency_id][row.person_id] = row.is_on

    def about(self, item: WorkItem) -> dict[int, bool]:
        """Return by person whether they chose to follow the item."""
        return {
            **self._on.get((item.plan_id, None, None), {}),
            **self._on.get((item.plan_id, None, item.lead_agency_id), {}),
            **self._on.get((item.plan_id, item.pk, None), {}),
        }


def _of(
    item: WorkItem,
    seats: _Seats,
    parts: Parts,
    given: list[Assignment],
    talking: set[int],
    choices: _Choices,
) -> Iterator[Follower]:
    """Yield the followers of an item, each person once, for the first of their reasons."""
    chosen = choices.about(item)
    seen: set[int] = set()
    for seat, why in _candidates(item, seats, parts, given, talking, chosen):
        if seat.user_id in seen or not chosen.get(seat.user_id, True):
            continue
        seen.add(seat.user_id)
        assert seat.agency is not None
        words = why.format(agency=seat.agency.short_name, number=item.number)
        yield Follower(user=seat.user, role=Role(seat.role), agency=seat.agency, why=words)


def _candidates(
    item: WorkItem,
    seats: _Seats,
    parts: Parts,
    given: list[Assignment],
    talking: set[int],
    chosen: dict[int, bool],
) -> Iterator[tuple[Seat, str]]:
    plan, coordinating = item.plan_id, item.plan.coordinating_agency_id
    for row in given:
        for seat in seats.of(plan, row.agency_id, *WRITING_ROLES):
            if seat.user_id == row.user_id or row.unit_id and seat.unit_id == row.unit_id:
                yield seat, _("{number} is given to you.")
    leads = {item.lead_agency_id: _("{agency} leads {number}.")}
    for agency, why in (leads | parts | leads).items():  # the lead first, and only as that
        for seat in seats.of(plan, agency, *WRITING_ROLES):
            yield seat, why
    for seat in seats.of(plan, coordinating, Role.COORDINATOR):
        yield seat, _("You coordinate the plan.")
    if talking or any(chosen.values()):
        for seat in seats.reading(plan):
            if seat.user_id in talking:
                yield seat, _("You wrote or were asked in a note on {number}.")
            if chosen.get(seat.user_id):
                yield seat, _("You follow {number}.")
