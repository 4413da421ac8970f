"""What an agency owes in plans, by day, and as an iCalendar file (RFC 5545). Reads only.

A feed has no sign-in, so it has only what any member may read: of a return, its due date.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.wording.translation import day_words
from workitems.models import (
    CalendarFeed,
    Decision,
    Delay,
    Measure,
    Meeting,
    Milestone,
    Mitigation,
    OutOfSession,
    OutOfSessionAnswer,
    Plan,
    Return,
    Round,
    Target,
    Wait,
)
from workitems.models.item import Stage
from workitems.plan.plan_at.waits_at import waits_of_all
from workitems.terms.known_dates import KnownTo

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Plan Register//Due dates//EN"
ASK_AGAIN_AFTER = "PT6H"
# The kind of the second entry of a milestone, on the later date by which it is expected.
EXPECTED = "milestone-forecast"


@dataclass(frozen=True)
class Owing:
    """An agency, and the plans that are asked what it owes in them."""

    agency: Agency
    plans: Sequence[Plan]

    @classmethod
    def of_feed(cls, feed: CalendarFeed) -> "Owing":
        return cls(feed.agency, feed.plans())

    @cached_property
    def by_id(self) -> dict[int, Plan]:
        return {plan.pk: plan for plan in self.plans}

    def going_on(self, on: date) -> "Owing":
        return Owing(self.agency, [plan for plan in self.plans if not plan.has_ended(on)])


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event, all day unless it `starts_at` a time. `changes` is the number of history rows after the record's creation."""

    uid: str
    plan: Plan
    day: date
    title: str
    text: str
    category: str
    path: str
    changed_at: datetime
    changes: int
    place: str = ""
    starts_at: time | None = None


def with_changes(rows: QuerySet[Any], **ways: tuple[type[Model], str]) -> QuerySet[Any]:
    """Annotate `<name>_changed_at` and `<name>_versions` from history, one pair per keyword.

    Each value of `ways` is (model, lookup to its primary key): `own=(Milestone, "pk")`.
    """
    for name, (model, path) in ways.items():
        versions = model.history.filter(  # type: ignore[attr-defined]
            **{model._meta.pk.attname: OuterRef(path)}
        )
        counted = versions.order_by().values(model._meta.pk.attname).annotate(n=Count("*"))
        rows = rows.annotate(
            **{
                f"{name}_changed_at": Subquery(
                    versions.order_by("-history_date").values("history_date")[:1]
                ),
                f"{name}_versions": Subquery(counted.values("n")),
            }
        )
    return rows


# Apps that this one may not import add what else an agency owes.
SOURCES: list[Callable[[Owing], Iterable[Entry]]] = []


def entries_of(owing: Owing, on: date) -> list[Entry]:
    """Return the agency's due dates and the working groups' meetings, by day. Nine queries, and
    those of `SOURCES`, however many plans.

    Of a plan that has ended only the returns of its open rounds and what `SOURCES` add are due.
    """
    found = [*owed_by(owing, on), *_meetings(owing)]
    return sorted(found, key=lambda entry: (entry.day, entry.uid))


def owed_by(owing: Owing, on: date) -> Iterator[Entry]:
    """Yield what the agency owes in the plans: its due dates, without meetings."""
    going_on = owing.going_on(on)
    yield from _returns(owing)
    for source in SOURCES:
        yield from source(owing)
    if going_on.plans:
        yield from _milestones(going_on, on)
        yield from _decisions(going_on, on)
        yield from _mitigations(going_on, on)
        yield from _votes(going_on)
        yield from _waits(going_on)
        yield from _targets(going_on, on)


