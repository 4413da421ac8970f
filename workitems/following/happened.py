"""What happened to the items of plans after an instant: news that are derived from history, each in a sentence.

Nothing of a return is news before it is submitted, because it changes no milestone before.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records.tracking import PLAN_COLUMN
from agencies.wording.translation import day_words
from workitems.models import Delay, Milestone, Note, Plan, Risk, Variation, WorkItem
from workitems.plan.asat import rows_as_at
from workitems.terms.lateness import CAUSES
from workitems.terms.spans import span_in_words

# Who was away for longer reads the page of changes; of each kind the newest so many are looked at.
LOOKED_AT = 300
WORDS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What happened to an item, when and by whom (None: by a command). `about` and `occasion` are its key in the log
    of notices."""

    item: WorkItem
    at: datetime
    by: int | None
    sentence: str
    url: str
    about: str
    occasion: str
    # Whether it is another expected date of an open milestone.
    is_move: bool = False

    @property
    def on(self) -> date:
        return localdate(self.at)


def happened(plans: Collection[Plan], after: datetime, on: date) -> list[Happened]:
    """Return what happened after an instant, newest first: dates that moved, milestones done or cancelled, risks
    escalated, variations asked for and decided. At most nine queries."""
    found = [
        *milestones_changed(plans, after, on),
        *risks_escalated(plans, after),
        *_variations(plans, after),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def milestones_changed(plans: Collection[Plan], after: datetime, on: date) -> Iterator[Happened]:
    """Yield the milestones whose expected date moved, with the cause, and those that were done or cancelled.

    Those that are new since are told as variations. Five queries, one if nothing changed.
    """
    changed = _Changed(Milestone, plans, after)
    rows = changed.rows.filter(pk__in=changed.was).select_related("item__plan__coordinating_agency")
    delays = Delay.objects.open(on).filter(milestone__in=changed.was).order_by("number")
    causes = dict(delays.values_list("milestone", "cause")) if changed.was else {}
    for row in rows:
        was = changed.was[row.pk]
        if words := _change_of(row, was, causes.get(row.pk, "")):
            at, by = changed.last[row.pk]
            yield Happened(
                item=row.item,
                at=at,
                by=by,
                sentence=words,
                url=row.item.get_absolute_url(),
                about=f"milestone {row.pk}",
                occasion=f"version {row.version}",
                is_move=row.is_open,
            )


def _change_of(row: Milestone, was: Any, cause: str) -> str:
    """Return what changed of a milestone as a sentence, or ""."""
    if row.completed_on and not was.completed_on:
        return _("“{milestone}” was done on {day}.").format(
            milestone=row, day=day_words(row.completed_on)
        )
    if row.withdrawn_on and not was.withdrawn_on:
        return _("“{milestone}” was cancelled.").format(milestone=row)
    if not row.is_open or was.forecast_due == row.forecast_due:
        return ""
    names = {"milestone": row, "on": row.forecast.on}
    if row.forecast_due <= row.agreed_due:
        return _("“{milestone}” is now expected {on}.").format(**names)
    names["late"] = span_in_words(row.agreed, row.forecast)
    words = _("“{milestone}” is now expected {on}, {late} after the agreed date.").format(**names)
    because = _("Cause: {cause}.").format(cause=CAUSES[cause]) if cause in CAUSES else ""
    return f"{words} {because}".strip()


def risks_escalated(plans: Collection[Plan], after: datetime) -> Iterator[Happened]:
    """Yield the risks to items that were escalated. Four queries, one if nothing changed."""
    changed = _Changed(Risk, plans, after)
    rows = changed.rows.filter(item__isnull=False, closed_on=None).exclude(escalated_to="")
    for row in rows.select_related("item__plan__coordinating_agency", "owner_agency"):
        was = changed.was.get(row.pk)
        if was is not None and Risk.STEPS.index(was.escalated_to) >= Risk.STEPS.index(
            row.escalated_to
        ):
            continue
        at, by = changed.last[row.pk]
        yield Happened(
            item=row.item,
            at=at,
            by=by,
            sentence=_("Risk {reference} was escalated to {whom}.").format(
                reference=row.reference, whom=row.with_whom
            ),
            url=row.get_absolute_url(),
            about=f"risk {row.pk}",
            occasion=f"version {row.version}",
        )


def _variations(plans: Collection[Plan], after: datetime) -> Iterator[Happened]:
    """Yield the variations on items that were asked for or decided. One query."""
    rows = (
        Variation.objects.filter(
            Q(requested_at__gt=after) | Q(decided_at__gt=after), plan__in=plans, item__isnull=False
        )
        .select_related("item__plan__coordinating_agency", "milestone", "requesting_agency")
        .order_by("-pk")[:LOOKED_AT]
    )
    for row in rows:
        assert row.item is not None
        row.plan = row.item.plan
        if row.decided_at is not None:
            at, by = row.decided_at, row.decided_by_id
            says = _("{variation} was approved: {asks}.")
            if row.state == Variation.State.DECLINED:
                says = _("{variation} was declined: {asks}.")
        else:
            at, by = row.requested_at, row.requested_by_id
            says = _("{agency} asked for {variation}: {asks}.")
        words = says.format(
            agency=row.requesting_agency.short_name, variation=row.reference, asks=row.asks
        )
        yield Happened(
            item=row.item,
            at=at,
            by=by,
            sentence=words,
            url=row.get_absolute_url(),
            about=f"variation {row.pk}",
            occasion=row.state,
        )


def notes_written(person: User, plans: Collection[Plan], after: datetime) -> list[Happened]:
    """Return the notes on items, or on what concerns one, that a person reads. One query."""
    rows = Note.objects.filter(plan__in=plans, written_at__gt=after, withdrawn_at=None)
    found = []
    for row in (
        rows.readable_by(person)
        .on_subjects()
        .select_related("written_for")
        .order_by("-pk")[:LOOKED_AT]
    ):
        if (item := row.of_item) is None:
            continue
        item.plan = row.plan
        if row.first is not None:
            row.first.plan = row.plan
        words = Truncator(" ".join(row.text.split())).words(WORDS_SHOWN)
        found.append(
            Happened(
                item=item,
                at=row.written_at,
                by=row.written_by_id,
                sentence=_("{agency} wrote: “{text}”").format(
                    agency=row.written_for.short_name, text=words
                ),
                url=row.get_absolute_url(),
                about=f"note {row.pk}",
                occasion="written",
            )
        )
    return found


class _Changed:
    """The records of plans that have a history row after an instant: `was` by id as they were at the instant, `last`
    when and by whom they last changed, and `rows`, a queryset of them as they are now."""

    def __init__(self, model: type[Any], plans: Collection[Plan], after: datetime) -> None:
        history = model.history.model
        column = PLAN_COLUMN if hasattr(history, PLAN_COLUMN) else "plan"
        of_plans = {f"{column}__in": [plan.pk for plan in plans]}
        since = history.objects.filter(**of_plans, history_date__gt=after)
        newest = since.values("id").annotate(row=Max("history_id")).order_by("-row")[:LOOKED_AT]
        last = [each["row"] for each in newest]
        versions = history.objects.filter(history_id__in=last) if last else ()
        self.last = {row.id: (row.history_date, row.history_user_id) for row in versions}
        ids = list(self.last)
        was = rows_as_at(model, after, of={"pk__in": ids}) if ids else ()
        self.was = {row.id: row for row in was}
        self.rows = model._base_manager.filter(pk__in=ids) if ids else model._base_manager.none()
