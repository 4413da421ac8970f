"""To-dos from returns and proposed statuses. A source of `desk`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Seat, User
from agencies.people.submitting import Submitters
from agencies.records.composed import composed
from agencies.wording.translation import day_words, list_in_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Act, Line, days_until, line, not_ended, since
from workitems.measures.asked import to_answer_in_words, wanted_in
from workitems.measures.services.values import in_words
from workitems.models import MeasureValue, Plan, Return, ReturnNote, Round, StatusProposal
from workitems.returns.services.handover import is_recalled
from workitems.returns.who_submits import who_submits
from workitems.rules import WRITERS
from workitems.terms.lateness import DUE_SOON_DAYS
from workitems.terms.sentence_ends import with_capital

# A return with items that have no answer waits for its writers now, from so many days before it is due.
NOW_DAYS = 7
# How long the desk has a return that was accepted.
ACCEPTED_DAYS = 14


def lines_for(user: User, on: date) -> list[Line]:
    """Return the user's to-dos, in at most nine queries."""
    lines: list[Line] = []
    own = user.agencies_as(*WRITERS)
    if own:
        lines += _returns_to_send(own, user, on)
        lines += _proposals(own, on)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _returns_of_coordinator(coordinating, own, on)
        lines += _numbers_to_accept(coordinating, user, on)
        lines += _first_rounds(coordinating, on) + _rounds_to_open(coordinating, on)
    return lines


def _returns_to_send(agencies: set[int], user: User, on: date) -> list[Line]:
    since = on - timedelta(days=ACCEPTED_DAYS)
    found = _waiting_returns(agencies=agencies, on=on, since=since)
    coordinates = user.agencies_as(Seat.Role.COORDINATOR)
    wanted = wanted_in([each for each in found if each.state in Return.WITH_AGENCY])
    return [
        _handed_in(each, on)
        if each.state in Return.HANDED_IN
        else _return_to_send(each, wanted[each.pk], user, on)
        for each in found
        if each.state in Return.WITH_AGENCY
        or each.round.plan.coordinating_agency_id not in coordinates
    ]


def _handed_in(of_return: Return, on: date) -> Line:
    """A submitted return, which waits for the coordinator, or one that was accepted lately."""
    is_accepted = of_return.state == Return.State.ACCEPTED
    return line(
        due=date.max,
        on=on,
        plan=of_return.round.plan.title,
        what=_return_name(of_return),
        detail=_("Nothing more is asked of it")
        if is_accepted
        else _("Waits for acceptance by the coordinator"),
        when=_("Accepted on {day}").format(day=day_words(of_return.accepted_on))
        if is_accepted and of_return.accepted_on
        else _("Submitted"),
        url=of_return.get_absolute_url(),
        may_finish=False,
        waits_for_others=not is_accepted,
        is_done=is_accepted,
    )


def _return_name(of_return: Return) -> str:
    return _("Return for {round}, {agency}").format(
        round=of_return.round.name, agency=of_return.agency
    )


@composed
def _waiting_returns(agencies: Any, on: Any, since: Any) -> Any:
    shown = Q(state__in=(*Return.WITH_AGENCY, Return.State.SUBMITTED), round__closed_at=None)
    # A round is often closed with its last acceptance. Nobody submitted what a spreadsheet said.
    accepted = Q(state=Return.State.ACCEPTED, accepted_on__gte=since)
    shown |= accepted & (Q(round__closed_at=None) | Q(submitted_by__isnull=False))
    waiting = Return.objects.filter(shown).expected()
    waiting = waiting.filter(agency__among=agencies)
    rows = waiting.select_related("round__plan", "agency", "ready_by").with_progress()
    own = ReturnNote.objects.filter(of_return=OuterRef("pk"), is_own=True).order_by("-at")
    rows = (
        rows.with_last_submission()
        .with_more_asked()
        .annotate(
            note_at=Subquery(own.values("at")[:1]),
            note_reply=Subquery(own.values("reply")[:1]),
            has_approver=Exists(_approvers(on)),
        )
    )
    return rows.soonest_first()[:SHOWN_AT_MOST]


