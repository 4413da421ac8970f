"""Notices about requests for official information; a source of `workitems.notices`.

The adviser and the decision-maker are notified on working days 15, 18 and 20, and when the decision is
late; a consulted agency is notified that it is asked. See docs/notices.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat, User
from reports.document.dates import long_date
from reports.requests.models import Consultation, InformationRequest
from reports.requests.models.request_clock import RequestClock, calendar, clock_of
from reports.requests.registered.request_lines import clock_words
from workitems.models import Notice
from workitems.notices.news import OtherNews
from workitems.rules import WRITERS

Reason, Role = Notice.Reason, Seat.Role
# The working day of the Act, by how many working days are left then.
STEPS = ((0, 20), (2, 18), (5, 15))

People = dict[tuple[int, str], list[User]]


def due_notices(on: date) -> Iterator[OtherNews]:
    """Yield the notices of all open requests and consultations as at a day. At most six queries."""
    requests = list(
        InformationRequest.objects.open().from_requesters().filter(received_on__lte=on).for_list()
    )
    asked = list(
        Consultation.objects.waiting()
        .filter(asked_on=on, line__request__state__in=InformationRequest.OPEN)
        .select_related("agency", "line")
        .order_by("pk")
    )
    agencies = {*(row.agency_id for row in requests), *(row.agency_id for row in asked)}
    if not agencies:
        return
    people = _people(agencies, on)
    days = calendar() if requests else None
    for request in requests:
        assert days is not None
        yield from _of_request(request, clock_of(request.events.all(), days), people, on)
    for row in asked:
        yield from _of_consultation(row, people)


def _people(agencies: set[int], on: date) -> People:
    found: People = defaultdict(list)
    seats = Seat.objects.on(on).filter(agency__in=agencies, user__is_active=True)
    for seat in seats.select_related("user").order_by("user__name", "user__email"):
        assert seat.agency_id is not None
        found[seat.agency_id, seat.role].append(seat.user)
    return found


def _of_request(
    request: InformationRequest, clock: RequestClock, people: People, on: date
) -> Iterator[OtherNews]:
    late = clock.days.late_by(clock.due, on)
    days_left = clock.days.late_by(on, clock.due)
    step = next((day for most, day in STEPS if days_left <= most), None)
    if not late and step is None:
        return
    words = clock_words(clock, on)
    words = words[:1].lower() + words[1:]
    yield from _news(
        people,
        request.agency,
        (Role.OIA_ADVISER, Role.OIA_DECISION_MAKER),
        reason=Reason.REQUEST_LATE if late else Reason.REQUEST_DUE,
        occasion=f"{clock.due.isoformat()} {'late' if late else step}",
        about=f"request {request.pk}",
        due_on=clock.due,
        title=_("Request {reference}").format(reference=request.reference),
        sentence=_("The decision was due on {day} and is {words}.").format(
            day=long_date(clock.due), words=words
        )
        if late
        else _("The decision is due on {day}: {words}.").format(
            day=long_date(clock.due), words=words
        ),
        state=_("is {words}").format(words=words),
        path=request.get_absolute_url(),
        link=_("Open the request"),
    )


def _of_consultation(row: Consultation, people: People) -> Iterator[OtherNews]:
    yield from _news(
        people,
        row.agency,
        WRITERS,
        reason=Reason.CONSULTED,
        occasion=row.asked_on.isoformat(),
        about=f"consultation {row.pk}",
        due_on=row.answer_by or row.asked_on,
        title=f"“{row.line.title}”",
        sentence=_(
            "This paper may be released under the {act}. Your agency is asked "
            "what should not be, by {day}."
        ).format(act=settings.INFORMATION_ACT, day=long_date(row.answer_by))
        if row.answer_by
        else _(
            "This paper may be released under the {act}. Your agency is asked what should not be."
        ).format(act=settings.INFORMATION_ACT),
        state=_("may be released"),
        path=reverse("requests:request-consultation", args=[row.pk]),
        link=_("Read the question and answer"),
    )


def _news(
    people: People, agency: Agency, roles: Iterable[str], **content: Any
) -> Iterator[OtherNews]:
    """Yield the same news to each person who has one of the roles in the agency, once."""
    notified: set[int] = set()
    for role in roles:
        for user in people[agency.pk, role]:
            if user.pk in notified:
                continue
            notified.add(user.pk)
            yield OtherNews(
                recipient=user,
                role=Role(role),
                agency=agency,
                seat_agency=agency,
                plan=_("Requests for official information"),
                **content,
            )
