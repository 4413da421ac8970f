"""To-do lines from briefings for a person's desk; a source of `workitems.desk.to_dos`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Seat, User
from agencies.records.composed import composed
from reports.briefings.views.next_steps import standing_of
from reports.briefings.whats_next import next_of
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.models import Briefing, Clearance, FollowUp, Response, ResponseChoice
from reports.models.response import ON_THE_PAPER
from workitems.desk.to_dos import SHOWN_AT_MOST, Act, Line, line, since
from workitems.out_of_session.desk_lines import action_line, confirm_line
from workitems.rules import WRITERS

State = Briefing.State


def lines_for(user: User, on: date) -> list[Line]:
    """Return the lines for `user` as at `on`, in at most eight queries."""
    own = user.agencies_as(*WRITERS)
    approving = user.agencies_as(Seat.Role.APPROVER)
    lines = [*_clearances(own, approving, on), *_follow_ups(own, on)] if own else []
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if coordinating:
        lines += _to_confirm(coordinating, on)
        lines += _consultations(coordinating, on)
        lines += _to_finish(coordinating, on)
    authorising = user.agencies_as(Seat.Role.AUTHORISING_MANAGER)
    if authorising:
        # Who asked for the authorisation does not give it.
        awaiting = _in_state(authorising, State.AWAITING)
        lines += [_to_authorise(row, on) for row in awaiting if row.moved_by != user.pk]
    if user.portfolios:
        to_minister = Briefing.objects.addressed_to(user.portfolios)
        lines += [_to_answer(row, on) for row in _since_state(to_minister, State.WITH_MINISTER)]
    return lines


# --- for an agency ------------------------------------------------------------------------------


def _clearances(agencies: set[int], approving: set[int], on: date) -> list[Line]:
    """Return a line for each clearance to give. Contributors see it; an approver gives it."""
    return [
        line(
            due=row.due_on,
            on=on,
            plan=row.briefing.plan.title,
            what=_("Clearance of {briefing}, {agency}").format(
                briefing=row.briefing.name, agency=row.agency
            ),
            detail=_("Asked again. {reopened_because}").format(
                reopened_because=row.reopened_because
            )
            if row.reopened_because
            else row.briefing.title,
            url=row.get_absolute_url(),
            may_finish=row.agency_id in approving,
        )
        for row in _waiting_clearances(agencies=agencies)
    ]


@composed
def _waiting_clearances(agencies: Any) -> Any:
    waiting = Clearance.objects.waiting().filter(agency__among=agencies)
    return waiting.select_related("briefing__plan", "agency").order_by("due_on", "pk")[
        :SHOWN_AT_MOST
    ]


@composed
def _open_follow_ups(agencies: Any) -> Any:
    rows = FollowUp.objects.open().filter(owner_agency__among=agencies)
    return rows.for_lines().order_by("due_on", "pk")[:SHOWN_AT_MOST]


def _follow_ups(agencies: set[int], on: date) -> list[Line]:
    """Return a line for each follow-up to do. What a Minister asked for outlives the plan."""
    to_do = _open_follow_ups(agencies=agencies)
    return [
        action_line(
            row,
            _("After the Minister’s answer to {briefing}").format(
                briefing=row.issued.briefing.name
            ),
            on,
        )
        for row in to_do
    ]


# --- for the coordinating agency ----------------------------------------------------------------


def _to_confirm(agencies: set[int], on: date) -> list[Line]:
    done = (
        FollowUp.objects.to_confirm()
        .filter(issued__briefing__plan__coordinating_agency__in=agencies)
        .for_lines()
        .order_by("done_on", "pk")[:SHOWN_AT_MOST]
    )
    return [confirm_line(row, on) for row in done]


def _consultations(agencies: set[int], on: date) -> list[Line]:
    """Return a line for each paper in consultation: what is next, and who has answered.

    The coordinator cannot answer for an agency, so the line is never late itself.
    """
    rows: Iterable[Any] = (
        Briefing.objects.filter(plan__coordinating_agency__in=agencies, state=State.IN_CONSULTATION)
        .select_related("plan")
        .with_standing(on)
        .order_by("dated", "pk")[:SHOWN_AT_MOST]
    )
    return [_consultation(row, on) for row in rows]


def _consultation(row: Any, on: date) -> Line:
    found = next_of(standing_of(row))
    assert found is not None
    return line(
        due=row.first_due or on,
        on=on,
        plan=row.plan.title,
        what=_("{step}: {briefing}").format(step=found.words, briefing=row.name),
        detail=_answers(row),
        when="" if row.first_due else _("Every agency answered"),
        may_finish=False,
        url=reverse("briefings:clearance", args=[row.plan.slug, row.pk]),
        act=_remind(row, on),
    )


def _remind(row: Any, on: date) -> Act | None:
    """Return the button that reminds the agencies that are late, unless it was pressed today."""
    if not row.late or (row.reminded and localdate(row.reminded) == on):
        return None
    words = ngettext("Remind {count} agency", "Remind {count} agencies", row.late).format(
        count=row.late
    )
    return Act(words, reverse("briefings:remind-agencies", args=[row.plan.slug, row.pk]))


def _answers(row: Any) -> str:
    """Return "5 of 7 agencies answered, 2 are late"."""
    parts = [
        ngettext(
            "{answered} of {asked} agency answered",
            "{answered} of {asked} agencies answered",
            row.asked,
        ).format(answered=row.asked - row.unanswered, asked=row.asked)
    ]
    if row.late:
        parts.append(
            ngettext("{count} is late", "{count} are late", row.late).format(count=row.late)
        )
    if row.late and row.reminded:
        parts.append(_("reminded on {day}").format(day=long_date(localdate(row.reminded))))
    return ", ".join(parts)


def _in_state(agencies: set[int], *states: str) -> list[Any]:
    """Return the agencies' papers in these states, as `_since_state` does."""
    return _since_state(Briefing.objects.filter(plan__coordinating_agency__in=agencies), *states)