def _approvers(on: Any) -> Any:
    """The approvers who count on a day at the agency of the outer row."""
    seats = Seat.objects.on(on).filter(role=Seat.Role.APPROVER, user__is_active=True)
    return seats.filter(agency=OuterRef("agency"))


def _is_asked(of_return: Any) -> bool:
    """Whether an approver's note to the writers has no reply, and nothing was submitted since."""
    note_at, submitted_at = of_return.note_at, of_return.last_submitted_at
    is_open = note_at is not None and not of_return.note_reply
    return is_open and (submitted_at is None or note_at > submitted_at)


def _return_to_send(of_return: Any, wanted: int, user: User, on: date) -> Line:
    approves = of_return.agency_id in user.agencies_as(Seat.Role.APPROVER)
    # Whoever says that it is ready leaves it to another approver.
    is_to_read = approves and of_return.ready_at is not None and of_return.ready_by_id != user.pk
    what = _return_name(of_return)
    detail, url = "", of_return.get_absolute_url()
    is_sent_back = of_return.state == Return.State.SENT_BACK
    asks_for_changes = (
        is_sent_back and of_return.ready_at is None and of_return.answered == of_return.items
    )
    is_asked = of_return.ready_at is None and _is_asked(of_return)
    was_recalled = is_recalled(of_return)
    more_asked = of_return.more_asked if of_return.ready_at is None else ""
    if more_asked:
        detail = _("No longer ready for approval: {why}").format(why=more_asked)
    elif is_asked:
        detail = _("Sent back to the writers: see the approver’s note")
    elif was_recalled and of_return.ready_at is None:
        detail = _("Recalled: submit it again")
    elif asks_for_changes:
        detail = _("Sent back: the coordinator asks for changes")
    elif of_return.ready_at is None:
        detail = ngettext(
            "{answered} of {count:,} item answered",
            "{answered} of {count:,} items answered",
            of_return.items,
        ).format(answered=of_return.answered, count=of_return.items)
    else:
        said_on = localdate(of_return.ready_at)
        detail = _("Ready for approval since {day}, says {person}").format(
            day=day_words(said_on), person=of_return.ready_by
        )
        if is_to_read:
            what = _("Read and submit: return for {round}, {agency}").format(
                round=of_return.round, agency=of_return.agency
            )
            url += "read/"
    if is_sent_back and not asks_for_changes and not is_asked and not was_recalled:
        detail = _("Sent back. {detail}").format(detail=detail)
    if wanted and of_return.ready_at is None:
        detail = f"{detail}; {to_answer_in_words(wanted)}"
    if not of_return.has_approver:
        nobody = _("Nobody at {agency} can submit it: it has no approver")
        detail = f"{detail}. {nobody.format(agency=of_return.agency)}"
    unanswered = of_return.items - of_return.answered
    is_all_answered = bool(
        of_return.items
        and not (unanswered or wanted or approves or is_sent_back or is_asked or more_asked)
        and of_return.ready_at is None
        and of_return.has_approver
        and not was_recalled
    )
    if is_all_answered:
        detail = _("All answered: hand it over to the approver")
    # Whoever said that it is ready, and the other writers, wait for the approver.
    is_with_approver = of_return.ready_at is not None and not is_to_read
    if is_with_approver and of_return.has_approver:
        detail = _("With the approver since {day}").format(
            day=day_words(localdate(of_return.ready_at))
        )
    is_due_soon = bool(unanswered or wanted) and (of_return.due_on - on).days <= NOW_DAYS
    # Ready, asked for more since, sent back with what to change, recalled, or due within the week with items that have no answer: the next
    # step is the reader's.
    waits = (
        is_all_answered
        or is_to_read
        or (
            of_return.ready_at is None
            and (more_asked or is_asked or is_sent_back or was_recalled or is_due_soon)
            # All is answered, and nobody can submit it.
            or (of_return.items and not unanswered and not of_return.has_approver)
        )
    )
    return line(
        due=min(of_return.due_on, on) if waits else of_return.due_on,
        on=on,
        plan=of_return.round.plan.title,
        items=unanswered if of_return.ready_at is None else 0,
        what=what,
        detail=detail,
        when=days_until(of_return.due_on, on),
        is_late=of_return.due_on < on,
        url=url,
        may_finish=approves or of_return.ready_at is None,
        waits_for_others=is_with_approver and of_return.has_approver,
    )


