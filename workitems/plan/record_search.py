"""What a search finds in the records of plans: which rows a person may read, and how each is shown.

Every kind of record has one query of the rows that the person may read; the words narrow it. So a
result, a count and the way straight to a number depend on these rows alone. Reads only.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import OrderBy, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Seat, User
from agencies.records.text_index import TextIndex, Words
from agencies.wording.translation import StrOrPromise
from workitems.models import (
    Decision,
    Delay,
    Finding,
    HeldEntry,
    Matter,
    Measure,
    Meeting,
    Milestone,
    Mitigation,
    Note,
    Plan,
    Risk,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.indexes import INDEXES
from workitems.models.item import SEARCHED
from workitems.plan.plan_at.measures_at import Drawn, readings_of
from workitems.rules import WRITERS
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS

# Beyond so many, a count says "more than".
MOST_COUNTED = 1_000
NEWEST_FIRST = ("-pk",)
# "V3" and "R2": what fits every database's numbers.
REFERENCE = re.compile(r"([VR])\s?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who searches and on which day, and the adopted plans that they may read, by id, newest first."""

    user: User
    on: date
    plans: Mapping[int, Plan]

    @cached_property
    def writes_for(self) -> set[int]:
        """The ids of agencies for which they write."""
        return self.user.agencies_as(*WRITERS)

    @cached_property
    def coordinated(self) -> list[int]:
        """The ids of the plans that they coordinate."""
        agencies = self.user.agencies_as(Seat.Role.COORDINATOR)
        return [plan.pk for plan in self.plans.values() if plan.coordinating_agency_id in agencies]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A record that was found: its title, page, parent, what it says today, and labelled texts."""

    title: str
    url: str
    of: str = ""
    says: str = ""
    plan: Plan | None = None
    texts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Found:
    """Rows in order, read by slices, and how many they are: one more than `MOST_COUNTED` for any higher
    number. `pks` are the ids of the first, if they are known."""

    count: int
    rows: "QuerySet[Any]"
    pks: Sequence[int] | None = None

    @classmethod
    def counted(cls, rows: "QuerySet[Any]") -> "Found":
        plain = rows.select_related(None).prefetch_related(None).order_by()
        return cls(plain.values("pk")[: MOST_COUNTED + 1].count(), rows)

    def __getitem__(self, part: slice) -> "QuerySet[Any]":
        return self.rows[part] if self.pks is None else self.rows.filter(pk__in=self.pks[part])


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of record: its name on pages and in addresses, the rows a person may read, and a row as a hit.

    `narrow` filters rows by words. The rows come in `order`. `hits_of` is in the place of `hit` where something is read
    for all rows at once. `alone` is said on the search page to those who may read its rows and no plan.
    """

    key: str
    label: StrOrPromise
    visible: Callable[[Reader], "QuerySet[Any]"]
    hit: Callable[[Any, Reader], Hit] | None = None
    hits_of: Callable[[Sequence[Any], Reader], Iterable[Hit]] | None = None
    order: Sequence[str | OrderBy] = NEWEST_FIRST
    index: TextIndex | None = None
    narrow: Callable[["QuerySet[Any]", Words, Reader], "QuerySet[Any]"] | None = None
    alone: StrOrPromise = ""

    def found(self, reader: Reader, words: Words) -> "Found":
        """Return the rows with these words that the person may read."""
        rows = self.visible(reader)
        if self.narrow is not None:
            return Found.counted(self.narrow(rows, words, reader).order_by(*self.order))
        assert self.index is not None
        if connection.vendor == "sqlite":
            pks = self._pks_on_sqlite(rows, words)
            return Found(len(pks), rows.order_by(*self.order), pks)
        found = Found.counted(rows.filter(self.index.matching(words)).order_by(*self.order))
        if found.count <= MOST_COUNTED:
            return found
        common = rows.filter(self.index.matching(words, are_common=True))
        return Found(found.count, common.order_by(*self.order))

    def _pks_on_sqlite(self, rows: "QuerySet[Any]", words: Words) -> list[int]:
        """Return the ids of the rows that have these words, the first of their order if there are too many.

        The index says nothing of who may read. If so many rows have the words that looking them up takes
        long, it is asked first whether the person reads only a few.
        """
        assert self.index is not None
        most = MOST_COUNTED + 1
        plain = rows.select_related(None).prefetch_related(None).order_by(*self.order)
        pks = plain.values_list("pk", flat=True)
        if self.index.is_in(words, most):
            few = list(pks.order_by()[:most])
            if len(few) < most:
                having = self.index.of_these(few, words)
                return [pk for pk in pks if pk in having] if having else []
            if tuple(self.order) != NEWEST_FIRST:
                return list(pks.filter(self.index.matching(words))[:most])
            pks = pks.order_by()
        return list(self.index.among(pks, words)[:most])

    def hits(self, rows: Iterable[Any], reader: Reader) -> Iterator[Hit]:
        if self.hits_of is not None:
            yield from self.hits_of(list(rows), reader)
        elif self.hit is not None:
            for row in rows:
                yield self.hit(row, reader)


