"""The email to whom an item is given, sent when it happens."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from agencies.models import Seat
from workitems.models import Assignment, Notice
from workitems.notices.timetable import OtherNews, Seats, other_news
from workitems.services.assignments import TAKERS


def news_of(pk: int, *, on: date) -> Iterator[OtherNews]:
    """Yield the news of an assignment for the person, or for the people of the unit if it names none.

    Whoever gave it to themselves is not told.
    """
    row = (
        Assignment.objects.given()
        .select_related("item__plan__coordinating_agency", "agency", "unit", "user", "given_by")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return
    item, until = row.item, _(" by {day:%-d %B %Y}").format(day=row.by_on) if row.by_on else ""
    people = {row.user_id}
    if row.user_id is None:
        seats = Seat.objects.on(on).filter(unit=row.unit_id, role__in=TAKERS)
        people = set(seats.values_list("user", flat=True))
    sitting = Seats([item.plan], [row.agency_id], on).sitting(item.plan, row.agency_id, *TAKERS)
    yield from other_news(
        [each for each in sitting if each[0].pk in people - {row.given_by_id}],
        plan=item.plan,
        agency=row.agency,
        reason=Notice.Reason.GIVEN,
        occasion=_("version {version}").format(version=row.version),
        about=_("assignment {pk}").format(pk=row.pk),
        due_on=row.by_on or on,
        title=_("Item {number} {title}").format(number=item.number, title=item.title),
        sentence=_(
            "{person} gave this item to {held_by}{until}. {agency} remains responsible for it."
        ).format(person=row.given_by.name, held_by=row.held_by, until=until, agency=row.agency),
        state=_("is given to {value}").format(value=row.unit or "you")
        if row.user_id is None
        else _("is given to you"),
        path=item.get_absolute_url(),
        link=_("Open the item"),
    )