@composed
def _open_proposals(agencies: Any, on: Any) -> Any:
    rows = (
        StatusProposal.objects.open()
        .filter(not_ended(on, "item__plan"), item__lead_agency__among=agencies)
        .exclude(agency=F("item__lead_agency"))
    )
    return rows.select_related("item__plan", "agency").order_by("pk")[:SHOWN_AT_MOST]


def _proposals(agencies: set[int], on: date) -> list[Line]:
    """Statuses that supporting agencies propose for the items that these agencies lead."""
    waiting = _open_proposals(agencies=agencies, on=on)
    return [
        line(
            due=on,
            on=on,
            plan=each.item.plan.title,
            what=_("{agency} proposes a status for item {number}").format(
                agency=each.agency, number=each.item.number
            ),
            detail=each.item.title,
            when=_("Since {day}").format(day=day_words(localdate(each.proposed_at))),
            url=reverse(
                "workitems:answer-proposal",
                args=[each.item.plan.slug, each.item.number, each.pk],
            ),
        )
        for each in waiting
    ]


@composed
def _waiting_numbers(agencies: Any, user: Any) -> Any:
    of_plans = Q(measure__item__plan__coordinating_agency__among=agencies) | Q(
        measure__of_plan__coordinating_agency__among=agencies
    )
    # Whoever gave a number does not accept it.
    rows = MeasureValue.objects.waiting().filter(of_plans).exclude(written_by=user)
    related = ("measure__item__plan", "measure__of_plan", "agency")
    return rows.select_related(*related).order_by("given_on", "pk")[:SHOWN_AT_MOST]


def _numbers_to_accept(agencies: set[int], user: User, on: date) -> list[Line]:
    """Numbers that were given between rounds, each to accept in one press. One query."""
    return [
        line(
            due=on,
            on=on,
            plan=each.measure.plan.title,
            what=_("{agency} gives a number: {number}").format(
                agency=each.agency, number=in_words(each.measure, each)
            ),
            detail=with_capital(each.measure.as_told),
            when=_("Since {day}").format(day=day_words(each.given_on)),
            url=measure_url(each, "detail"),
            act=Act(_("Accept"), measure_url(each, "accept", each.pk)),
        )
        for each in _waiting_numbers(agencies=agencies, user=user.pk)
    ]


def measure_url(value: MeasureValue, name: str, *more: int) -> str:
    return reverse(f"measures:{name}", args=[value.measure.plan.slug, value.measure_id, *more])


