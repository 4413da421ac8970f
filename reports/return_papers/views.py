"""An agency's return as a PDF, to be initialled."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from reports.briefings.views import files
from reports.return_papers.services import print_return
from workitems.plan.services import Refused
from workitems.returns.return_reading import reading_of
from workitems.returns.views.return_access import read_by_coordinator, visible_return


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_safe
def pdf(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Return the PDF of a return to those who may read it. It counts as opening the return."""
    with transaction.atomic():
        of_return = visible_return(request, slug, round, agency)
        of_return = read_by_coordinator(request, of_return)
        writes = request.user.has_perm("workitems.write_update", of_return)
        reading = reading_of(of_return, localdate(), whole=True, with_pending=writes)
    try:
        data = print_return(of_return, reading)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(of_return)
    name = slugify(f"return {of_return.agency.short_name} {of_return.round.name}")
    return files.download(data, f"{name}.pdf")
