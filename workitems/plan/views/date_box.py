"""Say what a date box would understand, for the script beside it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from agencies.typed.fields import DayAheadField, DayField, PastDayField
from workitems.plan.forms.due_dates import KnownDateField

FIELDS: dict[str, type[Any]] = {
    field.reads: field for field in (DayField, DayAheadField, PastDayField, KnownDateField)
}


@require_safe
def understood(request: HttpRequest) -> JsonResponse:
    """Return as JSON how `text` is understood, with `as`: what a box reads ("due" for a due date).

    `says` are its words, `box` what to write into the box, and `day` the day to open a calendar at.
    Of what cannot be read, `fault` says why. Empty text has none of them.
    """
    field: Any = FIELDS.get(request.GET.get("as", ""), DayField)()
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
