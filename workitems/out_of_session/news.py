"""Notices about decisions out of session: approvers are asked, and get the outcome."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Prefetch, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat
from agencies.wording.translation import day_words
from workitems.meetings.action_news import NEWS_FOR_DAYS
from workitems.models import Notice, OutOfSession, OutOfSessionAnswer, Plan
from workitems.notices.news import Addressed, OtherNews, Seats, other_news, step_of, until
from workitems.terms.spans import span_in_words
from workitems.variations.votes import count_of

Reason, Role = Notice.Reason, Seat.Role
State = OutOfSession.State
Choice = OutOfSessionAnswer.Choice


def due_notices(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the notices of open decisions and of those closed a short time ago, or only of the one
    with this id. Five queries."""
    found = OutOfSession.objects.all() if only is None else OutOfSession.objects.filter(pk=only)
    rows = list(
        found.filter(Q(state=State.OPEN) | Q(closed_on__gt=on - timedelta(days=NEWS_FOR_DAYS)))
        .select_related("variation__plan__coordinating_agency", "variation__milestone")
        .prefetch_related(
            Prefetch("answers", OutOfSessionAnswer.objects.asked().select_related("agency"))
        )
        .order_by("due_on", "pk")
    )
    rows = [row for row in rows if not _plan(row).has_ended(on)]
    if not rows:
        return
    asked = {answer.agency_id for row in rows for answer in row.answers.all()}
    seats = Seats((_plan(row) for row in rows), asked, on)
    for row in rows:
        answers = list(row.answers.all())
        for answer in answers:
            answer.out_of_session = row
            if not row.is_open:
                yield from _closed(answer, seats)
            elif not answer.choice:
                yield from _asked(answer, seats, on)
            elif answer.is_recorded:
                yield from _recorded(answer, seats)
        if row.is_open:
            yield from _to_close(row, answers, seats, on)


def _plan(row: OutOfSession) -> Plan:
    return row.variation.plan


def _asked(answer: OutOfSessionAnswer, seats: Seats, on: date) -> Iterator[OtherNews]:
    row, approvers = answer.out_of_session, _approvers(answer, seats)
    reason = step_of(row.due_on, localdate(row.asked_at), on, first=Reason.OUT_OF_SESSION)
    due = day_words(row.due_on)
    if reason == Reason.OVERDUE:
        late = span_in_words(row.due_on, on)
        says = (
            _("{agency} was asked to answer by {due}. It still can.")
            if approvers
            else _(
                "{agency} was asked to answer by {due}. Nobody there can answer here: record its answer from an "
                "email, or invite an approver."
            )
        )
        sentence = says.format(agency=answer.agency, due=due)
        state = _("is overdue by {time}").format(time=late)
    else:
        when = until(row.due_on, on)
        sentence = _("{agency} is asked to agree or decline by {due}, {when}.").format(
            agency=answer.agency, due=due, when=when
        )
        state = _("is due {when}").format(when=when)
    people = approvers or seats.coordinators(_plan(row))
    link = _("Read it and answer") if approvers else _("Open the decision")
    to_answer = f"{row.get_absolute_url()}?answer={{}}#answer-{answer.agency_id}"
    choices = ((_("Agree"), Choice.AGREE), (_("Decline"), Choice.DECLINE)) if approvers else ()
    yield from _lines(
        row, answer.agency, people, reason, row.due_on.isoformat(), sentence, state, link,
        acts=[(words, to_answer.format(choice.value)) for words, choice in choices],
    )  # fmt: skip


def _recorded(answer: OutOfSessionAnswer, seats: Seats) -> Iterator[OtherNews]:
    """Yield the notices to approvers of what the coordinator recorded from an email."""
    sentence = _(
        "The coordinator recorded the answer of {agency} from an email. You can change it until "
        "the decision is closed."
    ).format(agency=answer.agency)
    yield from _lines(
        answer.out_of_session, answer.agency, _approvers(answer, seats), Reason.OUT_OF_SESSION,
        f"version {answer.version}", sentence, _("was recorded"),
    )  # fmt: skip


def _closed(answer: OutOfSessionAnswer, seats: Seats) -> Iterator[OtherNews]:
    row = answer.out_of_session
    outcome = row.get_state_display().lower()
    says = _("The decision is closed: {outcome}.").format(outcome=outcome)
    if row.state == State.APPROVED:
        effect = _("It has taken effect: {asks}.").format(asks=row.variation.asks)
        says = f"{says} {effect}"
    yield from _lines(
        row, answer.agency, _approvers(answer, seats), Reason.OUT_CLOSED, str(row.state),
        says, _("is {outcome}").format(outcome=outcome),
    )  # fmt: skip


def _to_close(
    row: OutOfSession, answers: list[OutOfSessionAnswer], seats: Seats, on: date
) -> Iterator[OtherNews]:
    """Yield the notices to coordinators that it can be closed, or that its time is over without a quorum."""
    found = count_of(row, (answer.choice for answer in answers), on)
    if not (found.can_close or found.is_over or not found.waiting):
        return
    sentence = (
        _("It can be closed.")
        if found.can_close
        else _("Not enough agencies agree or decline. Give them more time, or end it.")
    )
    yield from _lines(
        row, _plan(row).coordinating_agency, seats.coordinators(_plan(row)), Reason.OUT_TO_CLOSE,
        f"{row.due_on.isoformat()} {found.waiting or 'all'}", sentence,
        _("can be closed") if found.can_close else _("has no quorum"),
    )  # fmt: skip


def _approvers(answer: OutOfSessionAnswer, seats: Seats) -> list[Addressed]:
    return seats.sitting(_plan(answer.out_of_session), answer.agency_id, Role.APPROVER)


def _lines(
    row: OutOfSession,
    agency: Agency,
    people: Iterable[Addressed],
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
    link: str = "",
    acts: Sequence[tuple[str, str]] = (),
) -> Iterator[OtherNews]:
    return other_news(
        people,
        plan=_plan(row),
        agency=agency,
        reason=reason,
        occasion=occasion,
        about=f"out of session {row.pk} {agency.pk}",
        due_on=row.due_on,
        title=_("Out of session: {name}").format(name=row.variation),
        sentence=sentence,
        state=state,
        path=row.get_absolute_url(),
        link=link or (_("Read it and answer") if reason not in CLOSED else _("Open the decision")),
        acts=acts,
    )


CLOSED = (Reason.OUT_CLOSED, Reason.OUT_TO_CLOSE)
