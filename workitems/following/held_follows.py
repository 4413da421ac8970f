"""Who follows the items of an agency that ends: they go on following them at its successor.

Only each person sees what they follow, so it is not listed to whoever hands over, and it has no history.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.people.succession import HandOver, Holding
from workitems.models import Follow
from workitems.plan.held_work import goes_on


class Follows(Holding):
    def lines(self, agency: Agency, on: date) -> list[str]:
        return []

    def move(self, act: HandOver) -> None:
        rows = self.rows(act.agency.pk, act.on).select_for_update(of=("self",))
        for follow in rows.order_by("pk"):
            same = {"person": follow.person_id, "plan": follow.plan_id, "agency": act.to}
            if Follow.objects.filter(**same).exists():
                follow.delete()
                continue
            follow.agency = act.to
            follow.save(update_fields=["agency"])


def _follows(agency: int, on: date) -> "QuerySet[Any]":
    return Follow.objects.filter(goes_on(on, "plan__"), agency=agency)


FOLLOWS = Follows(gettext_lazy("Followed"), _follows, "agency", "person__name")