def _since_state(rows: Any, *states: str) -> list[Any]:
    """Return the rows in these states, with the time since which each is, as `since`, and the id of
    the person who moved it there, as `moved_by`."""
    history: Any = Briefing.history.model
    moves = history.objects.filter(id=OuterRef("pk"), state=OuterRef("state"))
    newest = moves.order_by("-history_date", "-history_id")
    return list(
        rows.filter(state__in=states)
        .select_related("plan")
        .annotate(
            since=Subquery(newest.values("history_date")[:1]),
            moved_by=Subquery(newest.values("history_user")[:1]),
        )
        .order_by("dated", "pk")[:SHOWN_AT_MOST]
    )


def _then(row: Any, on: date) -> tuple[str, str]:
    """Return the day since which a paper is in its state, in full and as an age."""
    day = localdate(row.since) if row.since else on
    return long_date(day), since(day, on)


def _to_authorise(row: Any, on: date) -> Line:
    day, age = _then(row, on)
    return line(
        due=on,
        on=on,
        plan=row.plan.title,
        what=_("Read and authorise {briefing}").format(briefing=row.name),
        detail=_("{title}. Sent for authorisation on {day}").format(title=row.title, day=day),
        when=_("Sent to you {age}").format(age=age),
        url=reverse("briefings:authorise", args=[row.plan.slug, row.pk]),
    )


def _to_answer(row: Any, on: date) -> Line:
    day, age = _then(row, on)
    return line(
        due=on,
        on=on,
        plan=row.plan.title,
        what=_("Record the Minister’s answer to {briefing}").format(briefing=row.name),
        detail=_("{title}. Sent to the Minister on {day}").format(title=row.title, day=day),
        when=_("Sent {age}").format(age=age),
        url=reverse("briefings:answer", args=[row.plan.slug, row.pk]),
    )


def _to_finish(agencies: set[int], on: date) -> list[Line]:
    """Return a line for each authorised paper to send, and each answered one to follow up."""
    without_action = (
        Response.objects.uncorrected()
        .filter(issued__briefing=OuterRef("pk"))
        .exclude(comment="")
        .exclude(issued__follow_ups__key=ON_THE_PAPER)
    )
    of_agencies = Briefing.objects.filter(plan__coordinating_agency__in=agencies)
    rows = _since_state(
        of_agencies.annotate(has_open_comment=Exists(without_action)),
        State.AUTHORISED,
        State.RETURNED,
    )
    open_choices: dict[int, list[ResponseChoice]] = defaultdict(list)
    returned = [row.pk for row in rows if row.state == State.RETURNED]
    if returned:
        choices: Iterable[Any] = (  # Annotated with the briefing.
            ResponseChoice.objects.to_follow_up()
            .filter(response__issued__briefing__in=returned)
            .annotate(of_briefing=F("response__issued__briefing"))
            .order_by("number")
        )
        for choice in choices:
            open_choices[choice.of_briefing].append(choice)
    return [
        _to_send(row, on)
        if row.state == State.AUTHORISED
        else _to_close(row, open_choices[row.pk], on)
        for row in rows
    ]


def _to_send(row: Any, on: date) -> Line:
    day, age = _then(row, on)
    return line(
        due=row.deadline or on,
        on=on,
        plan=row.plan.title,
        what=_("Send {briefing} to the Minister").format(briefing=row.name),
        detail=_("{title}. Authorised on {day}").format(title=row.title, day=day),
        when="" if row.deadline else _("Authorised {age}").format(age=age),
        url=reverse("briefings:issued", args=[row.plan.slug, row.pk]),
        act=Act(
            _("Mark as sent to the Minister"),
            reverse("briefings:send", args=[row.plan.slug, row.pk]),
        ),
    )


def _to_close(row: Any, choices: list[ResponseChoice], on: date) -> Line:
    """Return the line of an answered paper: the next recommendation to follow up, else to close."""
    day, age = _then(row, on)
    address = [row.plan.slug, row.pk]
    if choices:
        numbers = join_words([str(choice.number) for choice in choices])
        what = _("Follow up the Minister’s answer to {briefing}").format(briefing=row.name)
        rest = ngettext(
            "Recommendation {numbers} has no follow-up yet",
            "Recommendations {numbers} have no follow-up yet",
            len(choices),
        ).format(numbers=numbers)
        url = reverse("briefings:follow-up", args=[*address, choices[0].pk])
    else:
        what = _("Close {briefing}").format(briefing=row.name)
        rest = _("Every recommendation is followed up")
        if row.has_open_comment:
            rest = _("The Minister’s comment on the paper has no action yet")
        url = reverse("briefings:issued", args=address)
    return line(
        due=on,
        on=on,
        plan=row.plan.title,
        what=what,
        detail=_("{title}. Answered on {day}. {rest}").format(title=row.title, day=day, rest=rest),
        when=_("Answered {age}").format(age=age),
        url=url,
        act=None
        if choices
        else Act(_("Close the briefing"), reverse("briefings:close", args=address)),
    )
