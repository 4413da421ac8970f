"""The workshop: a briefing's draft, edited in place beside the records it is written from.

Every act is a form that posts and comes back to the paragraph. The script (static/js/workshop.js)
sends the same forms; for words being typed it asks for JSON: 200 saved, 409 somebody else saved
first (with their words), 422 refused.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from agencies.fields import say_refusal
from reports.document import DocumentError
from reports.forms.workshop import (
    AskForm,
    BackForm,
    HeadingForm,
    KindForm,
    MoveForm,
    ParagraphForm,
    SplitForm,
    TypedForm,
    VersionForm,
)
from reports.models import Briefing, DraftAsk, DraftParagraph
from reports.render.html import SCREEN_SHEETS
from reports.services import drafts
from reports.services.beginning import begin_as
from reports.views.briefings import readable_briefing
from reports.workshop import stored
from reports.workshop.draft import Portion, printed, to_numbers
from reports.workshop.page import Page, page_of
from reports.workshop.paper import composed
from reports.workshop.sources import Record, records
from workitems.services import Conflict, Refused
from workitems.views.requests import require, signed_in
from workitems.wording import woven

SAVE = "save"


def home(briefing: Briefing, place: str = "", query: str = "") -> str:
    """The page's address, at a paragraph, a recommendation or a section."""
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


@require_GET
def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The page. `?edit=` opens a paragraph or recommendation, `?after=` and `?into=` a new one (from
    the record `?from=`), `?ask=new` a new recommendation, `?section=` chooses the tray."""
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
        try:
            begin_as(briefing=briefing, slug=form.cleaned_data["kind"], by=signed_in(request))
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            messages.success(request, "The briefing is drafted from the plan’s records.")
            return redirect(home(briefing))
    return undrafted(request, briefing, form, status=422)


# --- the page -----------------------------------------------------------------------------------


def show(
    request: HttpRequest,
    page: Page,
    *,
    form: TypedForm | None = None,
    key: str = "",
    theirs: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with at most one form open: the bound one after a refusal, else the one asked for."""
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
        new |= {name: form.data.get(name, "") for name in ("section", "after")}
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
            "portion": portion,
            "shelves": page.shelves(portion),
            "stylesheets": [*SCREEN_SHEETS],
        },
        status=status,
    )


def form_of(page: Page, key: str) -> TypedForm | None:
    """The form of a paragraph or recommendation that is on the page."""
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


def new_paragraph(request: HttpRequest, page: Page) -> dict[str, Any]:
    """A form for a paragraph behind another or at a section's end, from a record where one is named."""
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
    """The section whose records the tray shows: that of the open form, else the one asked for."""
    wanted = section or request.GET.get("section", "")
    for chapter in page.chapters:
        if any(block.key == opened for block in chapter.blocks):
            return chapter.portion
    for chapter in page.chapters:
        if chapter.portion.key == wanted:
            return chapter.portion
    return page.chapters[0].portion


# --- words --------------------------------------------------------------------------------------


