"""The approver's view of a return: what differs from last time, accepted item by item."""

import re

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from workitems.models import Return, WorkItem
from workitems.plan.views.lookups import require, signed_in
from workitems.returns.return_page import takes_answers
from workitems.returns.return_reading import Reading, reading_of
from workitems.returns.services import rounds as round_services
from workitems.returns.views.returns import (
    SUBMIT_UNMENDED,
    Left,
    attempt_to_submit,
    visible_return,
    writing_for,
)

VERSION = re.compile("[0-9]{1,9}")
ACCEPT_ALL = "submit-all"


@require_http_methods(["GET", "HEAD", "POST"])
def read_return(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show what differs from last time. A POST submits the return once every item is accepted, or accepts
    all that the page showed."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.submit_return", of_return)
    if not takes_answers(of_return):
        return redirect(of_return)
    reading = reading_of(of_return, localdate())
    if request.method != "POST":
        return show(request, of_return, reading)
    accepts = accepted(request.POST, reading)
    not_accepted = [item for item in reading.changed if item.section.item.pk not in accepts]
    if not_accepted:
        return show(
            request, of_return, reading, not_accepted=[item.section.item for item in not_accepted]
        )
    with writing_for(request, of_return):
        response, left = attempt_to_submit(
            request,
            of_return,
            reading.page,
            read=versions(request.POST, "i"),
            read_answers=versions(request.POST, "a"),
            with_unmended=request.POST.get("act") == SUBMIT_UNMENDED,
        )
    return response or show(request, of_return, reading, left=left)


def accepted(data: QueryDict, reading: Reading) -> set[int]:
    """Return the ids of the items that the approver accepts: one by one, or all that the page showed."""
    shown = {item.section.item.pk for item in reading.changed}
    if data.get("act") == ACCEPT_ALL:
        return shown
    return shown & {int(pk) for pk in data.getlist("accept") if VERSION.fullmatch(pk)}


def versions(data: QueryDict, kind: str) -> dict[int, int]:
    """Return the versions that the posted page showed, by id: fields such as "i12-version"."""
    pattern = re.compile(f"{kind}([0-9]{{1,9}})-version")
    found = ((pattern.fullmatch(name), str(value)) for name, value in data.items())
    return {
        int(match[1]): int(value) for match, value in found if match and VERSION.fullmatch(value)
    }


def show(
    request: HttpRequest,
    of_return: Return,
    reading: Reading,
    *,
    not_accepted: list[WorkItem] | None = None,
    left: Left | None = None,
) -> HttpResponse:
    person = signed_in(request)
    is_for_agency = round_services.is_for_agency(of_return, person)
    is_posted = request.method == "POST"
    return render(
        request,
        "workitems/returns/read.html",
        {
            "plan": of_return.round.plan,
            "round": of_return.round,
            "return": of_return,
            "reading": reading,
            "missing": [fault for section in reading.page.sections for fault in section.missing],
            "accepted_ids": accepted(request.POST, reading) if is_posted else (),
            "not_accepted": not_accepted or [],
            "unmended": left and left.unmended,
            "asks_about_empty": left and left.empty,
            "is_for_agency": is_for_agency,
            "wrote_it_all": reading.page.authors == {person.pk} and not is_for_agency,
        },
        status=422 if is_posted else 200,
    )
