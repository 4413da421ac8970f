"""The conversations on something of a plan as a reader sees them, today or as at a past moment. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from agencies.models import Seat, User
from workitems.models import Mention, Note, Plan
from workitems.plan.asat import Moment, rows_as_at
from workitems.rules import WRITERS, coordinates_plan

# What of a note changes: as at a past moment, it is read from history.
CHANGES = ("text", "edited_at", "withdrawn_at", "settled_words", "settled_by_id", "settled_at")


@dataclass(frozen=True)
class Question:
    """Whom a note asks, and whether the reader may say that no answer is needed."""

    mention: Mention
    may_close: bool


@dataclass(frozen=True)
class Shown:
    """A note with its questions, and whether the reader may edit and withdraw it."""

    note: Note
    asks: Sequence[Question]
    may_change: bool


@dataclass(frozen=True)
class Conversation:
    """A conversation in order of time. `place`: what it is about, if the page is about more than that."""

    first: Note
    notes: Sequence[Shown]
    place: str
    may_answer: bool


@dataclass(frozen=True)
class Talk:
    """What a page shows of the conversations on its subject: those that are open, those that are settled, and where
    another is begun ("" if the reader may not)."""

    conversations: Sequence[Conversation]
    plan: Plan
    write_url: str

    @property
    def still_open(self) -> list[Conversation]:
        return [each for each in self.conversations if not each.first.is_settled]

    @property
    def settled(self) -> list[Conversation]:
        return [each for each in self.conversations if each.first.is_settled]


def subject_url(plan: Plan, kind: str, pk: int) -> str:
    """Return the address of all conversations on something of a plan, where another is begun."""
    return reverse("notes:on", args=[plan.slug, kind, pk])


def talk_on(
    user: User, plan: Plan, kind: str, subject: Any, moment: Moment, *, is_empty: bool = False
) -> Talk:
    """Return the conversations on a subject that the user reads; of an item, also those on its milestones.

    `is_empty`: nobody has written there. At most four queries, one for an empty one.
    """
    may_write = moment.is_now and user.has_perm("workitems.write_note", plan)
    about = Q(**{kind: subject})
    if kind == "item":
        about |= Q(milestone__item=subject)
    found = [] if is_empty else conversations(user, plan, about, moment, may_write=may_write)
    return Talk(
        [
            Conversation(
                each.first,
                each.notes,
                each.place if each.first.kind != kind else "",
                each.may_answer,
            )
            for each in found
        ],
        plan,
        subject_url(plan, kind, subject.pk) if may_write else "",
    )


def conversations(
    user: User, plan: Plan, about: Q, moment: Moment, *, may_write: bool
) -> list[Conversation]:
    """Return the conversations that begin with these notes and that the user reads, the newest first.

    Two queries at most, two more for a past moment.
    """
    firsts = Note.objects.beginning_for(user).filter(about, plan=plan)
    rows = Note.objects.alias(begins_with=Coalesce("first", "pk"))
    # The condition once, as composing it takes longer than the query.
    rows = rows.filter(begins_with__in=firsts.values("pk"))
    if moment.until is not None:
        rows = rows.filter(written_at__lt=moment.until)
    notes = list(
        rows.with_people().select_related("item", "milestone__item").order_by("written_at", "pk")
    )
    if not notes:
        return []
    if moment.until is not None:
        _take_back(notes, moment)
    begun = {note.pk: note for note in notes if note.first_id is None}
    asks = _questions(user, plan, notes, moment)
    of_first: dict[int, list[Shown]] = defaultdict(list)
    for note in notes:
        note.plan = plan
        if note.first_id is not None:
            note.first = begun[note.first_id]
        may_change = may_write and note.withdrawn_at is None and note.written_by_id == user.pk
        of_first[note.first_id or note.pk].append(Shown(note, asks.get(note.pk, []), may_change))
    found = [
        Conversation(begun[pk], shown, begun[pk].place, may_write) for pk, shown in of_first.items()
    ]
    return sorted(found, key=lambda each: each.first.written_at, reverse=True)


def _questions(
    user: User, plan: Plan, notes: Collection[Note], moment: Moment
) -> dict[int, list[Question]]:
    rows = Mention.objects.filter(note__in=[note.pk for note in notes])
    if moment.until is not None:
        rows = rows.filter(asked_at__lt=moment.until)
    found: dict[int, list[Question]] = defaultdict(list)
    of = {note.pk: note for note in notes}
    writing, coordinates = user.agencies_as(*WRITERS), coordinates_plan.test(user, plan)
    for row in rows.select_related("person", "agency", "closed_by").order_by("pk"):
        row.note = of[row.note_id]
        if moment.until is not None and row.closed_at is not None and row.closed_at >= moment.until:
            row.closed_at = row.closed_by = row.answer_id = None
        is_theirs = user.pk in (row.note.written_by_id, row.person_id) or (
            row.agency_id in writing if row.agency_id else row.person_id is None and coordinates
        )
        may_close = moment.is_now and row.is_open and not row.note.withdrawn_at and is_theirs
        found[row.note_id].append(Question(row, may_close))
    return found


def _take_back(notes: Sequence[Note], moment: Moment) -> None:
    """Give the notes what they had at the moment. Two queries."""
    assert moment.until is not None
    of = {note.pk: note for note in notes}
    for row in rows_as_at(Note, moment.until, of={"pk__in": list(of)}):
        for name in CHANGES:
            setattr(of[row.id], name, getattr(row, name))
    people = User.objects.in_bulk({note.settled_by_id for note in notes if note.settled_by_id})
    for note in notes:
        note.settled_by = people.get(note.settled_by_id or 0)


def count_on_matters(user: User | None, matters: Collection[int]) -> dict[int, int]:
    """Return how many notes on each matter of an agenda a user reads; without a user, that all members read.

    Without withdrawn ones. One query.
    """
    rows = Note.objects.filter(withdrawn_at=None)
    rows = (
        rows.filter(Q(first=None, readers=Note.Readers.ALL) | Q(first__readers=Note.Readers.ALL))
        if user is None
        else rows.readable_by(user)
    )
    of = Q(matter__in=matters) | Q(first__matter__in=matters)
    found: dict[int, int] = defaultdict(int)
    for own, firsts, count in (
        rows.filter(of)
        .order_by()
        .values_list("matter", "first__matter")
        .annotate(number=Count("pk"))
    ):
        found[own or firsts] += count
    return found


def own_members(user: User, plan: Plan) -> set[int]:
    """Return the ids of the plan's members for which the user writes or coordinates. One query."""
    own = user.agencies_as(*WRITERS, Seat.Role.COORDINATOR)
    return set(plan.members.filter(agency__in=own).values_list("agency", flat=True))