def _returns_of_coordinator(agencies: set[int], own: set[int], on: date) -> list[Line]:
    """Submitted returns, those that nobody at their agency can submit, rounds whose returns are missing or whose people
    have not joined, and rounds to close: every return is accepted, or their time is over and what is still open is not
    there to be read. `own` are the agencies that the user writes for. One query; two more while an agency has to
    submit."""
    of_open_rounds = (
        Return.objects.expected()
        .filter(round__closed_at=None, round__plan__coordinating_agency__in=agencies)
        .select_related("round__plan", "agency")
    )
    by_round = defaultdict(list)
    for each in of_open_rounds:
        by_round[each.round_id].append(each)
    submitted = [each for each in of_open_rounds if each.state == Return.State.SUBMITTED]
    complete = [
        rows[0].round
        for rows in by_round.values()
        if all(each.state in Return.FINISHED for each in rows)
    ]
    over = [
        rows[0].round
        for rows in by_round.values()
        if rows[0].round.period_end < on
        and all(each.state in Return.FINISHED or each.is_overdue(on) for each in rows)
        and rows[0].round not in complete
    ]
    missing = {
        pk: [
            each
            for each in rows
            if each.state in (Return.State.DUE, Return.State.SENT_BACK) and each.due_on < on
        ]
        for pk, rows in by_round.items()
    }
    waiting = [
        each for each in of_open_rounds if each.state in Return.WITH_AGENCY and each.due_on >= on
    ]
    with_agency = [each for each in of_open_rounds if each.is_with_agency]
    people = who_submits(with_agency, on, invited_to_all=True)
    unsigned = [
        each
        for each in of_open_rounds
        if each.is_with_agency
        and people[each.pk].writers
        and not people[each.pk].approvers
        and each.ready_at is None
        and all(one.role != Seat.Role.APPROVER for one in people[each.pk].not_joined)
    ]
    short = [
        each
        for each in waiting
        if people[each.pk].still_needs and each.ready_at is None and each not in unsigned
    ]
    return (
        [_missing_returns(rows, on) for rows in missing.values() if rows]
        + _returns_that_nobody_submits(of_open_rounds, people, on)
        + [
            _people_to_invite(rows, people, on)
            for found in by_round.values()
            if (rows := [each for each in found if each in short])
        ]
        + [
            _without_approver(rows, on)
            for found in by_round.values()
            if (rows := [each for each in found if each in unsigned])
        ]
        + [
            _not_joined(rows, people, on)
            for found in by_round.values()
            if (rows := [each for each in found if each in waiting and people[each.pk].not_joined])
        ]
        + [
            line(
                due=each.due_on,
                on=on,
                plan=each.round.plan.title,
                what=_("Return of your agency for {round}").format(round=each.round.name),
                detail=_("The contributors and approvers of {agency} answer and submit it").format(
                    agency=each.agency
                ),
                url=each.round.get_absolute_url(),
                may_finish=False,
            )
            for each in waiting
            if each.agency_id in agencies - own
        ]
        + [
            line(
                due=on,
                on=on,
                plan=each.plan.title,
                what=_("Close the round {round}").format(round=each.name),
                detail=_("Every return is accepted")
                if each in complete
                else _("It was due on {day}, and the next period has begun").format(
                    day=day_words(each.due_on)
                ),
                when=_("Now"),
                url=f"{each.get_absolute_url()}#manage",
            )
            for each in complete + over
        ]
        + [
            line(
                due=on,
                on=on,
                plan=each.round.plan.title,
                what=_("Read the return of {agency} for {round}").format(
                    agency=each.agency, round=each.round.name
                ),
                detail=_("Accept it or send it back"),
                when=_("Submitted"),
                url=each.get_absolute_url(),
            )
            for each in submitted
        ]
    )


def _returns_that_nobody_submits(
    returns: Iterable[Return], people: dict[int, Submitters], on: date
) -> list[Line]:
    """Returns that are ready for approval at an agency where nobody can submit them."""
    return [
        line(
            due=on,
            on=on,
            plan=each.round.plan.title,
            what=_(
                "The return of {agency} for {round} is ready, and nobody there can submit it"
            ).format(agency=each.agency, round=each.round.name),
            detail=people[each.pk].words,
            when=_("Now"),
            url=reverse(
                "returns:allow-alone", args=[each.round.plan.slug, each.round_id, each.agency_id]
            )
            if people[each.pk].may_be_let_alone
            else reverse("agencies:seats", args=[each.agency_id]),
        )
        for each in returns
        if each.is_with_agency and each.ready_at is not None and people[each.pk].words
    ]


def _people_to_invite(rows: list[Return], people: dict[int, Submitters], on: date) -> Line:
    """The agencies of a round that need somebody who is not even invited."""
    round = rows[0].round
    empty = [each for each in rows if people[each.pk].is_empty]
    needs = defaultdict(list)
    for each in rows:
        if each not in empty:
            needs[people[each.pk].still_needs].append(each)
    says = [_with_nobody(empty)] if empty else []
    says += [
        ngettext("{agencies} needs {people}", "{agencies} need {people}", len(found)).format(
            agencies=_names(found), people=who
        )
        for who, found in needs.items()
    ]
    return line(
        due=on,
        on=on,
        plan=round.plan.title,
        what=_("Invite people to answer {round}").format(round=round.name),
        detail="; ".join(says),
        when=_("Now"),
        url=reverse("agencies:invite", args=[rows[0].agency_id])
        if len(rows) == 1
        else reverse("agencies:invite-many"),
    )


def _with_nobody(rows: list[Return]) -> str:
    return ngettext(
        "{agencies} has no contributor or approver",
        "{agencies} have no contributor or approver",
        len(rows),
    ).format(agencies=_names(rows))


def _names(rows: list[Return]) -> str:
    return list_in_words(sorted(each.agency.short_name for each in rows))