def in_plans(model: Any, path: str, *related: str) -> Callable[[Reader], "QuerySet[Any]"]:
    """Return the query of a model's rows in the plans that the person may read."""
    return lambda reader: model.objects.filter(
        **{f"{path}__in": list(reader.plans)}
    ).select_related(*related)


def _item_of(item: WorkItem, reader: Reader) -> WorkItem:
    item.plan = reader.plans[item.plan_id]
    return item


def _name(item: WorkItem) -> str:
    return f"{item.number} {item.title}"


def item_hit(item: WorkItem, reader: Reader) -> Hit:
    _item_of(item, reader)
    return Hit(
        title=_name(item),
        url=item.get_absolute_url(),
        plan=item.plan,
        # The number and the title name the result.
        texts=[(str(ITEM_TEXTS[name].label), getattr(item, name)) for name in SEARCHED[2:]],
    )


def _of_milestone(milestone: Milestone, reader: Reader) -> dict[str, Any]:
    """Return where a milestone is: on its item's page, which all readers of the plan may open."""
    item = _item_of(milestone.item, reader)
    return {
        "url": f"{item.get_absolute_url()}#milestone-{milestone.number}",
        "of": _name(item),
        "plan": item.plan,
    }


def milestone_hit(row: Milestone, reader: Reader) -> Hit:
    return Hit(
        title=row.description,
        texts=[(str(MILESTONE_TEXTS["done_means"].label), row.done_means)],
        **_of_milestone(row, reader),
    )


def visible_measures(reader: Reader) -> "QuerySet[Measure]":
    plans = list(reader.plans)
    rows = Measure.objects.filter(Q(item__plan__in=plans) | Q(of_plan__in=plans))
    return rows.select_related("item")


def measure_hits(rows: Sequence[Measure], reader: Reader) -> Iterator[Hit]:
    """Yield measures with what they say on the day. Two queries a plan."""
    plans: dict[int, Any] = {
        row.pk: row.item.plan_id if row.item else row.of_plan_id for row in rows
    }
    says: dict[int, str] = {}
    for pk in set(plans.values()):
        of_plan = [row for row in rows if plans[row.pk] == pk and row.kind != Measure.Kind.WORDS]
        for measure, read in readings_of(of_plan, reader.plans[pk].released_on, reader.on).items():
            says[measure] = Drawn(*read, reader.on).reading.sentence
    for row in rows:
        plan = reader.plans[plans[row.pk]]
        yield Hit(
            title=row.description,
            url=reverse("measures:detail", args=[plan.slug, row.pk]),
            of=_name(row.item) if row.item else _("The whole plan"),
            says=says.get(row.pk, ""),
            plan=plan,
            texts=[(_("What is counted"), row.as_told), (_("Source"), row.source)],
        )


def visible_findings(reader: Reader) -> "QuerySet[Finding]":
    rows = Finding.objects.readable_by(reader.user, reader.plans.values(), reader.on)
    return rows.for_list()


def finding_hit(row: Finding, reader: Reader) -> Hit:
    row.audit.plan = reader.plans[row.audit.plan_id]
    return Hit(
        title=str(row),
        url=row.get_absolute_url(),
        of=_name(row.item) if row.item else _("The whole plan"),
        plan=row.plan,
        texts=[(_("Finding"), row.note), (_("Reply"), row.reply)],
    )


def delay_hit(row: Delay, reader: Reader) -> Hit:
    return Hit(
        title=_("Delay of “{milestone}”: {cause}").format(
            milestone=row.milestone, cause=Delay.Cause(row.cause).within
        ),
        texts=[
            ("", row.explanation),
            (_("Effect"), row.effect),
            (_("Until then"), row.meanwhile),
            (_("It needs"), row.needs),
            (_("The money would come from"), row.money_from),
            (_("If it is declined"), row.if_declined),
        ],
        **_of_milestone(row.milestone, reader),
    )


