"""Tells the agency that gives a measure's numbers that it was set up. A source of `notices.news`."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES
from workitems.models import Measure, Notice
from workitems.models.item import Stage
from workitems.notices.news import OtherNews, Seats, other_news
from workitems.plan.asat import end_of
from workitems.terms.sentence_ends import with_capital

# What happened longer ago is no news.
NEWS_FOR_DAYS = 14
RELATED = (
    "item__plan__coordinating_agency", "item__lead_agency", "of_plan__coordinating_agency",
    "responsible_agency",
)  # fmt: skip


def set_up_news(on: date) -> Iterator[OtherNews]:
    """Yield the news of measures of adopted plans that were set up, without their numbers, for those who write for their
    agency. Three queries, one without any."""
    versions = Measure.history.model.objects.exclude(kind=Measure.Kind.WORDS)
    since = end_of(on - timedelta(days=NEWS_FOR_DAYS))
    new = Measure.objects.exclude(kind=Measure.Kind.WORDS).filter(
        pk__in=versions.filter(history_date__gte=since).values("id")
    )
    new = new.exclude(pk__in=versions.filter(history_date__lt=since).values("id"))
    new = new.exclude(item__stage=Stage.WITHDRAWN).select_related(*RELATED).order_by("pk")
    rows = [row for row in new if row.plan.adopted_on is not None and not row.plan.has_ended(on)]
    if not rows:
        return
    seats = Seats([row.plan for row in rows], [row.responsible.pk for row in rows], on)
    for row in rows:
        says = _("This measure of {what} is set up. Give its number in your returns, {how_often}.")
        yield from other_news(
            seats.sitting(row.plan, row.responsible.pk, *WRITING_ROLES),
            plan=row.plan,
            agency=row.responsible,
            reason=Notice.Reason.GIVEN,
            occasion="set up",
            about=f"measure {row.pk}",
            due_on=on,
            title=with_capital(row.as_told),
            sentence=says.format(
                what=row.item or _("the whole plan"), how_often=row.get_asked_display().lower()
            ),
            state=_("is set up"),
            path=reverse("measures:detail", args=[row.plan.slug, row.pk]),
            link=_("Open the measure"),
        )
