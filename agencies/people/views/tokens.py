"""The tokens with which a person's programs use the API: list, make, revoke."""

from datetime import datetime

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Token
from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.pages.permissions import posted, signed_in
from agencies.people.forms import MakeTokenForm, RevokeTokenForm
from agencies.people.services import tokens as services

# Key in the session: the token that was just made, with its text.
NEW_TOKEN = "new_token"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest) -> HttpResponse:
    """List the person's tokens and make new ones. A new token is shown once, on the page after.

    Making one asks for the password or the second step again, unless the person has just given it.
    """
    person, now = signed_in(request), timezone.now()
    if request.method == "GET" and NEW_TOKEN in request.session:
        pk, text = request.session.pop(NEW_TOKEN)
        made = get_object_or_404(person.tokens.for_list(), pk=pk)
        return render(request, "agencies/people/tokens/made.html", {"token": made, "text": text})
    today = timezone.localdate(now)
    form = MakeTokenForm(posted(request), user=person, today=today)
    if form.is_valid():
        with saying_refusals(form):
            answer: HttpResponse = _make(request, form, now)
            return answer
    working = set(Token.objects.working(today).filter(user=person).values_list("pk", flat=True))
    tokens = [
        {"token": token, "works": token.pk in working, "has_expired": token.expires_on < today}
        for token in person.tokens.for_list()
    ]
    return form_page(request, "agencies/people/tokens/list.html", form, tokens=tokens)


@reauthentication_required  # type: ignore[untyped-decorator]
def _make(request: HttpRequest, form: MakeTokenForm, now: datetime) -> HttpResponse:
    """Make the token, once it is proved again who asks. What was typed is kept meanwhile."""
    made, text = services.make_token(
        seat=form.chosen_seat,
        name=form.cleaned_data["name"],
        scope=form.cleaned_data["scope"],
        expires_on=form.cleaned_data["expires_on"],
        by=signed_in(request),
        at=now,
    )
    request.session[NEW_TOKEN] = [made.pk, text]
    return redirect("agencies:tokens")


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    """Revoke one of the person's own tokens."""
    person = signed_in(request)
    found = get_object_or_404(person.tokens.for_list(), pk=token)
    form = RevokeTokenForm(posted(request))
    if carry_out(request, form, services.revoke_token, token=found, at=timezone.now()):
        return done(request, _("The key “{token}” is revoked."), "agencies:tokens", token=found)
    return form_page(request, "agencies/people/tokens/revoke.html", form, token=found)
