"""The page of a draft with at most one open form, beginning a draft, and a paragraph's versions."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.pages.form_pages import saying_refusals
from agencies.pages.once import once
from agencies.pages.permissions import wants_json
from agencies.wording.translation import StrOrPromise
from reports import checks
from reports.briefings.views.next_steps import standing_of, step_of
from reports.briefings.views.readers import readable_briefing
from reports.briefings.whats_next import next_of
from reports.drafting import draft_rows
from reports.drafting.draft import Draft, DraftError, Portion, printed, to_numbers
from reports.drafting.draft_rows import Stored
from reports.drafting.page import Block, Page, changes_since, menu_of, page_of
from reports.drafting.sources import MAX_SHOWN, Cited, Record, Shelf, records
from reports.drafting.undo_steps import steps_of
from reports.models import Briefing
from reports.models.word_copy import suggestions_by_key
from reports.workshop.forms.drafting import AskForm, HeadingForm, KindForm, ParagraphForm, TypedForm
from reports.workshop.main_results import main_results
from reports.workshop.services import drafts
from reports.workshop.services.beginning import begin_as
from reports.workshop.services.undoing import ChangedSince
from reports.workshop.to_improve import marked
from workitems.plan.views.lookups import require, signed_in
from workitems.terms.word_diff import short_diff


def home(briefing: Briefing, place: str = "", query: str = "") -> str:
    """Return the URL of the page, at a paragraph, recommendation or section."""
    address = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    return f"{address}{query}{f'#{place}' if place else ''}"


def address_of(briefing: Briefing, key: str) -> str:
    """Return the URL of a paragraph. Without a key, that is where all of them begin."""
    address = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, "-"])
    return f"{address.removesuffix('-/')}{f'{key}/' if key else ''}"


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
    record `?from=`), `?ask=new` a new recommendation; `?section=` selects the section of the
    sources, `?at=` the paragraph. As JSON, `?at=` asks for the sources alone.
    """
    briefing = readable_briefing(request, slug, pk)
    if briefing.kind_id is None:
        return undrafted(request, briefing)
    if wants_json(request):
        require(request, "reports.change_briefing", briefing)
        if "at" in request.GET:
            page = page_of(briefing, timezone.localdate())
            context = {"page": page, "tray": in_hand(request, page), "may_change": True}
            html = render_to_string(
                "reports/workshop/tray.html", context | {"here": home(briefing)}
            )
            return JsonResponse({"sources": html})
        opened = request.GET.get("edit", "")
        return changed(request, briefing, key=opened or request.GET.get("show", ""), opened=opened)
    return show(request, page_of(briefing, timezone.localdate()))


def changed(
    request: HttpRequest,
    briefing: Briefing,
    *,
    message: StrOrPromise | Callable[[Draft, str], str] = "",
    key: str = "",
    opened: str = "",
    overtaken: str = "",
) -> JsonResponse:
    """Return what the page that asks does not show yet, as JSON for the script.

    The page sends its `state`. `key` is a paragraph or recommendation that it gets in any case, and
    `opened` one that it gets with its form. If only the whole page will do, `whole` says so.
    `overtaken` is HTML that says why an undo was refused.
    """
    asked = request.POST if request.method == "POST" else request.GET
    state = asked.get("state", "")
    found = changes_since(briefing, state, wanted=key) if briefing.is_open else None
    if callable(message):
        message = message(found.rows.draft if found else draft_rows.read_draft(briefing).draft, key)
    if found is None:
        return JsonResponse(
            {"says": str(message), "key": key, "whole": True, "overtaken": overtaken}
        )
    context: dict[str, Any] = {
        "plan": briefing.plan,
        "briefing": briefing,
        "form": form_of(found.rows, opened),
        "opened": opened,
        "may_change": True,
        "here": home(briefing),
        "paragraphs": address_of(briefing, ""),
        "suggested": suggestions_by_key(briefing),
        "csrf_token": get_token(request),
    }
    blocks = [
        render_to_string("reports/workshop/blocks.html", {**context, "blocks": found.blocks}),
        *(
            render_to_string("reports/workshop/ask.html", {**context, "asked": each})
            for each in found.asks
        ),
    ]
    menu = ""
    if asked.get("menu") and any(part.key == key for part in found.rows.draft.parts()):
        context |= {"menu": menu_of(found.rows, key), "address": address_of(briefing, key)}
        menu = render_to_string("reports/workshop/acts.html", context)
    return JsonResponse(
        {
            "says": str(message),
            "key": key,
            "overtaken": overtaken,
            "steps": steps_html(request, briefing, found.rows),
            "state": found.state,
            "seen": found.seen,
            "order": found.order,
            "asks": [ask.key for ask in found.rows.draft.asks],
            "blocks": "".join(blocks),
            "menu": menu,
        }
    )


