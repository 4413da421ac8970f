"""Returns that the same agencies owe at nearly the same time in other plans. Reads only."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from agencies.wording.translation import day_words, list_in_words
from workitems.models import Plan, Return
from workitems.terms.spans import in_words

# Two returns of one agency fall together if so many days or fewer lie between them.
NEAR_DAYS = 7


def returns_near(
    plan: Plan, agencies: Iterable[Agency], due_on: date, *, readable: Iterable[Plan]
) -> list[str]:
    """Say which of these agencies owe a return in another plan within a week of the day, a sentence for each return's
    day and plan. Plans that are not `readable` for the reader are not named. One query."""
    names = {each.pk for each in readable}
    owed = (
        Return.objects.waiting_for_agency()
        .filter(agency__in=list(agencies), round__closed_at=None)
        .exclude(round__plan=plan)
        .select_related("round__plan", "agency")
    )
    found: dict[tuple[date, str], list[str]] = {}
    for row in owed.soonest_first():
        if abs((row.due_on - due_on).days) <= NEAR_DAYS:
            title = row.round.plan.title if row.round.plan_id in names else ""
            found.setdefault((row.due_on, title), []).append(row.agency.short_name)
    return [_sentence(of, day, due_on, title) for (day, title), of in found.items()]


def returns_together(plans: Iterable[Plan], agencies: Iterable[Agency] | None = None) -> list[str]:
    """Say which agencies, or which of these, owe returns in several of the plans within a week of each other, soonest
    first. Only plans that the reader reads are passed. One query."""
    owed = Return.objects.waiting_for_agency().filter(round__plan__in=list(plans))
    if agencies is not None:
        owed = owed.filter(agency__in=list(agencies))
    rows = sorted(
        owed.select_related("round__plan", "agency"),
        key=lambda row: (row.agency.short_name, row.due_on, row.pk),
    )
    found: dict[tuple[tuple[date, str], ...], list[str]] = {}
    for agency, of_agency in groupby(rows, attrgetter("agency.short_name")):
        for near in _near_each_other(of_agency):
            if len({row.round.plan_id for row in near}) > 1:
                key = tuple((row.due_on, row.round.plan.title) for row in near)
                found.setdefault(key, []).append(agency)
    return [_together(of, near) for near, of in sorted(found.items())]


def _near_each_other(rows: Iterable[Return]) -> list[list[Return]]:
    """Return the returns, which come by day, in groups with at most a week from one to the next."""
    groups: list[list[Return]] = []
    for row in rows:
        if groups and (row.due_on - groups[-1][-1].due_on).days <= NEAR_DAYS:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _together(agencies: list[str], near: tuple[tuple[date, str], ...]) -> str:
    days = (near[-1][0] - near[0][0]).days
    within = (
        ngettext("within {number} day", "within {number} days", days).format(number=in_words(days))
        if days
        else _("on the same day")
    )
    says = ngettext(
        "{agencies} owes {count} returns {within}: {returns}.",
        "{agencies} owe {count} returns each {within}: {returns}.",
        len(agencies),
    )
    returns = [_("{day} in “{plan}”").format(day=day_words(day), plan=plan) for day, plan in near]
    return says.format(
        agencies=list_in_words(agencies),
        count=in_words(len(near)),
        within=within,
        returns=list_in_words(returns),
    )


def _sentence(agencies: list[str], day: date, due_on: date, title: str) -> str:
    days = (day - due_on).days
    apart = ngettext("{number} day", "{number} days", abs(days)).format(number=in_words(abs(days)))
    when = (
        _("the same day")
        if not days
        else (_("{time} later") if days > 0 else _("{time} earlier")).format(time=apart)
    )
    says = ngettext(
        "{agencies} has another return due on {day}, {when}",
        "{agencies} have another return due on {day}, {when}",
        len(agencies),
    ).format(agencies=list_in_words(agencies), day=day_words(day), when=when)
    return _("{says}, in “{plan}”.").format(says=says, plan=title) if title else f"{says}."
