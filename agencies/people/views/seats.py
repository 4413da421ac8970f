"""List the seats of an agency or an office, arrange cover for leave, and end a seat."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Invitation, Office, Seat, columns_of
from agencies.pages.form_pages import (
    after_act,
    carry_out,
    done,
    form_page,
    refusals_in_messages,
)
from agencies.pages.once import once
from agencies.pages.permissions import agency_for, managed_place, posted, require_role, signed_in
from agencies.people.forms import CoverForm, EndSeatForm
from agencies.people.seating import history_of, seating_of, waiting_for
from agencies.people.services import seats as seat_services
from agencies.people.services.seats import NobodyLeft, SeatRefused
from agencies.people.submitting import short_of
from agencies.rules import has_seat_in, roles_to_manage
from agencies.typed.fields import say_refusal
from agencies.wording.translation import day_words


@require_safe
def index(request: HttpRequest, place: int | Office) -> HttpResponse:
    of = managed_place(request, place)
    now = timezone.now()
    on = localdate(now)
    waiting = Invitation.objects.filter(**columns_of(of)).waiting().order_by("-sent_at", "pk")
    own = signed_in(request).email.lower()
    invitations: list[dict[str, Any]] = [
        {
            "invitation": each,
            "has_expired": (has_expired := each.has_expired(now)),
            "is_own": each.email == own and not has_expired,
        }
        for each in waiting
    ]
    seating = seating_of(of, on)
    return render(
        request,
        "agencies/people/seats/index.html",
        {
            "place": of,
            "agency": of if isinstance(of, Agency) else None,
            "today": on,
            "seating": seating,
            "short_of": short_of(of, on),
            "may_hand_over": isinstance(of, Agency)
            and of.valid_to is not None
            and request.user.has_perm("agencies.hand_over", of),
            "confirmable": {
                seat.pk
                for seat in (*seating.now, *seating.to_come)
                if seat.is_unconfirmed and request.user.has_perm("agencies.confirm_seat", seat)
            },
            "invitations": invitations,
            "invited_approver": next(
                (
                    each["invitation"].name
                    for each in invitations
                    if each["invitation"].role == Seat.Role.APPROVER and not each["has_expired"]
                ),
                "",
            ),
            "roles": roles_to_manage(request.user, of),
            "units": of.units.order_by("name") if isinstance(of, Agency) else (),
            "keeps_units": isinstance(of, Agency)
            and request.user.has_perm("agencies.manage_units", of),
            "exists": of.exists_on(on),
            "history": history_of(of),
            "may_see_calendar": signed_in(request).has_perm("workitems.see_feeds", of),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def cover(request: HttpRequest, agency: int) -> HttpResponse:
    of = agency_for(request, "agencies.seat_others", agency)
    today = localdate()
    form = CoverForm(posted(request), agency=of, today=today)
    if seat := carry_out(request, form, seat_services.cover_leave, agency=of, today=today):
        return done(
            request,
            _("{person} is {position} from {first_day} to {date}."),
            "agencies:seats",
            of,
            person=seat.user,
            position=seat.position,
            first_day=day_words(seat.from_on),
            date=day_words(seat.to_on),
        )
    return form_page(request, "agencies/people/seats/cover.html", form, place=of)


@require_POST
def confirm(request: HttpRequest, place: int | Office, seat: int) -> HttpResponse:
    """Confirm, as a second person, who holds a role with which people sign."""
    of = managed_place(request, place)
    rows = Seat.objects.filter(**columns_of(of)).select_related("user", "agency")
    held = get_object_or_404(rows, pk=seat)
    with refusals_in_messages(request):
        seat_services.confirm_seat(seat=held, by=signed_in(request), at=timezone.now())
        messages.success(
            request,
            _("{person} is confirmed as {role}.").format(
                person=held.user, role=held.role_in_sentence
            ),
        )
    return after_act(request, "agencies:seats", of)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, place: int | Office, seat: int) -> HttpResponse:
    of = managed_place(request, place)
    rows = Seat.objects.filter(**columns_of(of)).select_related("user", "agency")
    held = get_object_or_404(rows, pk=seat)
    require_role(request, held)
    form = EndSeatForm(posted(request), seat=held, today=localdate())
    loss = ""
    if form.is_valid():
        try:
            end_as_asked(request, held, form)
        except NobodyLeft as refusal:
            loss = str(refusal)
            form.ask_to_confirm()
            form.add_error(refusal.field, _("Tick the box if you want to end it."))
        except SeatRefused as refusal:
            say_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("The role of {person} as {role} ends.").format(
                    person=held.user, role=held.role_in_sentence
                ),
            )
            # A user who has ended their own seat may no longer see this page.
            own = held.user_id == signed_in(request).pk
            return redirect("home") if own else redirect("agencies:seats", of)
    return form_page(
        request,
        "agencies/people/seats/end.html",
        form,
        place=of,
        seat=held,
        loss=loss,
        waiting=waiting_for(held, localdate()),
        # What it is about may be its agency's own.
        may_read=has_seat_in.test(request.user, of),
    )


def end_as_asked(request: HttpRequest, seat: Seat, form: EndSeatForm) -> None:
    by, reason = signed_in(request), form.cleaned_data["reason"]
    confirmed = form.cleaned_data["confirmed"]
    if form.ends_at_once:
        seat_services.end_seat_at_once(
            seat=seat, by=by, reason=reason, at=timezone.now(), confirmed=confirmed
        )
    else:
        on = form.cleaned_data["on"]
        seat_services.end_seat(seat=seat, on=on, by=by, reason=reason, confirmed=confirmed)
