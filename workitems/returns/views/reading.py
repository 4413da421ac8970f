"""The approver's view of a return: what differs from last time, accepted item by item."""

import re
from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from workitems.models import Return, WorkItem
from workitems.plan.views.lookups import require, signed_in
from workitems.returns.forms.returns import WritersNoteForm
from workitems.returns.return_page import takes_answers
from workitems.returns.return_reading import Reading, reading_of
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services
from workitems.returns.views.return_access import visible_return, writing_for
from workitems.returns.views.return_handover import (
    SUBMIT_UNMENDED,
    TO_WRITERS,
    attempt_to_submit,
    to_writers,
)
from workitems.returns.views.return_showing import Left, writers_form_for
from workitems.returns.who_submits import who_submits

VERSION = re.compile("[0-9]{1,9}")
ACCEPT_ALL, TICK = "submit-all", "tick"


@require_http_methods(["GET", "HEAD", "POST"])
def read_return(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show what differs from last time. A POST submits the return once every item is accepted, or accepts
    all that the page showed. What is ticked is kept for its reader."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.submit_return", of_return)
    if not takes_answers(of_return):
        return redirect(of_return)
    person = signed_in(request)
    is_own = person.has_perm("workitems.return_to_writers", of_return)
    reading = reading_of(of_return, localdate(), with_own_notes=is_own)
    if request.method != "POST":
        kept = of_return.reading_ticks.filter(person=person).first()
        return show(request, of_return, reading, reading.accepted(kept.ticks if kept else {}))
    act = request.POST.get("act", "")
    accepts = accepted(request.POST, reading)
    handover_services.keep_ticks(of_return=of_return, person=person, ticks=accepts)
    is_accepted = reading.accepted(accepts)
    if act == TICK and request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)  # of the script, which says nothing
    if act == TICK:
        messages.success(request, gettext("What you accepted is kept for you."))
        return redirect(request.path)
    if act == TO_WRITERS:
        form = WritersNoteForm(request.POST)
        sent = to_writers(request, of_return, form)
        return sent or show(request, of_return, reading, is_accepted, writers_form=form)
    left_out = [each for each in reading.changed if each.section.item.pk not in is_accepted]
    if left_out:
        items = [each.section.item for each in left_out]
        since = [item for item in items if str(item.pk) in accepts]
        not_accepted = [item for item in items if item not in since]
        return show(
            *(request, of_return, reading, is_accepted),
            not_accepted=not_accepted,
            changed_since=since,
        )
    with writing_for(request, of_return):
        response, left = attempt_to_submit(
            request,
            of_return,
            reading.page,
            read=versions(request.POST, "i"),
            read_answers=versions(request.POST, "a"),
            read_measures=versions(request.POST, "v"),
            with_unmended=act == SUBMIT_UNMENDED,
        )
    return response or show(request, of_return, reading, is_accepted, left=left)


def accepted(data: QueryDict, reading: Reading) -> dict[str, str]:
    """Return what the posted page accepted, as the page showed it, by item id: one by one, or all."""
    shown, answers = versions(data, "i"), versions(data, "a")
    accepts: dict[str, str] = {}
    for each in reading.changed:
        pk = each.section.item.pk
        if data.get("act") == ACCEPT_ALL or str(pk) in data.getlist("accept"):
            parts = [f"{each.pk}:{answers.get(each.pk, 0)}" for each in each.milestone_answers]
            accepts[str(pk)] = " ".join([str(shown.get(pk, 0)), *parts])
    return accepts


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
    accepted_ids: Collection[int],
    *,
    not_accepted: Collection[WorkItem] = (),
    changed_since: Collection[WorkItem] = (),
    writers_form: WritersNoteForm | None = None,
    left: Left | None = None,
) -> HttpResponse:
    """`accepted_ids` are the items that the reader accepted; those that `changed_since` are not."""
    person = signed_in(request)
    is_for_agency = round_services.is_for_agency(of_return, person)
    is_posted = request.method == "POST"
    people = who_submits([of_return], localdate())[of_return.pk]
    return render(
        request,
        "workitems/returns/read.html",
        {
            "plan": of_return.round.plan,
            "round": of_return.round,
            "return": of_return,
            "reading": reading,
            "missing": [
                *(fault for section in reading.page.sections for fault in section.missing),
                *reading.page.measures_missing,
            ],
            "accepted_ids": accepted_ids,
            "is_all_accepted": len(accepted_ids) == len(reading.changed),
            "not_accepted": not_accepted,
            "changed_since": changed_since,
            "writers_form": writers_form or writers_form_for(person, of_return),
            "unmended": left and left.unmended,
            "asks_about_empty": left and left.empty,
            "is_for_agency": is_for_agency,
            "people": people,
            "nobody_else": people.without_anyone_to_email(person.pk),
            "may_invite": person.has_perm("agencies.manage_seats", of_return.agency),
            "wrote_it_all": reading.page.authors == {person.pk}
            and not is_for_agency
            and of_return.alone_allowed_at is None,
        },
        status=422 if is_posted else 200,
    )
