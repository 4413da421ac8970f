"""Say what a date box would understand, for the script beside it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from agencies.fields import DayField
from workitems.forms.due_dates import KnownDateField


@require_safe
def understood(request: HttpRequest) -> JsonResponse:
    """Return as JSON how `text` is understood, with `as`: "due" for a due date, else a day.

    `says` are its words, `box` what to write into the box, and `day` the day to open a calendar at.
    Of what cannot be read, `fault` says why. Empty text has none of them.
    """
    field: Any = KnownDateField() if request.GET.get("as") == KnownDateField.reads else DayField()
    field.required = False
    try:
        found = field.clean(request.GET.get("text", ""))
    except ValidationError as fault:
        return JsonResponse({"fault": fault.messages[0]})
    if found is None:
        return JsonResponse({})
    words, day = field.prepare_value(found), getattr(found, "last_day", found)
    weekday = "" if day is not found and found.known_to != "day" else f"{day:%A} "
    return JsonResponse({"says": f"{weekday}{words}", "box": words, "day": day.isoformat()})