def _milestones(owing: Owing, on: date) -> Iterator[Entry]:
    rows = (
        Milestone.objects.open()
        .filter(item__plan__in=owing.by_id, responsible_agency=owing.agency)
        .exclude(item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        .select_related("item")
    )
    waits = waits_of_all(on)
    not_met = {pk for pk, step in waits.steps.items() if waits.cannot_be_met(step)}
    for row in with_changes(rows, own=(Milestone, "pk")):
        plan = row.item.plan = owing.by_id[row.item.plan_id]
        lines = [_("Item {number} {title}").format(number=row.item.number, title=row.item.title)]
        if row.forecast != row.agreed:
            lines.append(_("Forecast: {forecast}").format(forecast=row.forecast))
        if waiting := waits.in_words(row.pk):
            lines.append(_("Waits for {what}").format(what=waiting))
        if held_up := waits.back_in_words(row.pk):
            lines.append(_("Waited for by {what}").format(what=held_up))
        if row.pk in not_met:
            lines.append(_("The agreed date can no longer be met."))
        if row.done_means:
            lines.append(_("Done when: {words}").format(words=row.done_means))
        # An event has days, so a month or a quarter is shown on its last one.
        is_day = row.agreed.known_to == KnownTo.DAY
        title = (
            row.description
            if is_day
            else _("{description} (due {date})").format(
                description=row.description, date=row.agreed.on
            )
        )
        # All readers of the agency open the item; its milestone's page is for those who write.
        path = row.item.get_absolute_url()
        yield entry_of(
            "milestone", plan, row, row.agreed_due, title, lines, _("Milestone"), path=path
        )
        if row.forecast.last_day > row.agreed.last_day:
            says = (
                _("{description} (agreed for {agreed}, now expected {forecast})")
                if row.forecast_due >= on
                else _("{description} (agreed for {agreed}, was expected {forecast}; no new date)")
            )
            expected = says.format(
                description=row.description, agreed=row.agreed, forecast=row.forecast
            )
            yield entry_of(
                EXPECTED, plan, row, row.forecast_due, expected, lines, _("Milestone"), path=path
            )


def _returns(owing: Owing) -> Iterator[Entry]:
    rows = (
        Return.objects.waiting_for_agency()
        .filter(round__plan__in=owing.by_id, agency=owing.agency)
        .select_related("round")
    )
    for row in with_changes(rows, own=(Return, "pk"), round=(Round, "round")):
        plan = row.round.plan = owing.by_id[row.round.plan_id]
        lines = [
            _("For {first_day} to {last_day}").format(
                first_day=day_words(row.round.period_start),
                last_day=day_words(row.round.period_end),
            )
        ]
        title = _("Return for {round}").format(round=row.round.name)
        yield entry_of("return", plan, row, row.due_on, title, lines, _("Return"), also="round")


def _decisions(owing: Owing, on: date) -> Iterator[Entry]:
    of_plans = Q(meeting__plan__in=owing.by_id) | Q(out_of_session__variation__plan__in=owing.by_id)
    rows = (
        Decision.objects.filter(of_plans)
        .open(on)
        .filter(owner_agency=owing.agency)
        .select_related("meeting", "out_of_session__variation", "item")
    )
    for row in with_changes(rows, own=(Decision, "pk")):
        decided_in: Any = row.meeting or row.out_of_session.variation  # held by a check constraint
        plan = owing.by_id[decided_in.plan_id]
        row.within(plan)
        lines = [_("Decided by the working group on {day}").format(day=day_words(row.decided_on))]
        if row.item is not None:
            lines.append(
                _("Item {number} {title}").format(number=row.item.number, title=row.item.title)
            )
        path = row.place_url
        yield entry_of("decision", plan, row, row.due_on, row.text, lines, _("Decision"), path=path)


def _mitigations(owing: Owing, on: date) -> Iterator[Entry]:
    rows = (
        Mitigation.objects.filter(
            delay__milestone__item__plan__in=owing.by_id,
            delay__milestone__in=Milestone.objects.open(),
            delay__ended_on=None,
            owner_agency=owing.agency,
            due_on__isnull=False,
            done_on=None,
        )
        .exclude(delay__milestone__item__stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])
        .select_related("delay__milestone__item")
    )
    for row in with_changes(rows, own=(Mitigation, "pk")):
        milestone = row.delay.milestone
        plan = milestone.item.plan = owing.by_id[milestone.item.plan_id]
        lines = [
            _("Against the delay of “{description}” ({cause})").format(
                description=milestone.description, cause=Delay.Cause(row.delay.cause).within
            ),
            _("Item {number} {title}").format(
                number=milestone.item.number, title=milestone.item.title
            ),
        ]
        path = milestone.item.get_absolute_url()
        yield entry_of(
            "mitigation", plan, row, row.due_on, row.description, lines, _("Mitigation"), path=path
        )


def _votes(owing: Owing) -> Iterator[Entry]:
    rows = OutOfSessionAnswer.objects.filter(
        out_of_session__state=OutOfSession.State.OPEN,
        out_of_session__variation__plan__in=owing.by_id,
        agency=owing.agency,
        choice="",
    ).select_related("out_of_session__variation__item", "out_of_session__variation__milestone")
    ways = {"own": (OutOfSessionAnswer, "pk"), "asked": (OutOfSession, "out_of_session")}
    for row in with_changes(rows, **ways):
        asked = row.out_of_session
        plan = asked.variation.plan = owing.by_id[asked.variation.plan_id]
        title = _("Answer out of session: {name}").format(name=asked.variation)
        lines = [asked.variation.place]
        path = asked.get_absolute_url()
        yield entry_of(
            "vote", plan, row, asked.due_on, title, lines, _("Decision"), also="asked", path=path
        )


