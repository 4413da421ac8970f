"""What changed between two moments: all changes as sentences, or one kind with pagination."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.progress.changes import Change, Comparison, Kind, read_changes
from reports.progress.changes.periods import between, offered
from reports.progress.view import Earlier, PlanView
from reports.progress.views.dashboard import chosen, dashboard_page, view_of

# Sentences shown of each kind. Further ones are on the kind's own pages.
SENTENCES_SHOWN = 50


# A sentence with its item, its lead agency's name and links. A page has hundreds, and templates look up a key quickest.
Row = dict[str, Any]


class Group(NamedTuple):
    """The first sentences of one kind, and the URL of all of them."""

    kind: Kind
    total: int
    url: str
    rows: list[Row]


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    earlier, usual = offered(view, context["bar"].earlier())
    if view.since is None:
        view = replace(view, since=usual.moment, is_compared_by_default=True)
    found = read_changes(view)
    only = chosen(request, "kind", {kind: kind.label for kind in Kind})
    page = None
    if only:
        paginator = Paginator(found.of(Kind(only)), SENTENCES_SHOWN)
        page = paginator.get_page(request.GET.get("page"))
    return dashboard_page(
        request,
        "changes",
        context,
        view=view,
        earlier=earlier,
        headline=headline(view, found, earlier),
        begins_here=view.since is not None and view.since.on == view.plan.record_begins,
        groups=[group(view, found, kind) for kind in found.counts],
        only=Kind(only) if only else None,
        page=page,
        rows=rows(view, found, page) if page is not None else [],
    )


def headline(view: PlanView, found: Comparison, earlier: Sequence[Earlier]) -> str:
    """Return a headline such as "Since the meeting of 14 October 2026: 3 completed, 2 dates slipped.", or of two past
    moments "Between 5 August and 14 October 2026: …".

    Lines do not break after a number.
    """
    within = next((each.within for each in earlier if each.moment == view.since), "")
    is_since = within and view.at.is_now
    when = _("Since {moment}").format(moment=within) if is_since else between(view)
    return re.sub(r"(?<=\d) ", "\N{NO-BREAK SPACE}", f"{when}: {found.summary}.")


def meanwhile(view: PlanView) -> str:
    """Return a query string that limits an item's history to the days between the moments."""
    assert view.since is not None
    first = view.since.on + timedelta(days=view.since.is_whole_day)
    return urlencode({"since": first.isoformat(), "until": view.at.on.isoformat()})


def group(view: PlanView, found: Comparison, kind: Kind) -> Group:
    all_of_it = found.of(kind)
    return Group(
        kind,
        len(all_of_it),
        view.link("changes", kind=kind),
        rows(view, found, all_of_it[:SENTENCES_SHOWN]),
    )


def rows(view: PlanView, found: Comparison, some: Iterable[Change]) -> list[Row]:
    between = f"?{meanwhile(view)}"
    return [
        {
            "number": change.item.number,
            "title": change.item.title,
            "lead": found.agencies[change.item.lead],
            "words": change.words,
            "why": change.why,
            "wordings": change.wordings,
        }
        | (
            {
                "url": view.plan.get_absolute_url(),
                "history": reverse("plans:history", args=[view.plan.slug]) + between,
            }
            if change.is_of_plan
            else {
                "url": view.item(change.item.number),
                "history": view.item_history(change.item.number) + between,
            }
        )
        for change in some
    ]