def mitigation_hit(row: Mitigation, reader: Reader) -> Hit:
    return Hit(
        title=row.description,
        texts=[],
        **_of_milestone(row.delay.milestone, reader),
    )


def visible_updates(reader: Reader) -> "QuerySet[Update]":
    rows = Update.objects.visible_to(reader.user).filter(
        of_return__round__plan__in=list(reader.plans)
    )
    return rows.select_related("item", "of_return__agency", "of_return__round")


def update_hit(row: Update, reader: Reader) -> Hit:
    plan = row.of_return.round.plan = reader.plans[row.of_return.round.plan_id]
    return Hit(
        title=_name(row.item),
        url=f"{row.of_return.get_absolute_url()}#item-{row.item.number}",
        of=f"{row.of_return.agency}, {row.of_return.round}",
        plan=plan,
        texts=[
            (_("Achieved"), row.achieved),
            (_("Planned next"), row.planned_next),
            (_("Challenges"), row.challenges),
        ],
    )


def risk_hit(row: Risk, reader: Reader) -> Hit:
    row.plan = reader.plans[row.plan_id]
    return Hit(
        title=row.reference,
        url=row.get_absolute_url(),
        of=_name(row.item) if row.item else "",
        plan=row.plan,
        texts=[("", row.description), (_("Response"), row.response)],
    )


def variation_hit(row: Variation, reader: Reader) -> Hit:
    row.plan = reader.plans[row.plan_id]
    return Hit(
        title=str(row),
        url=row.get_absolute_url(),
        of=row.about,
        plan=row.plan,
        texts=[
            (_("Reason"), row.reason),
            (_("Recommendation"), row.recommendation),
            (_("Before"), row.text_before),
            (_("After"), row.text_after),
        ],
    )


def visible_decisions(reader: Reader) -> "QuerySet[Decision]":
    plans = list(reader.plans)
    return Decision.objects.filter(
        Q(meeting__plan__in=plans) | Q(out_of_session__variation__plan__in=plans)
    ).for_list()


def decision_hit(row: Decision, reader: Reader) -> Hit:
    plan_id = (
        row.meeting.plan_id if row.meeting is not None else row.out_of_session.variation.plan_id  # type: ignore[union-attr]
    )
    plan = reader.plans[plan_id]
    row.within(plan)
    return Hit(
        title=_("Decision, {origin}").format(origin=row.origin),
        url=row.get_absolute_url(),
        of=_name(row.item) if row.item else row.about,
        plan=plan,
        texts=[("", row.text), (_("Done"), row.done_note)],
    )


def meeting_hit(row: Meeting, reader: Reader) -> Hit:
    row.plan = reader.plans[row.plan_id]
    return Hit(
        title=str(row),
        url=row.get_absolute_url(),
        of=row.place,
        plan=row.plan,
        texts=[("", row.notes)],
    )


def visible_matters(reader: Reader) -> "QuerySet[Matter]":
    rows = Matter.objects.on_agenda().filter(meeting__plan__in=list(reader.plans))
    return rows.select_related("meeting")


def matter_hit(row: Matter, reader: Reader) -> Hit:
    row.meeting.plan = reader.plans[row.meeting.plan_id]
    return Hit(
        title=row.title,
        url=f"{row.meeting.get_absolute_url()}#agenda",
        of=str(row.meeting),
        plan=row.meeting.plan,
        texts=[(_("Note"), row.note), (_("Why"), row.why)],
    )


def visible_held(reader: Reader) -> "QuerySet[HeldEntry]":
    rows = HeldEntry.objects.waiting().of_agencies(reader.writes_for)
    return rows.filter(plan__in=list(reader.plans)).for_list()


def visible_notes(reader: Reader) -> "QuerySet[Note]":
    """Notes of conversations that the person reads, without those that are withdrawn."""
    rows = Note.objects.filter(plan__in=list(reader.plans), withdrawn_at=None)
    return rows.readable_by(reader.user).on_subjects().select_related("written_for")


def note_hit(row: Note, reader: Reader) -> Hit:
    row.plan = reader.plans[row.plan_id]
    return Hit(
        title=_("{agency} on {place}").format(agency=row.written_for.short_name, place=row.place),
        url=row.get_absolute_url(),
        plan=row.plan,
        texts=[(_("Note"), row.text), (_("Settled"), row.settled_words)],
    )


