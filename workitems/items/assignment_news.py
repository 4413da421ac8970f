"""The email to whom an item is given, sent when it happens."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Seat
from agencies.wording.translation import day_words
from workitems.models import Assignment, Notice
from workitems.notices.news import OtherNews, Seats, other_news


def news_of(pk: int, *, on: date) -> Iterator[OtherNews]:
    """Yield the news of an assignment for the person, or for the people of the unit if it names none.

    Nobody gets news of what they assigned to themselves.
    """
    row = (
        Assignment.objects.given()
        .select_related("item__plan__coordinating_agency", "agency", "unit", "user", "given_by")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return
    item = row.item
    says = (
        _("{person} gave this item to {holder} by {day}. {agency} remains responsible for it.")
        if row.by_on
        else _("{person} gave this item to {holder}. {agency} remains responsible for it.")
    )
    people = {row.user_id}
    if row.user_id is None:
        seats = Seat.objects.on(on).filter(unit=row.unit_id, role__in=WRITING_ROLES)
        people = set(seats.values_list("user", flat=True))
    sitting = Seats([item.plan], [row.agency_id], on).sitting(
        item.plan, row.agency_id, *WRITING_ROLES
    )
    yield from other_news(
        [each for each in sitting if each[0].pk in people - {row.given_by_id}],
        plan=item.plan,
        agency=row.agency,
        reason=Notice.Reason.GIVEN,
        occasion=f"version {row.version}",
        about=f"assignment {row.pk}",
        due_on=row.by_on or on,
        title=_("Item {number} {title}").format(number=item.number, title=item.title),
        sentence=says.format(
            person=row.given_by.name,
            holder=row.held_by,
            day=day_words(row.by_on),
            agency=row.agency,
        ),
        state=_("is given to {unit}").format(unit=row.unit)
        if row.user_id is None and row.unit
        else _("is given to you"),
        path=item.get_absolute_url(),
        link=_("Open the item"),
    )
