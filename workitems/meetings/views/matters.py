"""Draft an agenda, and add, change, move, remove, restore and consider its matters."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.pages.form_pages import carry_out, done, form_page, refusals_in_messages, saved
from agencies.pages.once import once
from workitems.meetings.agenda import present_lines, proposals, rows_of
from workitems.meetings.forms.meetings import ChangeMatterForm, MatterForm
from workitems.meetings.services import matters as matter_services
from workitems.meetings.views.pages import address_of, agenda_of, back_to, own_meeting
from workitems.models import Matter, Meeting
from workitems.plan.views.lookups import posted, signed_in, small_number

AGENDA = "#agenda"


def own_matter(request: HttpRequest, slug: str, pk: int, matter: int) -> tuple[Meeting, Matter]:
    meeting = own_meeting(request, slug, pk)
    row = get_object_or_404(meeting.matters.for_page(), pk=matter)
    row.meeting = meeting
    return meeting, row


@require_POST
@once
def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put the proposal with the posted key, or "all", on the agenda."""
    meeting = own_meeting(request, slug, pk)
    wanted = request.POST.get("add", "")
    on = localdate()
    lines = present_lines(meeting.plan, on)
    verbs = {
        row.matter.pk: row.verb
        for row in rows_of(agenda_of(meeting), lines, on)
        if row.verb is not None
    }
    with translation.override("en"):  # kept, and printed on the agenda
        found = proposals(meeting.plan, on, lines)
    if wanted != "all":
        found = [each for each in found if each.key == wanted]
        if not found:
            messages.error(request, _("That is no longer proposed. Choose from the list below."))
            return back_to(request, meeting, AGENDA)
    with refusals_in_messages(request):
        made = matter_services.draft_agenda(
            meeting=meeting, proposals=found, by=signed_in(request), verbs=verbs
        )
        count = len(made)
        messages.success(
            request,
            ngettext(
                "{count} matter is added to the agenda.",
                "{count} matters are added to the agenda.",
                count,
            ).format(count=count),
        )
    return back_to(request, meeting, AGENDA)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    form = MatterForm(posted(request))
    if carry_out(request, form, matter_services.add_matter, meeting=meeting):
        back = address_of(request, meeting, AGENDA)
        return done(request, _("The matter is on the agenda."), back)
    return _page(request, meeting, form)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    form = ChangeMatterForm(posted(request), row=row)
    at = row.position
    if kept := carry_out(request, form, matter_services.change_matter, matter=row):
        if kept.position != at:
            messages.success(request, _("“{matter}” has moved.").format(matter=kept))
        back = address_of(request, meeting, AGENDA)
        return saved(request, form, kept, _("The matter is saved."), back)
    return _page(request, meeting, form, row)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    form: Any,
    matter: Matter | None = None,
) -> HttpResponse:
    return form_page(
        request,
        "workitems/meetings/matter.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        matter=matter,
        cancel_url=f"{meeting.get_absolute_url()}{AGENDA}",
    )


def _act(
    request: HttpRequest,
    meeting: Meeting,
    service: Callable[..., Matter],
    done: str,
    *,
    place: str = AGENDA,
    **how: Any,
) -> HttpResponse:
    """Call the service of an action without a form, and return to the place on the agenda."""
    with refusals_in_messages(request):
        service(by=signed_in(request), **how)
        messages.success(request, done)
    return back_to(request, meeting, place)


@require_POST
def move(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    """Move a matter. Return to its handle, or to the button that was pressed, at an end to the other one of its row."""
    meeting, row = own_matter(request, slug, pk, matter)
    asked = small_number(request.POST.get("to", ""))
    to = row.position if asked is None else asked
    is_up = to < row.position if 1 < to < meeting.matters.on_agenda().count() else to > 1
    return _act(
        request,
        meeting,
        matter_services.move_matter,
        _("“{matter}” has moved.").format(matter=row),
        place=f"#{'handle' if 'dragged' in request.POST else 'up' if is_up else 'down'}-{row.pk}",
        matter=row,
        to=to,
    )


@require_POST
def remove(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    done = _("“{matter}” is off the agenda. It can be put back below.").format(matter=row)
    service = matter_services.remove_matter
    return _act(request, meeting, service, done, matter=row, on=localdate())


@require_POST
def restore(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    done = _("“{matter}” is on the agenda again, at its end.").format(matter=row)
    return _act(request, meeting, matter_services.restore_matter, done, matter=row)


@require_POST
def consider(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    considered = request.POST.get("considered") != "no"
    done = _("Marked as considered.") if considered else _("No longer marked as considered.")
    service = matter_services.consider
    return _act(request, meeting, service, done, matter=row, on=localdate(), considered=considered)
