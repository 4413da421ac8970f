"""Saving the text of a paragraph, a recommendation or a heading. What was typed is never dropped."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import time_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from agencies.pages.form_pages import saying_refusals
from agencies.pages.permissions import wants_json
from agencies.typed.fields import say_refusal
from reports.drafting import draft_rows
from reports.drafting.asks import parted
from reports.drafting.draft import Draft, to_numbers
from reports.drafting.page import page_of
from reports.models import Briefing, DraftAsk, DraftParagraph
from reports.workshop.forms.drafting import AskForm, HeadingForm, ParagraphForm, TypedForm
from reports.workshop.services import drafts
from reports.workshop.views.drafting.acts import ACTS, ASK_ACTS, Act, outcome, run_action
from reports.workshop.views.drafting.page import (
    changeable_draft,
    changed,
    home,
    record_named,
    show,
    steps_html,
)
from workitems.plan.services import Conflict, Refused
from workitems.plan.views.lookups import signed_in
from workitems.terms.sentence_ends import ended

SAVE = "save"


@require_POST
def paragraph(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Do an action on a paragraph: `act` is "save" or a name in `ACTS`."""
    briefing = changeable_draft(request, slug, pk)
    if request.POST.get("act", SAVE) == SAVE:
        return save(request, briefing, key, ParagraphForm(request.POST, key=key), save_words)
    return _do(request, briefing, key, ACTS, at_paragraph)


def at_paragraph(briefing: Briefing, key: str) -> str:
    """Return the URL of the page at a paragraph, with its sources."""
    if any(part.key == key for part in draft_rows.read_draft(briefing).draft.parts()):
        return home(briefing, key, f"?at={quote(key)}")
    return home(briefing)


@require_POST
def ask(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Do an action on a recommendation: "save", "up", "down", "hide" or "restore"."""
    briefing = changeable_draft(request, slug, pk)
    if request.POST.get("act", SAVE) == SAVE:
        return save(request, briefing, key, AskForm(request.POST, key=key), save_ask)
    return _do(request, briefing, key, ASK_ACTS, home)


def _do(
    request: HttpRequest,
    briefing: Briefing,
    key: str,
    acts: Mapping[str, Act],
    address: Callable[[Briefing, str], str],
) -> HttpResponse:
    act = acts.get(request.POST["act"])
    if act is None:
        raise BadRequest
    if wants_json(request):
        _, message = outcome(lambda: act(request, briefing, key))
        return changed(request, briefing, message=message, key=key)
    run_action(request, lambda: act(request, briefing, key), briefing, key)
    return redirect(address(briefing, key))


def save(
    request: HttpRequest,
    briefing: Briefing,
    key: str,
    form: TypedForm,
    service: Callable[[HttpRequest, Briefing, str, Any], DraftParagraph | DraftAsk],
) -> HttpResponse:
    """Save what was typed, or show it again with the error or the conflicting text."""
    theirs: dict[str, Any] | None = None
    if form.is_valid():
        try:
            row = service(request, briefing, key, form)
        except Conflict as conflict:
            theirs = theirs_of(briefing, conflict.current)
            form.add_error(None, str(conflict))
            form.show_again(version=conflict.current.version)
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            if wants_json(request):
                rows = draft_rows.read_draft(briefing)
                saved = saved_json(rows.draft, row)
                saved |= {"steps": steps_html(request, briefing, rows), "moved": verb_moved(form)}
                return JsonResponse(saved)
            says = (ended(gettext("Saved at {time}").format(time=clock())), verb_moved(form))
            messages.success(request, " ".join(filter(None, says)))
            if isinstance(row, DraftAsk):
                return redirect(home(briefing, key))
            return redirect(at_paragraph(briefing, key))
    if not wants_json(request):
        fresh = Briefing.objects.select_related("plan", "kind").get(pk=briefing.pk)
        page = page_of(fresh, localdate())
        if not fresh.is_open:
            # The form is no longer shown, so show the text elsewhere.
            theirs = {"unsaved": form["text"].value(), "why": form.non_field_errors()}
        return show(request, page, form=form, key=key, theirs=theirs, status=422)
    answer: dict[str, Any] = {"errors": {name or "": list(e) for name, e in form.errors.items()}}
    if theirs is None:
        return JsonResponse(answer, status=422)
    context = {"theirs": theirs, "key": key, "back": home(briefing, key)}
    answer |= {"version": theirs["version"], "fields": theirs["fields"]}
    answer["theirs"] = render(request, "reports/workshop/theirs.html", context).content.decode()
    return JsonResponse(answer, status=409)


@require_POST
def section(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Change a section's heading. A refused one is shown in its box again, with the error."""
    briefing = changeable_draft(request, slug, pk)
    get_object_or_404(briefing.draft_sections, key=key)
    form = HeadingForm(request.POST, section=key)
    if form.is_valid():
        with saying_refusals(form):
            drafts.retitle(
                briefing=briefing, section=key, by=signed_in(request), **form.cleaned_data
            )
            messages.success(request, gettext("The section has its new heading."))
            return redirect(home(briefing, f"section-{key}"))
    page = page_of(Briefing.objects.select_related("plan", "kind").get(pk=briefing.pk), localdate())
    theirs = None
    if not page.drafted.briefing.is_open:
        theirs = {"unsaved": form["heading"].value(), "why": form.non_field_errors()}
    return show(request, page, heading=form, theirs=theirs, status=422)


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
        "is_pause": wants_json(request),
    }
    if typed["version"]:
        return drafts.edit(**common, version=typed["version"])
    if not key.startswith("p-"):
        raise Http404
    record = None
    if typed["source"]:
        record = record_named(page_of(briefing, localdate()), typed["source"])
    return drafts.add(
        **common,
        section=typed["section"],
        after=typed["after"],
        sources=(record.source,) if record else (),
    )


