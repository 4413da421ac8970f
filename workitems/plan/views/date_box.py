"""Say what a date box would understand, for the script beside it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.typed.fields import DayAheadField, DayField, PastDayField
from workitems.models import Milestone, MilestoneAnswer
from workitems.plan.forms.due_dates import KnownDateField, asks_about_order, steps_by_item
from workitems.plan.views.lookups import plans_read, signed_in, small_number
from workitems.rules import WRITERS
from workitems.terms.known_dates import KnownDate, known

FIELDS: dict[str, type[Any]] = {
    field.reads: field for field in (DayField, DayAheadField, PastDayField, KnownDateField)
}


@require_safe
def understood(request: HttpRequest) -> JsonResponse:
    """Return as JSON how `text` is understood, with `as`: what a box reads ("due" for a due date).

    `says` are its words, `box` what to write into the box, and `day` the day to open a calendar at.
    Of what cannot be read, `fault` says why. Empty text has none of them. With `milestone`, the id of the one that
    the date is of, `asks` are questions about what it contradicts, as HTML, if the user reads its plan.
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
    told: dict[str, Any] = {"says": f"{weekday}{words}", "box": words, "day": day.isoformat()}
    if milestone := small_number(request.GET.get("milestone", "")):
        told["asks"] = _asks(request, milestone, known(found))
        if day < localdate():
            told["asks"].insert(
                0,
                _(
                    "A forecast cannot be before today. Enter a later date, or mark the milestone as done."
                ),
            )
    return JsonResponse(told)


def _asks(request: HttpRequest, pk: int, due: KnownDate) -> list[str]:
    rows = Milestone.objects.filter(item__plan__in=plans_read(request)).select_related("item__plan")
    row = rows.filter(pk=pk).first()
    if row is None:
        return []
    own = MilestoneAnswer.objects.pending().filter(
        milestone__item=row.item_id, of_return__agency__in=signed_in(request).agencies_as(*WRITERS)
    )
    answers = {each.milestone_id: each for each in own if each.is_on_milestone}
    steps = steps_by_item(Milestone.objects.open().filter(item=row.item_id), answers)
    return asks_about_order(row, due, steps[row.item_id])