def _waits(owing: Owing) -> Iterator[Entry]:
    """Yield what the agency is to confirm or dispute."""
    rows = Wait.objects.to_answer().filter(
        waits_for__item__plan__in=owing.by_id,
        waits_for__responsible_agency=owing.agency,
        milestone__in=Milestone.objects.open(),
    )
    for row in with_changes(rows.for_list(), own=(Wait, "pk")):
        plan = owing.by_id[row.waits_for.item.plan_id]
        title = _("Confirm or dispute: {wait}").format(wait=row)
        lines = [_("{agency} says so").format(agency=row.agency)]
        path = reverse("waits:detail", args=[plan.slug, row.pk])
        yield entry_of("wait", plan, row, row.answer_by, title, lines, _("Wait"), path=path)


def _targets(owing: Owing, on: date) -> Iterator[Entry]:
    """Yield the targets that the agency's measures are still to reach, without their numbers."""
    rows = (
        Target.objects.filter(
            Q(measure__item__plan__in=owing.by_id) | Q(measure__of_plan__in=owing.by_id),
            measure__in=Measure.objects.of_agency(owing.agency),
            due__gte=on,
            replaced_by=None,
        )
        .exclude(measure__item__stage=Stage.WITHDRAWN)
        .select_related("measure__item")
        .order_by("due", "pk")
    )
    for row in with_changes(rows, own=(Target, "pk")):
        item = row.measure.item
        plan = owing.by_id[item.plan_id if item else row.measure.of_plan_id]
        lines = [_("The target falls due {date}.").format(date=row.by.on)]
        if item is not None:
            lines.append(_("Item {number} {title}").format(number=item.number, title=item.title))
        title = _("Target: {measure}").format(
            measure=row.measure.as_told or row.measure.description
        )
        path = reverse("measures:detail", args=[plan.slug, row.measure_id])
        yield entry_of("target", plan, row, row.due, title, lines, _("Target"), path=path)


def _meetings(owing: Owing) -> Iterator[Entry]:
    rows = Meeting.objects.not_cancelled().filter(plan__in=owing.by_id)
    for row in with_changes(rows, own=(Meeting, "pk")):
        plan = row.plan = owing.by_id[row.plan_id]
        title = _("Meeting of the working group")
        lines = [_("Join online: {link}").format(link=row.link)] if row.link else []
        entry = entry_of(
            "meeting", plan, row, row.held_on, title, lines, _("Meeting"), place=row.place
        )
        yield replace(entry, starts_at=row.starts_at)


def entry_of(
    kind: str,
    plan: Plan,
    row: Any,
    day: date,
    title: str,
    lines: list[str],
    category: str,
    *,
    also: str = "",
    path: str = "",
    place: str = "",
) -> Entry:
    """Return the entry of a row from `with_changes`. `kind` makes its UID unique with the row's id."""
    names = ["own", also] if also else ["own"]
    return Entry(
        uid=f"{kind}-{row.pk}",
        plan=plan,
        day=day,
        title=title,
        text="\n".join(lines),
        category=category,
        path=path or row.get_absolute_url(),
        changed_at=max(getattr(row, f"{name}_changed_at") for name in names),
        changes=sum(getattr(row, f"{name}_versions") - 1 for name in names),
        place=place,
    )


def calendar_of(feed: CalendarFeed, entries: list[Entry], site_url: str) -> bytes:
    """Return the iCalendar file. The bytes are the same until a row behind them changes.

    `site_url` is the base of all links; its host makes the UIDs globally unique.
    """
    name = f"{feed.agency}: {feed.plan or _('all plans')}"
    from icalendar import Calendar, vText  # 5 MiB, which a worker loads only for a feed

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # RFC 7986's properties, and the older ones that calendar programs still use.
    for property_name in ("name", "x-wr-calname"):
        calendar.add(property_name, vText(name))  # escaped; the library knows neither as text
    calendar.add("refresh-interval", timedelta(hours=6), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", ASK_AGAIN_AFTER)
    host = urlsplit(site_url).hostname
    for entry in entries:
        if feed.plan is None:
            entry = replace(entry, text="\n".join(filter(None, (entry.text, entry.plan.title))))
        calendar.add_component(_event(entry, site_url, f"{entry.uid}@{host}"))
    return bytes(calendar.to_ical())


def _event(entry: Entry, site_url: str, uid: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    # Without METHOD, DTSTAMP means the last revision (RFC 5545, 3.8.7.2).
    for property_name in ("dtstamp", "last-modified"):
        event.add(property_name, entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.changes)
    if entry.starts_at:
        starts = make_aware(datetime.combine(entry.day, entry.starts_at))
        event.add("dtstart", starts.astimezone(UTC))
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("categories", [entry.category])
    # Do not mark the person as busy.
    event.add("transp", "TRANSPARENT")
    event.add("url", site_url + entry.path)
    if entry.text:
        event.add("description", entry.text)
    if entry.place:
        event.add("location", entry.place)
    return event


def fingerprint(text: bytes) -> str:
    return sha256(text).hexdigest()[:32]


def address_of(token: str, site_url: str) -> str:
    return site_url + reverse("feeds:calendar", args=[token])
