"""Invite a person to a seat, and accept an invitation from the emailed link."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Invitation, Office, Place, Seat, User, columns_of
from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saying_refusals,
)
from agencies.pages.once import once
from agencies.pages.permissions import managed_place, posted, require_role, signed_in
from agencies.people import confirming
from agencies.people.forms import (
    MOST_LETTERS,
    TYPED_PEOPLE,
    InviteForm,
    InviteManyForm,
    NewPersonForm,
    WithdrawForm,
)
from agencies.people.letters import inviter_in_words
from agencies.people.services import invitations as services
from agencies.people.services.invitations import InvitationGone
from agencies.people.services.seats import SeatRefused
from agencies.people.submitting import short_agencies, short_of
from agencies.rules import roles_to_manage
from agencies.wording.translation import day_words

# Who sets a service up coordinates it first.
OWN = {"role": Seat.Role.COORDINATOR}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite(request: HttpRequest, place: int | Office) -> HttpResponse:
    of = managed_place(request, place)
    by = signed_in(request)
    is_own = "own" in request.GET
    form = InviteForm(
        posted(request),
        place=of,
        roles=roles_to_manage(by, of),
        today=localdate(),
        initial=OWN | {"name": by.name, "email": by.email} if is_own else {},
    )
    if invitation := carry_out(request, form, services.invite, place=of, at=timezone.now()):
        return done(
            request,
            _("{person} is invited."),
            "agencies:seats",
            of,
            person=invitation.name,
        )
    return form_page(
        request,
        "agencies/people/invitations/invite.html",
        form,
        place=of,
        short_of=short_of(of, localdate()),
        to_confirm=confirming.asked_words(of, by, localdate()),
        may_fill_in=not (is_own or by.current_seats or form.is_bound),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite_many(request: HttpRequest) -> HttpResponse:
    """Invite several people at once, from pasted lines. Nobody is invited while a line is wrong or in doubt."""
    by = signed_in(request)
    if not by.has_perm("agencies.invite_people"):
        raise PermissionDenied
    form = InviteManyForm(
        posted(request),
        request.FILES or None,
        initial={"lines": request.session.get(TYPED_PEOPLE, "")},
        by=by,
        today=localdate(),
    )
    if form.is_bound:
        # What is refused is still there when they come back.
        request.session[TYPED_PEOPLE] = request.POST.get("lines", "")[:MOST_LETTERS]
    if form.is_valid():
        with saying_refusals(form):
            sent = services.invite_many(
                by=by, on=localdate(), at=timezone.now(), **form.arguments()
            )
            says = ngettext(
                "{count} person is invited.",
                "{count} people are invited.",
                count := len({each.email for each in sent}),
            )
            messages.success(request, says.format(count=count))
            del request.session[TYPED_PEOPLE]
            places = {each.agency for each in sent}
            if len(places) == 1:
                return redirect("agencies:seats", places.pop())
            return redirect("agencies:people" if by.has_perm("agencies.administer") else "home")
    return form_page(
        request,
        "agencies/people/invitations/invite_many.html",
        form,
        short=short_agencies(by, localdate()),
        to_confirm=confirming.is_in_use(),
    )


def managed_invitation(request: HttpRequest, place: Place, pk: int) -> Invitation:
    rows = Invitation.objects.filter(**columns_of(place)).select_related("agency")
    invitation = get_object_or_404(rows, pk=pk)
    require_role(request, invitation)
    return invitation


@require_POST
def send_again(request: HttpRequest, place: int | Office, invitation: int) -> HttpResponse:
    of = managed_place(request, place)
    waiting = managed_invitation(request, of, invitation)
    version = request.POST.get("version", "")
    with refusals_in_messages(request):
        services.send_again(
            invitation=waiting,
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            by=signed_in(request),
            at=timezone.now(),
        )
        messages.success(
            request,
            _("The invitation is sent to {email} again.").format(email=waiting.email),
        )
    return redirect("agencies:seats", of)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, place: int | Office, invitation: int) -> HttpResponse:
    of = managed_place(request, place)
    waiting = managed_invitation(request, of, invitation)
    form = WithdrawForm(posted(request))
    if carry_out(request, form, services.withdraw, invitation=waiting, at=timezone.now()):
        message = _("The invitation to {email} is withdrawn.")
        return done(request, message, "agencies:seats", of, email=waiting.email)
    return form_page(
        request, "agencies/people/invitations/withdraw.html", form, place=of, invitation=waiting
    )


@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: a new person enters a name and a password, a known one signs in.

    Every link that does not work gets the same page, so that it does not reveal the reason.
    """
    at = timezone.now()
    user = request.user if isinstance(request.user, User) else None
    invitation = services.find_by_token(token, at)
    if invitation is None:
        if user is not None and services.was_accepted_by(token, user):
            return redirect("home")
        return gone(request)
    try:
        if user is not None:
            return take_seat(request, invitation, user)
        account = services.account_of(invitation)
        if account is not None:
            return render(
                request,
                "agencies/people/invitations/sign_in.html",
                {"invitation": invitation, "account": account, "inviter": inviter_of(invitation)},
            )
        return begin(request, invitation)
    except InvitationGone:
        return gone(request)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_own(request: HttpRequest, invitation: int) -> HttpResponse:
    """Accept an invitation to the address with which the user is signed in, without its email."""
    user = signed_in(request)
    own = Invitation.objects.live(timezone.now()).to(user).select_related("agency")
    try:
        return take_seat(request, get_object_or_404(own, pk=invitation), user)
    except InvitationGone:
        return gone(request)


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "agencies/people/invitations/gone.html", status=404)