def held_hit(row: HeldEntry, reader: Reader) -> Hit:
    row.plan = reader.plans[row.plan_id]
    return Hit(
        title=row.asks,
        url=row.get_absolute_url(),
        of=_name(row.item) if row.item else str(row.agency),
        plan=row.plan,
        texts=[
            ("", row.text if row.kind != HeldEntry.Kind.RISK else ""),
            (_("Response") if row.kind == HeldEntry.Kind.RISK else _("Reason"), row.reason),
        ],
    )


KINDS = [
    Kind(
        key="items",
        label=gettext_lazy("Work items"),
        index=INDEXES[WorkItem],
        visible=in_plans(WorkItem, "plan"),
        order=("plan", "number_key"),
        hit=item_hit,
    ),
    Kind(
        key="milestones",
        label=gettext_lazy("Milestones"),
        index=INDEXES[Milestone],
        visible=in_plans(Milestone, "item__plan", "item"),
        hit=milestone_hit,
    ),
    Kind(
        key="measures",
        label=gettext_lazy("Measures"),
        index=INDEXES[Measure],
        visible=visible_measures,
        hits_of=measure_hits,
    ),
    Kind(
        key="findings",
        label=gettext_lazy("Findings of audits"),
        index=INDEXES[Finding],
        visible=visible_findings,
        hit=finding_hit,
    ),
    Kind(
        key="updates",
        label=gettext_lazy("Updates"),
        index=INDEXES[Update],
        visible=visible_updates,
        hit=update_hit,
    ),
    Kind(
        key="delays",
        label=gettext_lazy("Delays"),
        index=INDEXES[Delay],
        visible=in_plans(Delay, "milestone__item__plan", "milestone__item"),
        hit=delay_hit,
    ),
    Kind(
        key="mitigations",
        label=gettext_lazy("Mitigations"),
        index=INDEXES[Mitigation],
        visible=in_plans(Mitigation, "delay__milestone__item__plan", "delay__milestone__item"),
        hit=mitigation_hit,
    ),
    Kind(
        key="risks",
        label=gettext_lazy("Risks"),
        index=INDEXES[Risk],
        visible=in_plans(Risk, "plan", "item"),
        hit=risk_hit,
    ),
    Kind(
        key="variations",
        label=gettext_lazy("Variations"),
        index=INDEXES[Variation],
        visible=in_plans(Variation, "plan", "item", "milestone"),
        hit=variation_hit,
    ),
    Kind(
        key="waiting",
        label=gettext_lazy("Waiting for release in your agency"),
        index=INDEXES[HeldEntry],
        visible=visible_held,
        hit=held_hit,
    ),
    Kind(
        key="decisions",
        label=gettext_lazy("Decisions"),
        index=INDEXES[Decision],
        visible=visible_decisions,
        hit=decision_hit,
    ),
    Kind(
        key="meetings",
        label=gettext_lazy("Meeting notes"),
        index=INDEXES[Meeting],
        visible=in_plans(Meeting, "plan"),
        order=("-held_on",),
        hit=meeting_hit,
    ),
    Kind(
        key="matters",
        label=gettext_lazy("Agenda matters"),
        index=INDEXES[Matter],
        visible=visible_matters,
        hit=matter_hit,
    ),
    Kind(
        key="notes",
        label=gettext_lazy("Notes"),
        index=INDEXES[Note],
        visible=visible_notes,
        hit=note_hit,
    ),
]


def numbered(typed: str, reader: Reader) -> Iterator[Hit]:
    """Yield what has the number that was typed: work items, and "V3" or "R2". Three queries."""
    plans = list(reader.plans)
    spelt = {typed, typed.upper(), typed.lower()}
    for item in WorkItem.objects.filter(plan__in=plans, number__in=spelt).order_by("pk"):
        yield item_hit(item, reader)
    reference = REFERENCE.fullmatch(typed)
    if reference is None:
        return
    number = int(reference[2])
    if reference[1].upper() == "V":
        rows = Variation.objects.for_list().filter(plan__in=plans, number=number).order_by("pk")
        yield from (variation_hit(row, reader) for row in rows)
    else:
        risks = Risk.objects.for_list().filter(plan__in=plans, number=number).order_by("pk")
        yield from (risk_hit(row, reader) for row in risks)
