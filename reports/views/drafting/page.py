"""The page of a draft with at most one open form, beginning a draft, and a paragraph's versions."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies.views.form_pages import saying_refusals
from reports import checks
from reports.drafting import draft_rows
from reports.drafting.draft import Portion, printed
from reports.drafting.page import Page, page_of
from reports.drafting.sources import Record, records
from reports.forms.drafting import AskForm, KindForm, ParagraphForm, TypedForm
from reports.models import Briefing
from reports.services import drafts
from reports.services.beginning import begin_as
from reports.views.briefings import readable_briefing
from workitems.views.lookups import require, signed_in
from workitems.word_diff import short_diff


def home(briefing: Briefing, place: str = "", query: str = "") -> str:
    """Return the URL of the page, at a paragraph, recommendation or section."""
    address = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    return f"{address}{query}{f'#{place}' if place else ''}"


def changeable(request: HttpRequest, slug: str, pk: int) -> Briefing:
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    return briefing


def changeable_draft(request: HttpRequest, slug: str, pk: int) -> Briefing:
    briefing = changeable(request, slug, pk)
    if briefing.kind_id is None:
        raise Http404
    return briefing


# A frame shows the PDF beside the draft.
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the page.

    `?edit=` opens a paragraph or recommendation, `?after=` and `?into=` a new paragraph (from the
    record `?from=`), `?ask=new` a new recommendation; `?section=` selects the sources' section.
    """
    briefing = readable_briefing(request, slug, pk)
    if briefing.kind_id is None:
        return undrafted(request, briefing)
    return show(request, page_of(briefing))


def undrafted(
    request: HttpRequest, briefing: Briefing, form: KindForm | None = None, status: int = 200
) -> HttpResponse:
    may_begin = briefing.is_open and request.user.has_perm("reports.change_briefing", briefing)
    return render(
        request,
        "reports/workshop/begin.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "form": form or (KindForm(plan=briefing.plan) if may_begin else None),
        },
        status=status,
    )


@require_POST
def begin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = changeable(request, slug, pk)
    form = KindForm(request.POST, plan=briefing.plan)
    if form.is_valid():
        with saying_refusals(form):
            begin_as(briefing=briefing, slug=form.cleaned_data["kind"], by=signed_in(request))
            messages.success(request, "The briefing is drafted from the plan’s records.")
            return redirect(home(briefing))
    return undrafted(request, briefing, form, status=422)