def steps_html(request: HttpRequest, briefing: Briefing, rows: Stored) -> str:
    """Return the buttons that undo and redo the user's own acts."""
    context = {
        "steps": steps_of(briefing, rows, request.user),
        "plan": briefing.plan,
        "briefing": briefing,
        "csrf_token": get_token(request),
    }
    return render_to_string("reports/workshop/steps.html", context)


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
@once
def begin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = changeable(request, slug, pk)
    form = KindForm(request.POST, plan=briefing.plan)
    if form.is_valid():
        with saying_refusals(form):
            begin_as(
                briefing=briefing,
                slug=form.cleaned_data["kind"],
                by=signed_in(request),
                today=timezone.localdate(),
            )
            messages.success(request, _("The briefing is drafted from the plan’s records."))
            return redirect(home(briefing))
    return undrafted(request, briefing, form, status=422)


def show(
    request: HttpRequest,
    page: Page,
    *,
    form: TypedForm | None = None,
    key: str = "",
    theirs: dict[str, Any] | None = None,
    heading: HeadingForm | None = None,
    overtaken: ChangedSince | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page with at most one open form: the one refused, else the one requested.

    `heading` is the form of a heading that was refused, `overtaken` an undo that was.
    """
    briefing = page.drafted.briefing
    may_change = briefing.is_open and request.user.has_perm("reports.change_briefing", briefing)
    opened = request.GET.get("edit", "") if form is None else key
    new: dict[str, Any] = {}
    if may_change and form is None:
        form = form_of(page.drafted.rows, opened)
        if form is None:
            new = new_paragraph(request, page)
            form = new.get("form")
            if form is None and request.GET.get("ask") == "new":
                new = {"key": f"r-{drafts.new_key()[2:]}", "is_ask": True}
                form = AskForm(key=new["key"], initial={"version": 0, "seen": page.seen})
    elif form is not None and page.block(key) is None and not is_asked(page, key):
        new = {"key": key, "is_ask": isinstance(form, AskForm)}
        new |= place_of(page, key, form)
    found = checks.failed_checks(page.drafted)
    page = marked(page, found) if may_change else page
    following = next_of(standing_of(briefing, found, timezone.localdate()))
    return render(
        request,
        "reports/workshop/draft.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "page": page,
            "form": form,
            "opened": opened if form and may_change else "",
            "paragraphs": address_of(briefing, ""),
            "suggested": suggestions_by_key(briefing) if may_change else {},
            "new": new,
            "theirs": theirs,
            "heading": heading,
            "overtaken": overtaken,
            "may_change": may_change,
            "results": main_results(page.drafted) if may_change else None,
            "steps": steps_of(briefing, page.drafted.rows, request.user) if may_change else None,
            "count": checks.count(found),
            "next": following,
            "step": step_of(signed_in(request), briefing, following),
            "tray": in_hand(request, page, new.get("section", ""), opened),
        },
        status=status,
    )


def form_of(rows: Stored, key: str) -> TypedForm | None:
    """Return the form of a paragraph or recommendation of the draft."""
    initial: dict[str, Any] = {"seen": " ".join(rows.draft.numbers)}
    for part in rows.draft.parts():
        if part.key == key:
            initial |= {"version": rows.paragraphs[key].version}
            initial |= {"text": to_numbers(rows.draft, part.text)}
            return ParagraphForm(key=key, initial=initial)
    for ask in rows.draft.asks:
        if ask.key == key:
            initial |= {"version": rows.asks[key].version, "verb": ask.verb}
            initial |= {"text": to_numbers(rows.draft, ask.text)}
            initial |= {"options": " / ".join(ask.options)}
            return AskForm(key=key, initial=initial)
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
    rows = page.drafted.rows.paragraphs
    gone = rows.get(key) or rows.get(after)
    if gone is not None:
        section = gone.section.key
    homes = [chapter for chapter in page.chapters if not chapter.is_closing]
    home = next((each for each in homes if each.portion.key == section), homes[0])
    before = [
        block.key
        for block in home.blocks
        if gone is not None and rows[block.key].position < gone.position
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
    if not name or page.drafted.found is None:
        return None
    return next((each for each in records(page.drafted.found.facts) if each.key == name), None)


@dataclass(frozen=True)
class Tray:
    """The sources panel: the paragraph in hand, if one is, with its sources, and the records for its section."""

    portion: Portion
    shelves: list[Shelf]
    block: Block | None = None
    own: tuple[tuple[Cited, str], ...] = ()
    # Further sources of the paragraph, by name alone.
    others: tuple[Cited, ...] = ()


def in_hand(request: HttpRequest, page: Page, section: str = "", opened: str = "") -> Tray:
    """Return the sources panel: of the paragraph whose form is open, else of the paragraph or section requested."""
    key = opened or ("" if section else request.GET.get("at", ""))
    wanted = section or request.GET.get("section", "")
    block = page.block(key)
    if block is not None:
        portion = page.drafted.draft.portion_of(key)
        own = page.sources_of(block)
        others = tuple(each for each, _text in own[MAX_SHOWN:])
        return Tray(portion, page.shelves(portion), block, tuple(own[:MAX_SHOWN]), others)
    portions = [chapter.portion for chapter in page.chapters]
    portion = next((each for each in portions if each.key == wanted), portions[0])
    return Tray(portion, page.shelves(portion))


@require_safe
def paragraph_acts(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Show what can be done with a paragraph: its menu as JSON for the script, else a page."""
    briefing = changeable_draft(request, slug, pk)
    try:
        menu = menu_of(draft_rows.read_draft(briefing), key)
    except DraftError as error:
        if wants_json(request):
            return JsonResponse({"says": str(error)}, status=HTTPStatus.CONFLICT)
        raise Http404 from error
    context = {
        "plan": briefing.plan,
        "briefing": briefing,
        "menu": menu,
        "here": home(briefing),
        "address": address_of(briefing, key),
    }
    if not wants_json(request):
        return render(request, "reports/workshop/more.html", context)
    context["csrf_token"] = get_token(request)
    return JsonResponse({"menu": render_to_string("reports/workshop/acts.html", context)})


@require_safe
def versions(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """List the versions of a paragraph, newest first, each with its diff."""
    briefing = readable_briefing(request, slug, pk)
    rows = draft_rows.read_draft(briefing)
    row = rows.paragraphs.get(key)
    if row is None:
        raise Http404
    number = rows.draft.numbers.get(key)
    entries: list[dict[str, Any]] = []
    previous, before = "", None
    for each in row.history.order_by("history_id"):
        now = (printed(rows.draft, each.text), each.origin, each.is_hidden, each.is_withdrawn)
        # Other rows have another place, because paragraphs around it moved, or newer sources.
        if now != before:
            entries.append(
                {
                    "version": each,
                    "who": each.history_actor or _("A user"),
                    "strands": short_diff(previous, now[0]) if previous not in ("", now[0]) else [],
                    "text": now[0],
                    "is_other": each.text != row.text,
                }
            )
        previous, before = now[0], now
    return render(
        request,
        "reports/workshop/versions.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "row": row,
            "title": _("Versions of paragraph {number}").format(number=number)
            if number
            else _("Versions of what is left out"),
            "entries": entries[::-1],
            "back": home(briefing, key),
            "may_change": briefing.is_open
            and not row.is_withdrawn
            and request.user.has_perm("reports.change_briefing", briefing),
        },
    )
