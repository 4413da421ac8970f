"""Notices to the members of meetings: a meeting is called or cancelled, its pack is frozen, its minutes are ready.

Sources of `notices.news`. What they yield is sent at once by the views, and by the next run if that failed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import WRITING_ROLES, Agency, Seat
from agencies.wording.translation import day_words
from workitems.models import (
    Decision,
    HeldEntry,
    Meeting,
    Member,
    Notice,
    Plan,
    Return,
    Update,
    Variation,
)
from workitems.notices.news import Addressed, OtherNews, Seats, other_news
from workitems.plan.asat import end_of

Reason, Role = Notice.Reason, Seat.Role

# What was closed or decided longer ago is no news.
NEWS_FOR_DAYS = 14

# Apps that this one may not import say where the minutes of a meeting are.
MINUTES_PATHS: list[Callable[[Meeting], str]] = []


def about(meeting: Meeting) -> str:
    """Return the key of a meeting in the log of notices."""
    return f"meeting {meeting.pk}"


def called_notices(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the notices of meetings ahead: they are called, their day, time or place has changed, or they are
    cancelled, with the reason."""
    rows = _meetings(only).filter(held_on__gte=on, closed_at=None).with_counts()
    for meeting, people in members_of(rows, on):
        if meeting.is_cancelled:
            says = _("The meeting of {when} is cancelled: {reason}").format(
                when=meeting.when, reason=meeting.cancelled_because
            )
            occasion = f"{meeting.held_on.isoformat()} cancelled"
            yield from lines(meeting, people, Reason.MEETING, occasion, says, _("is cancelled"))
            continue
        says = (
            _("The working group meets on {when} at {place}.")
            if meeting.place
            else _("The working group meets on {when}.")
        ).format(when=meeting.when, place=meeting.place)
        if meeting.link:
            online = _("You can join online; the link is on its page.")
            says = f"{says} {online}"
        if not meeting.starts_at:
            says = f"{says} {_('The hour is not set yet.')}"
        if count := meeting.matters_count:  # type: ignore[attr-defined]
            agenda = ngettext(
                "{count:,} matter is on its agenda.", "{count:,} matters are on its agenda.", count
            )
            says = f"{says} {agenda.format(count=count)}"
        yield from lines(
            meeting,
            people,
            Reason.MEETING,
            _occasion(meeting),
            says,
            _state(meeting),
        )


def _state(meeting: Meeting) -> str:
    details = {name: getattr(meeting, name) for name in ("held_on", "starts_at", "place", "link")}
    is_changed = meeting.history.exclude(**details).exists()
    if not meeting.starts_at:
        return _("has changed") if is_changed else _("is called")
    says = _("has changed, and begins at {time}") if is_changed else _("begins at {time}")
    return says.format(time=meeting.starts_words)


def _occasion(meeting: Meeting) -> str:
    """Return the occasion of a meeting's news: its day, and a digest of when and where it is."""
    details = f"{meeting.when} {meeting.place} {meeting.link}"
    return f"{meeting.held_on.isoformat()} {sha256(details.encode()).hexdigest()[:8]}"


