"""Say how a text will read after the beginning of its sentence, for the script below its box."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agencies.models import Agency
from agencies.typed.fields import TEXT_LENGTH, DayAheadField, DayField
from workitems.plan.forms.due_dates import KnownDateField
from workitems.plan.forms.stems import ASKED, Dates, names_of, reading_of
from workitems.plan.views.lookups import readable, small_number

AGENCY_LENGTH = 100
MOST_OTHERS = 50


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Show the sentence that `text` makes of `agency`, with its remarks, those on acronyms if the user reads the
    `plan` (its id). Nothing is kept.

    It is posted, because an address would leave an agency's draft in the server's logs.
    """
    asked = request.POST.get("asked", "")
    if asked not in ASKED:
        raise Http404
    agency = request.POST.get("agency", "")[:AGENCY_LENGTH]
    text = request.POST.get("text", "")[:TEXT_LENGTH]
    names = (*names_of(Agency.objects.in_order()), agency)
    pk = small_number(request.POST.get("plan", ""))
    plan = readable(request, pk) if pk else None
    found = reading_of(asked, text, agency, names, plan, _dates(request))
    return render(request, "components/stem_reading.html", {"reading": found})


def _dates(request: HttpRequest) -> Dates:
    """Return the dates of the boxes beside it that the script sent along, as far as they can be read."""
    sent = request.POST
    others = sent.get("others", "").split(",")[:MOST_OTHERS] if "others" in sent else ()
    return Dates(
        expected=_read(KnownDateField(), sent.get("expected", "")),
        due=_read(DayAheadField(), sent.get("due", "")),
        asks_due="due" in sent,
        others=tuple(_read(DayField(), each) for each in others),
        meanwhile=sent.get("meanwhile", "")[:TEXT_LENGTH],
    )


def _read(field: forms.Field, text: str) -> Any:
    try:
        return field.to_python(text)
    except forms.ValidationError:
        return None
