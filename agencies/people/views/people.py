"""Find people, see their seats, invite them, and manage their accounts. Only administrators."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Invitation, Seat, User, UserQuerySet
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.permissions import posted, require_administrator
from agencies.people.forms import (
    AccountForm,
    AccountStateForm,
    FindPeopleForm,
    PlaceForm,
    ResetSecondStepForm,
)
from agencies.people.record_history import history_of_account
from agencies.people.services import accounts as services
from agencies.people.services.seats import lost_without

ROWS_ON_A_PAGE = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the people with the seats that they hold or are offered."""
    require_administrator(request)
    now = timezone.now()
    on = localdate(now)
    form = FindPeopleForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    people = UserQuerySet(User).found_by(words).with_seats(on).order_by("name", "pk")
    invitations = Invitation.objects.waiting().found_by(words).select_related("agency")
    return render(
        request,
        "agencies/people/people/list.html",
        {
            "form": form,
            "words": words,
            "page": Paginator(people, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
            "invitations": [
                {"invitation": each, "has_expired": each.has_expired(now)}
                for each in invitations.order_by("-sent_at", "pk")[:ROWS_ON_A_PAGE]
            ],
        },
    )


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Lead to the invitation's form of the agency or office that was chosen, or ask for it."""
    require_administrator(request)
    form = PlaceForm(request.GET if "place" in request.GET else None, on=localdate())
    if form.is_valid():
        return redirect("agencies:invite", form.cleaned_data["place"])
    return form_page(request, "agencies/people/people/choose_place.html", form)


@require_safe
def detail(request: HttpRequest, person: int) -> HttpResponse:
    require_administrator(request)
    user = _person(person)
    on = localdate()
    seats = Seat.objects.filter(user=user).select_related("agency").order_by("-from_on", "pk")
    return render(
        request,
        "agencies/people/people/detail.html",
        {
            "person": user,
            "seats": [(seat, seat.is_over(on)) for seat in seats],
            "today": on,
            "history": history_of_account(user),
            "steps": services.second_steps_of(user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, person: int) -> HttpResponse:
    by = require_administrator(request)
    user = _person(person)
    form = AccountForm(posted(request), row=user, by=by)
    if kept := carry_out(request, form, services.change_account, user=user):
        message = _("The account of {person} is saved.")
        return saved(request, form, kept, message, "agencies:person", kept.pk, person=kept.name)
    return form_page(request, "agencies/people/people/change.html", form, person=user)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, person: int) -> HttpResponse:
    return _set_state(
        request, person, services.close_account, _("The account of {person} is closed.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, person: int) -> HttpResponse:
    return _set_state(
        request, person, services.reopen_account, _("The account of {person} is open again.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_step(request: HttpRequest, person: int) -> HttpResponse:
    require_administrator(request)
    user = _person(person)
    form = ResetSecondStepForm(posted(request), row=user)
    if carry_out(request, form, services.reset_second_step, user=user, at=timezone.now()):
        message = _("The second step of {person} is reset.")
        return done(request, message, "agencies:person", user.pk, person=user.name)
    return form_page(request, "agencies/people/people/reset_second_step.html", form, person=user)


def _set_state(request: HttpRequest, person: int, act: Any, message: str) -> HttpResponse:
    require_administrator(request)
    user = _person(person)
    form = AccountStateForm(posted(request), row=user)
    if carry_out(request, form, act, user=user):
        return done(request, message.format(person=user.name), "agencies:person", user.pk)
    seats = user.current_seats
    is_closing = act is services.close_account
    lost = [lost_without(seat, localdate()) for seat in seats] if is_closing else []
    return form_page(
        request,
        "agencies/people/people/state.html",
        form,
        person=user,
        is_closing=is_closing,
        seats=seats,
        losses=list(filter(None, lost)),
    )


def _person(pk: int) -> User:
    return get_object_or_404(User, pk=pk)