def take_seat(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Let a signed-in user accept, or explain that the invitation is for another address."""
    refusal = ""
    is_theirs = user.email.lower() == invitation.email
    if is_theirs and request.method == "POST":
        try:
            services.accept(invitation=invitation, user=user, at=timezone.now())
        except InvitationGone:
            raise
        except SeatRefused as refused:
            refusal = str(refused)
        else:
            welcome(request, invitation)
            return redirect("home")
    return render(
        request,
        "agencies/people/invitations/take_seat.html",
        {
            "invitation": invitation,
            "inviter": inviter_of(invitation),
            "is_theirs": is_theirs,
            "refusal": refusal,
        },
        status=422 if refusal else 200,
    )


def begin(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Ask a person without an account for a name and a password, then sign them in."""
    form = NewPersonForm(
        posted(request),
        email=invitation.email,
        initial={"name": invitation.name},
    )
    if form.is_valid():
        try:
            user = services.accept_as_new_person(
                invitation=invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password1"],
                at=timezone.now(),
            )
        except InvitationGone:
            raise
        except SeatRefused as refused:
            form.add_error(None, str(refused))
        else:
            # Having the link proves that the address is theirs.
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            # So that whoever must set up a second step next is not asked for the password again.
            record_authentication(request, user, method="password", email=user.email)
            welcome(request, invitation)
            return redirect("home")
    return form_page(
        request,
        "agencies/people/invitations/begin.html",
        form,
        invitation=invitation,
        inviter=inviter_of(invitation),
    )


def inviter_of(invitation: Invitation) -> str:
    """Return who sent the invitation last, by the role in which they may."""
    sent = invitation.history.select_related("history_user").latest()
    return inviter_in_words(sent.history_user, invitation)


def welcome(request: HttpRequest, invitation: Invitation) -> None:
    invitation.refresh_from_db()  # accepted on a copy that was locked
    seat = invitation.seat
    if seat is not None and seat.is_waiting(localdate()):
        says = (
            _("You are {position} from {day}. Your desk says why.")
            if seat.counts_from
            else _("A second person has to confirm that you are {position}. Your desk says who.")
        )
        day = day_words(seat.counts_from) if seat.counts_from else ""
        messages.info(request, says.format(position=invitation.position, day=day))
        return
    start = max(invitation.from_on, localdate())
    says = _("You are {position}.") if start == localdate() else _("You are {position} from {day}.")
    messages.success(request, says.format(position=invitation.position, day=day_words(start)))
    if start == localdate():
        for lacks in short_of(invitation.place, start):
            messages.info(request, lacks)
