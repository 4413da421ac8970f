"""News of status proposals, and of what waits for release. A source of `notices.news`."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import WRITING_ROLES, Agency, Seat
from workitems.models import HeldEntry, Notice, StatusProposal
from workitems.notices.news import Addressed, OtherNews, Seats, other_news

Reason, Role, State = Notice.Reason, Seat.Role, StatusProposal.State

# Days in which the proposer is notified of a reply; an older one is no news.
REPLY_NEWS_DAYS = 14

# Of what waits for release: its title, that with an item, and what happened.
REQUEST = (
    gettext_lazy("Request for a variation of {agency}"),
    gettext_lazy("Request for a variation of {agency}, item {number}"),
    gettext_lazy(
        "A contributor wrote a request for a variation. Others see it when you release it."
    ),
)
TO_RELEASE = {
    HeldEntry.Kind.RISK: (
        gettext_lazy("Risk of {agency}"),
        gettext_lazy("Risk of {agency}, item {number}"),
        gettext_lazy("A contributor wrote a risk. Others see it when you release it."),
    ),
    HeldEntry.Kind.WAIT: (
        gettext_lazy("What a milestone of {agency} waits for"),
        gettext_lazy("What a milestone of {agency} waits for, item {number}"),
        gettext_lazy(
            "A contributor wrote what a milestone waits for. Others see it when you release it."
        ),
    ),
}


def due_news(on: date) -> Iterator[OtherNews]:
    yield from _proposed(on)
    yield from _replied(on)
    yield from _to_release(on)


def _proposed(on: date) -> Iterator[OtherNews]:
    """To contributors and approvers of the lead: a proposal waits for their answer."""
    rows = [
        row
        for row in StatusProposal.objects.open()
        .select_related("item__plan__coordinating_agency", "item__lead_agency", "agency")
        .order_by("pk")
        if localdate(row.proposed_at) <= on
    ]
    if not rows:
        return
    seats = Seats((row.item.plan for row in rows), (row.item.lead_agency_id for row in rows), on)
    for row in rows:
        lead = row.item.lead_agency
        yield from _about_proposal(
            row,
            _people(seats, row, lead),
            Reason.PROPOSED,
            agency=lead,
            due_on=localdate(row.proposed_at),
            sentence=_("{agency} proposes another status. {lead} accepts or declines it.").format(
                agency=row.agency, lead=lead
            ),
            state=_("waits for your answer"),
            path=f"{row.item.get_absolute_url()}proposals/{row.pk}/answer/",
            link=_("Answer the proposal"),
        )


def _replied(on: date) -> Iterator[OtherNews]:
    """To the person who proposed: the lead's answer."""
    answered = StatusProposal.objects.filter(
        state__in=[State.ACCEPTED, State.DECLINED], proposed_by__is_active=True
    )
    rows = [
        row
        for row in answered.select_related(
            "item__plan__coordinating_agency", "item__lead_agency", "agency", "proposed_by"
        ).order_by("pk")
        if row.answered_at
        and on - timedelta(days=REPLY_NEWS_DAYS) <= localdate(row.answered_at) <= on
    ]
    if not rows:
        return
    seats = Seats((row.item.plan for row in rows), (row.agency_id for row in rows), on)
    for row in rows:
        assert row.answered_at is not None  # of every answered proposal
        answer = row.get_state_display().lower()
        # People who have left the agency get no notice.
        people = [
            each for each in _people(seats, row, row.agency) if each[0].pk == row.proposed_by_id
        ]
        yield from _about_proposal(
            row,
            people,
            Reason.REPLIED,
            agency=row.agency,
            due_on=localdate(row.answered_at),
            sentence=(
                _("{agency} accepted the status that you proposed.")
                if row.state == StatusProposal.State.ACCEPTED
                else _("{agency} declined the status that you proposed.")
            ).format(agency=row.item.lead_agency),
            state=_("was {answer}").format(answer=answer),
            path=row.item.get_absolute_url(),
            link=_("Open the item"),
        )


def _to_release(on: date) -> Iterator[OtherNews]:
    """To approvers: what a contributor of their agency wrote waits for release."""
    rows = [
        row
        for row in HeldEntry.objects.waiting()
        .select_related("plan__coordinating_agency", "agency", "item")
        .order_by("pk")
        if localdate(row.written_at) <= on
    ]
    if not rows:
        return
    seats = Seats((row.plan for row in rows), (row.agency_id for row in rows), on)
    for row in rows:
        of_plan, of_item, sentence = TO_RELEASE.get(HeldEntry.Kind(row.kind), REQUEST)
        number = row.item.number if row.item else ""
        title = str(of_item if row.item else of_plan).format(agency=row.agency, number=number)
        yield from other_news(
            seats.sitting(row.plan, row.agency_id, Role.APPROVER),
            plan=row.plan,
            agency=row.agency,
            reason=Reason.TO_RELEASE,
            occasion=localdate(row.written_at).isoformat(),
            about=f"held {row.pk}",
            due_on=localdate(row.written_at),
            title=title,
            sentence=str(sentence),
            state=_("waits for release"),
            path=row.get_absolute_url(),
            link=_("Read and release it"),
        )


def _people(seats: Seats, row: StatusProposal, agency: Agency) -> list[Addressed]:
    return seats.sitting(row.item.plan, agency.pk, *WRITING_ROLES)


def _about_proposal(
    row: StatusProposal,
    people: Iterable[Addressed],
    reason: Notice.Reason,
    *,
    due_on: date,
    **same: Any,
) -> Iterator[OtherNews]:
    return other_news(
        people,
        plan=row.item.plan,
        reason=reason,
        occasion=due_on.isoformat(),
        about=f"proposal {row.pk}",
        due_on=due_on,
        title=_("Status of item {number} proposed by {agency}").format(
            number=row.item.number, agency=row.agency
        ),
        **same,
    )
