"""Lines on a person's desk about emails of theirs: what was not taken, and workbooks to compare. A source of `desk`."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.records.composed import composed
from workitems.desk.to_dos import SHOWN_AT_MOST, Act, Line, line, since
from workitems.models import ReceivedMail
from workitems.notices.answer_keys import is_on
from workitems.plan.asat import end_of

Outcome = ReceivedMail.Outcome
SHOWN_DAYS = 14


def lines_for(user: User, on: date) -> list[Line]:
    """Return what to say of the person's emails of the last two weeks, until they remove it. One query; none while emails
    cannot be answered."""
    if not is_on():
        return []
    rows = _received(person=user.pk, after=end_of(on - timedelta(days=SHOWN_DAYS)))
    return [_line(row, on) for row in rows]


@composed
def _received(person: Any, after: Any) -> Any:
    rows = ReceivedMail.objects.filter(person=person, at__gte=after, removed_at=None)
    to_compare = Q(outcome=Outcome.SHEET, sheet__taken_at=None, sheet__discarded_at=None)
    is_said = ~Q(outcome__in=ReceivedMail.TAKEN) | Q(left_out__gt=0) | to_compare
    related = ("note__plan", "sheet__of_return__round__plan", "sheet__of_return__agency")
    return rows.filter(is_said).select_related(*related).order_by("-at", "-pk")[:SHOWN_AT_MOST]


def _line(row: ReceivedMail, on: date) -> Line:
    detail, url = "", reverse("by-email:detail", args=[row.pk])
    act: Act | None = Act(_("Remove from my desk"), url)
    plan = row.note.plan.title if row.note else ""
    if row.sheet is not None and row.sheet.taken_at is None and row.sheet.discarded_at is None:
        of_return = row.sheet.of_return
        what = _("Compare “{file}”, which you emailed, with the return of {agency}").format(
            file=row.sheet, agency=of_return.agency
        )
        plan, detail, url = of_return.round.plan.title, _("Nothing is taken from it yet."), row.sheet.get_absolute_url()  # fmt: skip
        act = None
    elif row.is_taken:
        what = ngettext(
            "A file of your email was not taken", "{count} files of your email were not taken", row.left_out
        ).format(count=row.left_out)  # fmt: skip
        detail = _("Your words are in the conversation. Add a file as evidence.")
    else:
        what = row.says
    arrived_on = localdate(row.at)
    return line(
        due=arrived_on, on=on, plan=plan, what=what, detail=detail, url=url,
        when=_("Arrived {when}").format(when=since(arrived_on, on)), is_late=False, act=act,
    )  # fmt: skip