def minutes_notices(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the notices that minutes are ready, with the actions of each member's own agency."""
    rows = _meetings(only).filter(closed_at__isnull=False)
    rows = rows.filter(closed_at__gte=end_of(on - timedelta(days=NEWS_FOR_DAYS)))
    rows = list(rows)
    if not rows:
        return
    decided: dict[int | None, list[Decision]] = defaultdict(list)
    found = Decision.objects.filter(meeting__in=rows).order_by("due_on", "number")
    changed = ("variation__item", "variation__milestone", "variation__pillar")
    for decision in found.select_related("owner_agency", *changed):
        decided[decision.meeting_id].append(decision)
    plans = {row.plan_id for row in rows}
    gone = Member._base_manager.filter(plan__in=plans, left_on__isnull=False)
    left = set(gone.values_list("plan", "agency"))
    for meeting, people in members_of(rows, on, with_left=True):
        assert meeting.closed_at is not None
        decisions = decided[meeting.pk]
        count = (
            ngettext(
                "The record of the meeting is closed. {count:,} decision was recorded.",
                "The record of the meeting is closed. {count:,} decisions were recorded.",
                len(decisions),
            ).format(count=len(decisions))
            if decisions
            else _("The record of the meeting is closed. No decision was recorded.")
        )
        for person, agency in people:
            own = [each for each in decisions if each.owner_agency_id == agency.pk]
            decided_on = (each.variation for each in decisions if each.variation is not None)
            changes = [row for row in decided_on if _is_changed(row, agency)]
            has_left = (meeting.plan_id, agency.pk) in left
            yield from lines(
                meeting,
                [(person, agency)],
                Reason.MINUTES,
                f"{localtime(meeting.closed_at):%Y-%m-%d %H:%M}",
                " ".join(
                    filter(
                        None,
                        (
                            count,
                            _own_actions(own, agency) if own or not changes else "",
                            _own_changes(changes, agency),
                            _LEFT.format(agency=agency) if has_left else "",
                        ),
                    )
                ),
                ngettext(
                    "has {count:,} action for {agency}",
                    "has {count:,} actions for {agency}",
                    len(own),
                ).format(count=len(own), agency=agency)
                if own
                else _("has its minutes"),
                link=_("Open your desk") if has_left else _("Read the minutes"),
                path="/"
                if has_left
                else next((path(meeting) for path in MINUTES_PATHS), meeting.get_absolute_url()),
            )


_LEFT = gettext_lazy("{agency} has left the working group, so its people cannot open the plan.")


def _is_changed(variation: Variation, agency: Agency) -> bool:
    """Whether an approved variation changes the agency's part in the plan."""
    is_approved = variation.state == Variation.State.APPROVED
    return is_approved and agency.pk in variation.changed_agencies


def _own_changes(changes: list[Variation], agency: Agency) -> str:
    """Return what changed for the agency: "For Police, this has changed: V2 (1.2 …): …"."""
    if not changes:
        return ""
    words = "; ".join(f"{row.reference} ({row.about}): {row.asks}" for row in changes)
    return _("For {agency}, this has changed: {words}.").format(agency=agency, words=words)


def _own_actions(own: list[Decision], agency: Agency) -> str:
    if not own:
        return _("None is for {agency} to act on.").format(agency=agency)
    actions = "; ".join(
        _("{action}, by {day}").format(
            action=" ".join(each.text.split()).rstrip("."), day=day_words(each.due_on)
        )
        for each in own
    )
    return _("For {agency} to do: {actions}.").format(agency=agency, actions=actions)


def decided_notices(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the notices to agencies of what was decided on the variations that they requested, and of approved ones
    that change their part in the plan. Approvers of agencies that were asked out of session are told by `out_of_session`.
    """
    rows = Variation.objects.filter(decided_at__isnull=False)
    if only is not None:
        rows = rows.filter(pk=only)
    rows = rows.filter(decided_at__gte=end_of(on - timedelta(days=NEWS_FOR_DAYS)))
    found = [
        row
        for row in rows.select_related(
            *("plan__coordinating_agency", "meeting", "item", "milestone", "requesting_agency"),
            *("pillar", "out_of_session"),
        )
        if not row.plan.has_ended(on)
    ]
    if not found:
        return
    gone = {row.pk: _withdrawn_with(row) for row in found}
    told = {row.pk: _told(row, gone[row.pk]) for row in found}
    agencies = Agency.objects.in_bulk(set().union(*told.values()))
    since = on - timedelta(days=NEWS_FOR_DAYS)
    seats = Seats((row.plan for row in found), agencies, on, left_since=since)
    for row in found:
        assert row.decided_at is not None
        state = row.get_state_display().lower()
        says = (
            _("The meeting of {day} decided it: {state}.").format(
                day=day_words(row.meeting.held_on), state=state
            )
            if row.meeting is not None
            else _("It was decided out of session: {state}.").format(state=state)
        )
        if row.state == Variation.State.APPROVED:
            effect = _("It has taken effect.")
            says = f"{says} {effect}"
        # One person may sit at several of the agencies.
        people: dict[int, tuple[Addressed, Agency]] = {}
        roles = WRITING_ROLES if row.meeting is not None else (Role.CONTRIBUTOR,)
        for pk in told[row.pk]:
            for each in seats.sitting(row.plan, pk, *roles):
                people.setdefault(each[0].pk, (each, agencies[pk]))
        for person, agency in people.values():
            has_left = seats.has_left(row.plan, agency.pk)
            yield from other_news(
                [person],
                plan=row.plan,
                agency=agency,
                reason=Reason.DECIDED,
                occasion=str(row.state),
                about=f"variation {row.pk}",
                due_on=localdate(row.decided_at),
                title=str(row),
                sentence=" ".join(
                    (
                        says,
                        *(
                            _GONE.format(asks=e.asks)
                            for e in gone[row.pk]
                            if e.agency_id == agency.pk
                        ),
                        *([_LEFT.format(agency=agency)] if has_left else []),
                        *_to_answer(row, agency),
                    )
                ),
                state=_("is {state}").format(state=state),
                path="/" if has_left else row.get_absolute_url(),
                link=_("Open your desk") if has_left else _("Open the variation"),
            )


_GONE = gettext_lazy("“{asks}”, which waited for release in your agency, is withdrawn with it.")


def _to_answer(row: Variation, agency: Agency) -> list[str]:
    """Return what the agency that took the item over, or whose item is new, answers in the open round and by when."""
    item = row.item
    if row.state != Variation.State.APPROVED or item is None or item.lead_agency_id != agency.pk:
        return []
    if row.kind not in (Variation.Kind.LEAD, Variation.Kind.ITEM):
        return []
    waiting = Return.objects.waiting_for_agency().filter(round__plan=row.plan, agency=agency)
    own = waiting.select_related("round").first()
    if own is None or Update.objects.filter(item=item, of_return__round=own.round_id).accepted():
        return []
    says = _("{agency} has to answer item {number} in its return for {round}, due {day}.")
    return [
        says.format(
            agency=agency, number=item.number, round=own.round.name, day=day_words(own.due_on)
        )
    ]


def _withdrawn_with(row: Variation) -> list[HeldEntry]:
    """Return the changes held for release that were withdrawn as an approved variation ended their work."""
    ends = (Variation.Kind.CANCEL, Variation.Kind.WITHDRAWAL)
    if row.state != Variation.State.APPROVED or row.kind not in ends:
        return []
    gone = HeldEntry.objects.filter(
        state=HeldEntry.State.WITHDRAWN, settled_at=row.decided_at, item=row.item
    )
    return list(gone.for_list())


def _told(row: Variation, gone: Sequence[HeldEntry]) -> list[int]:
    """Return the ids of the agencies that are told of a decision, the requesting one first. The plan's end is everybody's."""
    others = {entry.agency_id for entry in gone}
    if row.state == Variation.State.APPROVED:
        others |= row.changed_agencies
        if row.kind == Variation.Kind.END:
            others |= set(row.plan.members.values_list("agency_id", flat=True))
    return [row.requesting_agency_id, *sorted(others - {row.requesting_agency_id})]


def _meetings(only: int | None) -> Any:
    rows = Meeting.objects.select_related("plan__coordinating_agency")
    return rows if only is None else rows.filter(pk=only)


def members_of(
    rows: Iterable[Meeting], on: date, *, with_left: bool = False
) -> Iterator[tuple[Meeting, list[tuple[Addressed, Agency]]]]:
    """Yield each meeting with its members' contributors and approvers, each person once, and the agency
    for which they get the notice. Leave out plans that have ended. `with_left`: with those of agencies that have
    left the working group since."""
    found = [row for row in rows if not row.plan.has_ended(on)]
    if not found:
        return
    agencies = {row.pk: list(row.plan.agencies_on(row.held_on)) for row in found}
    everyone = {agency.pk for own in agencies.values() for agency in own}
    since = on - timedelta(days=NEWS_FOR_DAYS) if with_left else None
    seats = Seats((row.plan for row in found), everyone, on, left_since=since)
    for row in found:
        recipients: dict[int, tuple[Addressed, Agency]] = {}
        for agency in agencies[row.pk]:
            for each in seats.sitting(row.plan, agency.pk, *WRITING_ROLES):
                recipients.setdefault(each[0].pk, (each, agency))
        yield row, list(recipients.values())


def lines(
    meeting: Meeting,
    people: Iterable[tuple[Addressed, Agency]],
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
    *,
    link: str = "",
    path: str = "",
) -> Iterator[OtherNews]:
    """Yield the same news of a meeting for these people."""
    plan: Plan = meeting.plan
    for person, agency in people:
        yield from other_news(
            [person],
            plan=plan,
            agency=agency,
            reason=reason,
            occasion=occasion,
            about=about(meeting),
            due_on=meeting.held_on,
            title=_("Meeting of {day}").format(day=day_words(meeting.held_on)),
            sentence=sentence,
            state=state,
            path=path or meeting.get_absolute_url(),
            link=link or _("Open the meeting"),
        )
