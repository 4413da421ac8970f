"""The return that an address names: who may read it, and for whom its history is written."""

from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from agencies.records import history
from agencies.records.composed import composed
from workitems.models import Note, Plan, Return
from workitems.models.plan import READING_ROLES
from workitems.plan.views.lookups import require, signed_in, visible_plan
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services

READ = "workitems.read_return"
MINE = "mine"  # `only` in the address: the items given to the reader


def visible_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    """Return the return; 404 if the user may not read the plan, 403 if not (yet) this return."""
    return require(request, READ, found_return(request, slug, round, agency))


def found_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    """Return the return with all that its page prints of it, or raise 404 if the user may not read the plan."""
    return _of_plan(visible_plan(request, slug), round, agency)


def found_again(of_return: Return) -> Return:
    """Return the return as it is now."""
    return _of_plan(of_return.round.plan, of_return.round_id, of_return.agency_id)


def _of_plan(plan: Plan, round: int, agency: int) -> Return:
    found: list[Return] = _for_page(plan=plan.pk, round=round, agency=agency)
    if not found:
        raise Http404
    found[0].round.plan = plan
    return found[0]


@composed
def _for_page(plan: Any, round: Any, agency: Any) -> Any:
    """The return, and whether there is a note on it."""
    notes = Exists(Note.objects.filter(of_return=OuterRef("pk")))
    rows = Return.objects.for_page().annotate(has_notes=notes)
    return rows.filter(round=round, round__plan=plan, agency=agency)


def is_own(request: HttpRequest, of_return: Return) -> bool:
    """Return whether the user is of the return's agency, and so reads the notes to its own writers."""
    return of_return.agency_id in signed_in(request).agencies_as(*READING_ROLES)


def writing_for(request: HttpRequest, of_return: Return) -> AbstractContextManager[None]:
    """Let the history say for which agency the coordinator writes, if they do."""
    is_for = round_services.is_for_agency(of_return, signed_in(request))
    return history.written_for(str(of_return.agency) if is_for else "")


def read_by_coordinator(request: HttpRequest, of_return: Return) -> Return:
    """Record that a coordinator opened what was submitted: from now on it cannot be recalled."""
    if (
        request.method != "GET"
        or of_return.state != Return.State.SUBMITTED
        or of_return.first_read_at is not None
        or not request.user.has_perm("workitems.accept_return", of_return)
    ):
        return of_return
    handover_services.mark_read(of_return=of_return, by=signed_in(request), at=timezone.now())
    return found_again(of_return)


def back(request: HttpRequest, place: str = "", **asked: str) -> HttpResponse:
    """Redirect to a place on the return's page, which goes on to show only what is the reader's, if it did."""
    asked = {**({"only": MINE} if request.GET.get("only") == MINE else {}), **asked}
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(f"{request.path}{query}{place and f'#{place}'}")