def _without_approver(rows: list[Return], on: date) -> Line:
    """The agencies of a round whose people can write their return, and of whom nobody can submit it."""
    round = rows[0].round
    return line(
        due=on,
        on=on,
        plan=round.plan.title,
        what=ngettext(
            "{agencies} has no approver, so nobody there can submit for {round}",
            "{agencies} have no approver, so nobody there can submit for {round}",
            len(rows),
        ).format(
            agencies=_names(rows),
            round=round.name,
        ),
        detail=_("Invite an approver, or confirm the one who waits"),
        when=_("Now"),
        url=reverse("agencies:seats", args=[rows[0].agency_id])
        if len(rows) == 1
        else round.get_absolute_url(),
    )


def _not_joined(rows: list[Return], people: dict[int, Submitters], on: date) -> Line:
    """Who is invited to write these returns of a round and has not accepted yet."""
    round, due = rows[0].round, min(each.due_on for each in rows)
    count = len({one.email for each in rows for one in people[each.pk].not_joined})
    persons = ngettext(
        "{count:,} person who is invited has not joined",
        "{count:,} people who are invited have not joined",
        count,
    ).format(count=count)
    return line(
        due=due,
        on=on,
        plan=round.plan.title,
        what=_("{people}: {round}").format(people=persons, round=round.name),
        detail=_names(rows),
        url=round.get_absolute_url(),
        ahead=_("{people}; returns are due on {day}").format(people=persons, day=day_words(due)),
    )


def _missing_returns(rows: list[Return], on: date) -> Line:
    round = rows[0].round
    return line(
        due=min(each.due_on for each in rows),
        on=on,
        plan=round.plan.title,
        what=ngettext(
            "{count:,} return is missing for {round}: remind the agency",
            "{count:,} returns are missing for {round}: remind the agencies",
            len(rows),
        ).format(count=len(rows), round=round.name),
        detail=list_in_words(sorted(each.agency.short_name for each in rows)),
        url=round.get_absolute_url(),
    )


def _first_rounds(agencies: set[int], on: date) -> list[Line]:
    """Adopted plans without a round yet, of who has opened rounds of another plan: others read it as their next step
    (`workitems.desk.getting_started`). One query."""
    own = Plan.objects.filter(coordinating_agency__in=agencies)
    rounds = Round.objects.asked()
    rows = own.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        ~Exists(rounds.filter(plan=OuterRef("pk"))),
        Exists(rounds.filter(plan__in=own.values("pk"))),
    )
    return [
        line(
            due=on,
            on=on,
            plan=plan.title,
            what=_("Open the first round"),
            detail=_("{plan} is adopted, and no agency has been asked yet").format(plan=plan.title),
            when=since(plan.adopted_on or on, on),
            url=reverse("returns:open-round", args=[plan.slug]),
        )
        for plan in rows.exclude(adopted_on=None).order_by("pk")[:SHOWN_AT_MOST]
    ]


@composed
def _rounds_not_followed(agencies: Any, on: Any) -> Any:
    of_plan = Round.objects.filter(plan=OuterRef("plan"))
    rows = Round.objects.asked().filter(
        not_ended(on, "plan"),
        ~Exists(of_plan.filter(closed_at=None)),
        ~Exists(of_plan.filter(period_end__gt=OuterRef("period_end"))),
        plan__coordinating_agency__among=agencies,
    )
    return rows.select_related("plan").order_by("pk")[:SHOWN_AT_MOST]


def _rounds_to_open(agencies: set[int], on: date) -> list[Line]:
    """Rounds that have not followed: the last one is closed, none is open, and as long a period as that of the last
    one ends within `DUE_SOON_DAYS` or has ended. One query."""
    found = []
    for last in _rounds_not_followed(agencies=agencies, on=on):
        _starts, due = last.next_period
        if (due - on).days <= DUE_SOON_DAYS:
            found.append(
                line(
                    due=due,
                    on=on,
                    plan=last.plan.title,
                    what=_("Open the next round"),
                    detail=_(
                        "No round has followed {round}, which covered the time to {day}"
                    ).format(round=last.name, day=day_words(last.period_end)),
                    url=reverse("returns:open-round", args=[last.plan.slug]),
                )
            )
    return found