@require_POST
def paragraph(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """An act on a paragraph: `act` is "save" or a name of `ACTS`."""
    briefing = changeable_draft(request, slug, pk)
    name = request.POST.get("act", SAVE)
    if name == SAVE:
        return save(request, briefing, key, ParagraphForm(request.POST, key=key), save_words)
    if name not in ACTS:
        raise BadRequest
    act(request, lambda: ACTS[name](request, briefing, key))
    return redirect(at_paragraph(briefing, key))


def at_paragraph(briefing: Briefing, key: str) -> str:
    """The page at a paragraph, with the sources of its section."""
    for portion in stored.read(briefing).draft.portions:
        if any(part.key == key for part in portion.parts):
            return home(briefing, key, f"?section={quote(portion.key)}")
    return home(briefing)


@require_POST
def ask(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """An act on a recommendation: "save", "up", "down", "hide" or "restore"."""
    briefing = changeable_draft(request, slug, pk)
    name = request.POST.get("act", SAVE)
    if name == SAVE:
        return save(request, briefing, key, AskForm(request.POST, key=key), save_ask)
    if name not in ASK_ACTS:
        raise BadRequest
    act(request, lambda: ASK_ACTS[name](request, briefing, key))
    return redirect(home(briefing, key))


def save(
    request: HttpRequest,
    briefing: Briefing,
    key: str,
    form: TypedForm,
    service: Callable[[HttpRequest, Briefing, str, Any], DraftParagraph | DraftAsk],
) -> HttpResponse:
    """Keep what was typed, or show it again with what is in the way; nothing typed is dropped."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    theirs: dict[str, Any] | None = None
    if form.is_valid():
        try:
            row = service(request, briefing, key, form)
        except Conflict as conflict:
            theirs = theirs_of(briefing, conflict.current)
            form.add_error(None, str(conflict))
            form.take(version=conflict.current.version)
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            if wants_json:
                return JsonResponse(told(briefing, row))
            messages.success(request, f"Saved at {clock()}.")
            if isinstance(row, DraftAsk):
                return redirect(home(briefing, key))
            return redirect(at_paragraph(briefing, key))
    if not wants_json:
        fresh = Briefing.objects.select_related("plan", "kind").get(pk=briefing.pk)
        page = page_of(fresh)
        if not fresh.is_open:
            # There is no form any more; the words are kept in sight.
            theirs = {"unsaved": form["text"].value()}
        return show(request, page, form=form, key=key, theirs=theirs, status=422)
    answer: dict[str, Any] = {"errors": {name or "": list(e) for name, e in form.errors.items()}}
    if theirs is None:
        return JsonResponse(answer, status=422)
    context = {"theirs": theirs, "key": key, "back": home(briefing, key)}
    answer |= {"version": theirs["version"], "fields": theirs["fields"]}
    answer["theirs"] = render(request, "reports/workshop/theirs.html", context).content.decode()
    return JsonResponse(answer, status=409)


def save_words(
    request: HttpRequest, briefing: Briefing, key: str, form: ParagraphForm
) -> DraftParagraph:
    typed = form.cleaned_data
    common: dict[str, Any] = {
        "briefing": briefing,
        "key": key,
        "text": typed["text"],
        "seen": typed["seen"],
        "by": signed_in(request),
    }
    if typed["version"]:
        return drafts.edit(**common, version=typed["version"])
    if not key.startswith("p-"):
        raise Http404
    record = record_named(page_of(briefing), typed["source"]) if typed["source"] else None
    return drafts.add(
        **common,
        section=typed["section"],
        after=typed["after"],
        sources=(record.source,) if record else (),
    )


def save_ask(request: HttpRequest, briefing: Briefing, key: str, form: AskForm) -> DraftAsk:
    if not key.startswith("r-"):
        raise Http404
    return drafts.save_ask(briefing=briefing, key=key, by=signed_in(request), **form.cleaned_data)


def clock() -> str:
    return time_format(localtime(), "g:i a")


def fields_of(briefing: Briefing, row: DraftParagraph | DraftAsk) -> tuple[dict[str, str], str]:
    """A row's words as they are typed, by field, and the numbered paragraphs' keys as they are now."""
    draft = stored.read(briefing).draft
    fields = {"text": to_numbers(draft, row.text)}
    if isinstance(row, DraftAsk):
        fields |= {"verb": row.verb, "options": row.options}
    return fields, " ".join(draft.numbers)


def told(briefing: Briefing, row: DraftParagraph | DraftAsk) -> dict[str, Any]:
    fields, seen = fields_of(briefing, row)
    origin = row.get_origin_display() if isinstance(row, DraftParagraph) else ""
    return {
        "version": row.version,
        "fields": fields,
        "seen": seen,
        "origin": origin,
        "saved_at": clock(),
    }


def theirs_of(briefing: Briefing, row: DraftParagraph | DraftAsk) -> dict[str, Any]:
    """What somebody else saved first: who, when, and their words."""
    last = row.history.select_related("history_user").order_by("-history_id").first()
    fields, _ = fields_of(briefing, row)
    return {
        "version": row.version,
        "fields": fields,
        "who": last.history_user.name if last and last.history_user else "Somebody",
        "at": last.history_date if last else None,
        "is_gone": getattr(row, "is_withdrawn", False),
    }


# --- acts ---------------------------------------------------------------------------------------


def act(request: HttpRequest, do: Callable[[], str]) -> None:
    """Do it and say so, or say why not."""
    try:
        messages.success(request, do())
    except Conflict:
        messages.error(
            request,
            "Somebody saved other words meanwhile, so nothing was done. Read them, then try again.",
        )
    except Refused as refusal:
        messages.error(request, str(refusal))


def cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused("That could not be read. Try again.")
    return dict(form.cleaned_data)


def up(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step(briefing=briefing, key=key, places=-1, by=signed_in(request))
    return moved(briefing, key)


def down(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step(briefing=briefing, key=key, places=1, by=signed_in(request))
    return moved(briefing, key)


def move(request: HttpRequest, briefing: Briefing, key: str) -> str:
    where = cleaned(MoveForm(request.POST))
    position = 100_000 if where["position"] is None else where["position"]
    drafts.move(
        briefing=briefing,
        key=key,
        section=where["section"],
        position=position,
        by=signed_in(request),
    )
    return moved(briefing, key)


def moved(briefing: Briefing, key: str) -> str:
    draft = stored.read(briefing).draft
    number = draft.numbers.get(key)
    place = f"paragraph {number}, under" if number else "under"
    return f"Moved: it is {place} “{draft.portion_of(key).heading}” now."


def split(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.split(
        briefing=briefing, key=key, by=signed_in(request), **cleaned(SplitForm(request.POST))
    )
    return "Split in two."


def join(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.merge(briefing=briefing, key=key, by=signed_in(request))
    return "Joined with the paragraph after it."


def hide(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.hide(briefing=briefing, key=key, by=signed_in(request))
    return "Left out of the paper. It stays here and can be put back."


def restore(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.restore(briefing=briefing, key=key, by=signed_in(request))
    return "Back in the paper."


def accept(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.accept(
        briefing=briefing,
        key=key,
        composed=said_now(briefing),
        by=signed_in(request),
        **cleaned(VersionForm(request.POST)),
    )
    return "It says what the records say now. The words before are among its versions."


def dismiss(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.dismiss(briefing=briefing, key=key, composed=said_now(briefing), by=signed_in(request))
    return "Your words stay. You are told when the records change again."


def back(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.go_back(
        briefing=briefing, key=key, by=signed_in(request), **cleaned(BackForm(request.POST))
    )
    return "The earlier words are back."


def said_now(briefing: Briefing) -> list[Any]:
    try:
        return composed(briefing)
    except DocumentError as error:
        raise Refused(str(error)) from error


def ask_up(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step_ask(briefing=briefing, key=key, places=-1, by=signed_in(request))
    return "Moved up."


def ask_down(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step_ask(briefing=briefing, key=key, places=1, by=signed_in(request))
    return "Moved down."


def ask_hide(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.hide_ask(briefing=briefing, key=key, by=signed_in(request))
    return "Left out of the paper. It stays here and can be put back."


def ask_restore(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.restore_ask(briefing=briefing, key=key, by=signed_in(request))
    return "Back in the paper."


Act = Callable[[HttpRequest, Briefing, str], str]
ACTS: dict[str, Act] = {
    "up": up,
    "down": down,
    "move": move,
    "split": split,
    "join": join,
    "hide": hide,
    "restore": restore,
    "accept": accept,
    "dismiss": dismiss,
    "back": back,
}
ASK_ACTS: dict[str, Act] = {
    "up": ask_up,
    "down": ask_down,
    "hide": ask_hide,
    "restore": ask_restore,
}


@require_POST
def refresh(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = changeable_draft(request, slug, pk)

    def do() -> str:
        count = drafts.refresh(
            briefing=briefing, composed=said_now(briefing), by=signed_in(request)
        )
        if not count:
            return "Every generated paragraph says what the records say."
        return (
            "The generated paragraphs say what the records say now. Edited ones are as they were."
        )

    act(request, do)
    return redirect(home(briefing))


@require_POST
def section(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Another heading for a section."""
    briefing = changeable_draft(request, slug, pk)

    def do() -> str:
        drafts.retitle(
            briefing=briefing,
            section=key,
            by=signed_in(request),
            **cleaned(HeadingForm(request.POST)),
        )
        return "The section has its new heading."

    act(request, do)
    return redirect(home(briefing, f"section-{key}"))


@require_GET
def versions(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Every saved version of a paragraph, newest first, each with what it changed."""
    briefing = readable_briefing(request, slug, pk)
    rows = stored.read(briefing)
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
                    "strands": woven(printed(rows.draft, before), said) if before else [],
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