def save_ask(request: HttpRequest, briefing: Briefing, key: str, form: AskForm) -> DraftAsk:
    if not key.startswith("r-"):
        raise Http404
    return drafts.save_ask(
        briefing=briefing,
        key=key,
        by=signed_in(request),
        is_pause=wants_json(request),
        **form.cleaned_data,
    )


def verb_moved(form: TypedForm) -> str:
    """Say that a recommendation's text began with its verb, or return ""."""
    typed = form.cleaned_data
    if "verb" not in typed:
        return ""
    verb, text = parted(typed["verb"], typed["text"])
    return (
        ""
        if text == typed["text"]
        else gettext(
            "The text began with “{verb}”. That is now its verb, and is printed once."
        ).format(verb=verb)
    )


def clock() -> str:
    return time_format(localtime(), "g:i a")


def fields_of(draft: Draft, row: DraftParagraph | DraftAsk) -> dict[str, str]:
    """Return a row's editable text by field."""
    fields = {"text": to_numbers(draft, row.text)}
    if isinstance(row, DraftAsk):
        fields |= {"verb": row.verb, "options": row.options}
    return fields


def saved_json(draft: Draft, row: DraftParagraph | DraftAsk) -> dict[str, Any]:
    origin = row.get_origin_display() if isinstance(row, DraftParagraph) else ""
    return {
        "version": row.version,
        "fields": fields_of(draft, row),
        "seen": " ".join(draft.numbers),
        "origin": origin,
        "is_ours": isinstance(row, DraftParagraph) and row.origin != "generated",
        "saved_at": clock(),
    }


def theirs_of(briefing: Briefing, row: DraftParagraph | DraftAsk) -> dict[str, Any]:
    """Return what another user saved first: who, when, and the text."""
    last = row.history.select_related("history_user").order_by("-history_id").first()
    return {
        "version": row.version,
        "fields": fields_of(draft_rows.read_draft(briefing).draft, row),
        "who": last.history_user.name if last and last.history_user else gettext("A user"),
        "at": last.history_date if last else None,
        "is_gone": getattr(row, "is_withdrawn", False),
    }
