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
    attempt_to_submit,
    visible_return,
    writing_for,
)

VERSION = re.compile("[0-9]{1,9}")


@require_http_methods(["GET", "HEAD", "POST"])
def read_return(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show what differs from last time. A POST submits the return once every item is accepted."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.submit_return", of_return)
    if not takes_answers(of_return):
        return redirect(of_return)
    reading = reading_of(of_return, localdate())
    if request.method != "POST":
        return show(request, of_return, reading)
    not_accepted = [
        item for item in reading.changed if str(item.section.item.pk) not in accepted(request.POST)
    ]
    if not_accepted:
        return show(
            request, of_return, reading, not_accepted=[item.section.item for item in not_accepted]
        )
    with writing_for(request, of_return):
        response, unmended = attempt_to_submit(
            request,
            of_return,
            read=versions(request.POST, "i"),
            read_answers=versions(request.POST, "a"),
            with_unmended=request.POST.get("act") == SUBMIT_UNMENDED,
        )
    return response or show(request, of_return, reading, unmended=unmended)


def accepted(data: QueryDict) -> set[str]:
    return set(data.getlist("accept"))


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
    unmended: round_services.Unmended | None = None,
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
            "accepted_ids": {
                item.section.item.pk
                for item in reading.changed
                if is_posted and str(item.section.item.pk) in accepted(request.POST)
            },
            "not_accepted": not_accepted or [],
            "unmended": unmended,
            "is_for_agency": is_for_agency,
            "wrote_it_all": reading.page.authors == {person.pk} and not is_for_agency,
        },
        status=422 if is_posted else 200,
    )
