"""Search over everything that the user may read."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from agencies.records.text_index import Words
from reports.search.paper_search import KINDS, with_number
from reports.search.passages import Passage, Pieces, marked, passage_of
from workitems.plan.record_search import MOST_COUNTED, Hit, Kind, Reader
from workitems.plan.views.lookups import signed_in, visible_plans

# What is read of what was typed.
MOST_TYPED = 200
# Results of each kind on the page of all kinds, and on the page of one.
SHOWN, ON_A_PAGE = 5, 25


@dataclass(frozen=True, kw_only=True)
class Result:
    """A hit with its words marked."""

    hit: Hit
    title: Pieces
    of: Pieces
    passage: Passage | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """The first results of a kind, and how many there are."""

    kind: Kind
    results: list[Result]
    count: int

    @property
    def is_more(self) -> bool:
        return self.count > len(self.results)

    @property
    def is_beyond(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > MOST_COUNTED


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of rows whose number is known."""

    def __init__(self, rows: Any, rows_on_a_page: int, count: int) -> None:
        super().__init__(rows, rows_on_a_page)
        self.known = count

    @property
    def count(self) -> int:
        return self.known


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found by kind, or all of one `kind`. A number that one thing has leads to it."""
    typed = " ".join(request.GET.get("q", "").split())
    text = typed[:MOST_TYPED]
    plans = {plan.pk: plan for plan in visible_plans(request)}
    reader = Reader(user=signed_in(request), on=localdate(), plans=plans)
    kind = next((each for each in KINDS if each.key == request.GET.get("kind")), None)
    numbered = list(with_number(text, reader)) if text and kind is None else []
    if len(numbered) == 1:
        return redirect(numbered[0].url)
    words = Words.of(text)
    context: dict[str, Any] = {
        "typed": text,
        "is_cut": len(typed) > MOST_TYPED,
        "numbered": results_of(numbered, words),
        "words": words,
        "has_plans": len(reader.plans) > 1,
        "alone": []
        if reader.plans
        else [each.alone for each in KINDS if each.alone and each.visible(reader).exists()],
        "most": MOST_COUNTED,
    }
    if kind is not None:
        return render(
            request, "reports/search/kind.html", context | of_kind(request, kind, reader, words)
        )
    groups = groups_of(reader, words)
    if words and not groups and not numbered and words.loosened != words:
        # Nothing has the words as they were typed: an ending may be wrong.
        words = words.loosened
        groups = groups_of(reader, words)
        context["beginnings"] = list(words) if groups else []
    found = sum(group.count for group in groups)
    return render(
        request,
        "reports/search/results.html",
        context
        | {
            "groups": groups,
            "found": found,
            "is_beyond": any(group.is_beyond for group in groups),
            "query": " ".join(words),
        },
    )


def groups_of(reader: Reader, words: Words) -> list[Group]:
    """Return the kinds of which something was found. A query a kind, and one for those with results."""
    found = []
    for kind in KINDS if words else ():
        having = kind.found(reader, words)
        if having.count:
            results = results_of(kind.hits(having[:SHOWN], reader), words)
            found.append(Group(kind=kind, results=results, count=having.count))
    return found


def of_kind(request: HttpRequest, kind: Kind, reader: Reader, words: Words) -> dict[str, Any]:
    """Return a page of all results of one kind, up to as many as are counted."""
    having = kind.found(reader, words) if words else None
    count = having.count if having else 0
    rows: Any = having if count else ()
    page: Page[Any] = Counted(rows, ON_A_PAGE, min(count, MOST_COUNTED)).get_page(
        request.GET.get("page")
    )
    return {
        "kind": kind,
        "page": page,
        "results": results_of(kind.hits(page, reader), words),
        "is_beyond": count > MOST_COUNTED,
    }


def results_of(hits: Any, words: Words) -> list[Result]:
    return [
        Result(
            hit=hit,
            title=marked(hit.title, words),
            of=marked(hit.of, words),
            passage=passage_of(hit.texts, words),
        )
        for hit in hits
    ]