def show(
    request: HttpRequest,
    page: Page,
    *,
    form: TypedForm | None = None,
    key: str = "",
    theirs: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page with at most one open form: the one refused, else the one requested."""
    briefing = page.briefing
    may_change = briefing.is_open and request.user.has_perm("reports.change_briefing", briefing)
    opened = request.GET.get("edit", "") if form is None else key
    new: dict[str, Any] = {}
    if may_change and form is None:
        form = form_of(page, opened)
        if form is None:
            new = new_paragraph(request, page)
            form = new.get("form")
            if form is None and request.GET.get("ask") == "new":
                new = {"key": f"r-{drafts.new_key()[2:]}", "is_ask": True}
                form = AskForm(key=new["key"], initial={"version": 0, "seen": page.seen})
    elif form is not None and page.block(key) is None and not is_asked(page, key):
        new = {"key": key, "is_ask": isinstance(form, AskForm)}
        new |= place_of(page, key, form)
    portion = in_hand(request, page, new.get("section", ""), opened)
    return render(
        request,
        "reports/workshop/draft.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "page": page,
            "form": form,
            "opened": opened,
            "new": new,
            "theirs": theirs,
            "may_change": may_change,
            "count": checks.count(
                checks.failed_checks(briefing, timezone.localdate(), checks.material_of_page(page))
            ),
            "portion": portion,
            "shelves": page.shelves(portion),
        },
        status=status,
    )


def form_of(page: Page, key: str) -> TypedForm | None:
    """Return the form of a paragraph or recommendation on the page."""
    if block := page.block(key):
        initial = {"version": block.version, "seen": page.seen, "text": block.typed}
        return ParagraphForm(key=key, initial=initial)
    for asked in page.asks:
        if asked.ask.key == key:
            return AskForm(
                key=key,
                initial={
                    "version": asked.version,
                    "seen": page.seen,
                    "verb": asked.ask.verb,
                    "text": asked.typed,
                    "options": " / ".join(asked.ask.options),
                },
            )
    return None


def is_asked(page: Page, key: str) -> bool:
    return any(asked.ask.key == key for asked in page.asks)


def place_of(page: Page, key: str, form: TypedForm) -> dict[str, str]:
    """Return the place of a form whose paragraph is not on the page.

    A new paragraph keeps the place it was begun at; one that was joined or withdrawn gets its
    former place. If the paragraph before it is gone too, the last remaining one before it is used.
    """
    section, after = form.data.get("section", ""), form.data.get("after", "")
    if page.block(after):
        return {"section": section, "after": after}
    gone = page.rows.get(key) or page.rows.get(after)
    if gone is not None:
        section = gone.section.key
    homes = [chapter for chapter in page.chapters if not chapter.is_closing]
    home = next((each for each in homes if each.portion.key == section), homes[0])
    before = [
        block.key
        for block in home.blocks
        if gone is not None and page.rows[block.key].position < gone.position
    ]
    return {"section": home.portion.key, "after": before[-1] if before else ""}


def new_paragraph(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return the context of a form for a new paragraph, or {}.

    It goes after another paragraph or ends a section, and starts with the record's text, if any.
    """
    after, section = request.GET.get("after", ""), request.GET.get("into", "")
    for chapter in page.chapters:
        if chapter.is_closing:
            continue
        if any(block.key == after for block in chapter.blocks):
            section = chapter.portion.key
        elif chapter.portion.key == section and not after and chapter.blocks:
            after = chapter.blocks[-1].key
        if chapter.portion.key == section:
            break
    else:
        return {}
    record = record_named(page, request.GET.get("from", ""))
    key = drafts.new_key()
    initial = {
        "version": 0,
        "seen": page.seen,
        "section": section,
        "after": after,
        "source": record.key if record else "",
        "text": record.text if record else "",
    }
    form = ParagraphForm(key=key, initial=initial)
    return {"key": key, "section": section, "after": after, "form": form, "is_ask": False}


def record_named(page: Page, name: str) -> Record | None:
    if not name or page.found is None:
        return None
    return next((each for each in records(page.found.facts) if each.key == name), None)


def in_hand(request: HttpRequest, page: Page, section: str, opened: str) -> Portion:
    """Return the section for the sources panel: the open form's, else the one requested."""
    wanted = section or request.GET.get("section", "")
    for chapter in page.chapters:
        if any(block.key == opened for block in chapter.blocks):
            return chapter.portion
    for chapter in page.chapters:
        if chapter.portion.key == wanted:
            return chapter.portion
    return page.chapters[0].portion


@require_safe
def versions(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """List the versions of a paragraph, newest first, each with its diff."""
    briefing = readable_briefing(request, slug, pk)
    rows = draft_rows.read_draft(briefing)
    row = rows.paragraphs.get(key)
    if row is None:
        raise Http404
    number = rows.draft.numbers.get(key)
    history = list(row.history.order_by("history_id"))
    entries = []
    before = ""
    for each in history:
        said = printed(rows.draft, each.text)
        if each.text != before or each.history_change_reason:
            entries.append(
                {
                    "version": each,
                    "who": each.history_actor or "Somebody",
                    "strands": short_diff(printed(rows.draft, before), said) if before else [],
                    "text": said,
                    "is_other": each.text != row.text,
                }
            )
        before = each.text
    return render(
        request,
        "reports/workshop/versions.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "row": row,
            "title": f"Versions of paragraph {number}"
            if number
            else "Versions of what is left out",
            "entries": entries[::-1],
            "back": home(briefing, key),
            "may_change": briefing.is_open
            and not row.is_withdrawn
            and request.user.has_perm("reports.change_briefing", briefing),
        },
    )
