"""Word copies of a draft: uploading an edited one, and deciding about its suggestions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import form_page
from agencies.pages.once import once
from agencies.typed.fields import overwrite_data, say_refusal
from reports.briefings.services.gates import not_now
from reports.document.wording import capitalised
from reports.document.wording import number as in_words
from reports.drafting import draft_rows
from reports.drafting.draft import Draft, printed, to_numbers
from reports.drafting.sources import RecordLinks
from reports.models import Briefing, Suggestion, WordCopy
from reports.word_copies import services as word_copies
from reports.word_copies.forms import AuthorForm, DecideForm, TakeForm, WordCopyForm
from reports.word_copies.services import Overtaken
from reports.workshop.views.drafting.page import changeable_draft, home
from workitems.plan.services import Conflict, Refused
from workitems.plan.views.lookups import posted, signed_in
from workitems.terms.word_diff import Strand, full_diff

Kind = Suggestion.Kind


@once
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """List the copies that were uploaded, and take another."""
    briefing = changeable_draft(request, slug, pk)
    form = WordCopyForm(posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            copy = word_copies.upload(
                briefing=briefing, data=file.read(), name=file.name, by=signed_in(request),
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            count = copy.suggestions.count()
            message = ngettext(
                "The copy makes {count} suggestion. Nothing has changed in the draft.",
                "The copy makes {count} suggestions. Nothing has changed in the draft.",
                count,
            )
            messages.success(request, message.format(count=in_words(count)))
            return redirect(copy)
    return form_page(
        request,
        "reports/word_copies/list.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        copies=briefing.word_copies.for_list(),
    )


@dataclass(frozen=True)
class Shown:
    """A suggestion on the page. `place` is where, `url` leads there."""

    row: Suggestion
    place: str
    url: str = ""
    words: str = ""
    strands: list[Strand] = field(default_factory=list)
    contradictions: tuple[Any, ...] = ()
    is_overtaken: bool = False

    @property
    def way(self) -> str:
        """What the link to its own page says."""
        if self.is_overtaken:
            return _("Compare")
        return _("Read") if self.row.kind == Kind.REMOVE else _("Change, then accept")


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, slug: str, pk: int, copy: int) -> HttpResponse:
    """Show the suggestions of a copy, and do what was decided about one, or about an author's."""
    briefing = changeable_draft(request, slug, pk)
    row = get_object_or_404(briefing.word_copies, pk=copy)
    row.briefing = briefing
    if request.method == "POST":
        return _act(request, row)
    rows = list(row.suggestions.in_order())
    for each in rows:
        each.copy = row
    shown = shown_suggestions(briefing, rows)
    open_rows = [each for each in shown if each.row.is_open]
    authors: dict[str, int] = {}
    for one in open_rows:
        if not one.row.is_only_read:
            authors[one.row.author] = authors.get(one.row.author, 0) + 1
    return render(
        request,
        "reports/word_copies/detail.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "copy": row,
            "open_rows": open_rows,
            "decided": [each for each in shown if not each.row.is_open],
            "authors": authors if briefing.is_open else {},
            "may_decide": briefing.is_open,
        },
    )


def _act(request: HttpRequest, row: WordCopy) -> HttpResponse:
    act = request.POST.get("act", "")
    by, at = signed_in(request), timezone.now()
    if act == "author":
        form = AuthorForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest(_("Choose whose suggestions to accept."))
        _accept_all(request, row, form.cleaned_data["author"])
        return redirect(row)
    services: dict[str, tuple[Callable[..., Suggestion], str]] = {
        "accept": (partial(word_copies.accept, by=by, at=at), _("Accepted: the draft has it now.")),
        "reject": (
            partial(word_copies.reject, by=by, at=at),
            _("Rejected. The draft stays as it is."),
        ),
        "resolve": (partial(word_copies.resolve, by=by, at=at), _("Marked as resolved.")),
        "reopen": (partial(word_copies.reopen, by=by), _("Reopened.")),
    }
    decide = DecideForm(request.POST)
    if act not in services or not decide.is_valid():
        return HttpResponseBadRequest(_("Choose a suggestion and what to do with it."))
    suggestion = get_object_or_404(row.suggestions, pk=decide.cleaned_data["suggestion"])
    service, message = services[act]
    try:
        service(suggestion=suggestion, version=decide.cleaned_data["version"])
    except Overtaken as refusal:
        messages.warning(request, str(refusal))
        return redirect(
            "workshop:suggestion", row.briefing.plan.slug, row.briefing_id, row.pk, suggestion.pk
        )
    except Conflict:
        messages.error(
            request,
            _("This was changed elsewhere, so nothing was done. Read it, then try again."),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, message)
    return redirect(f"{row.get_absolute_url()}#suggestion-{suggestion.pk}")


def _accept_all(request: HttpRequest, row: WordCopy, author: str) -> None:
    try:
        accepted, refused = word_copies.accept_all(
            copy=row, author=author, by=signed_in(request), at=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    if accepted:
        messages.success(
            request,
            ngettext(
                "{count} suggestion accepted from {author}.",
                "{count} suggestions accepted from {author}.",
                accepted,
            ).format(count=capitalised(in_words(accepted)), author=author),
        )
    if refused:
        message = ngettext(
            "{count} suggestion of {author} left open. {reason}",
            "{count} suggestions of {author} left open. {reason}",
            len(refused),
        )
        messages.warning(
            request,
            message.format(
                count=capitalised(in_words(len(refused))), author=author, reason=refused[0][1]
            ),
        )
    if not accepted and not refused:
        messages.info(
            request, _("{author} has no open suggestion in this copy.").format(author=author)
        )


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(
    request: HttpRequest, slug: str, pk: int, copy: int, suggestion: int
) -> HttpResponse:
    """Show one suggestion beside the draft's text now, to take it, change it first, or reject it."""
    briefing = changeable_draft(request, slug, pk)
    parent = get_object_or_404(briefing.word_copies, pk=copy)
    row = get_object_or_404(parent.suggestions, pk=suggestion)
    parent.briefing, row.copy = briefing, parent
    if not briefing.is_open or not row.is_open or row.is_only_read or row.kind == Kind.MOVE:
        if not briefing.is_open:
            messages.error(request, str(not_now(briefing, _("its text is locked"))))
        return redirect(f"{parent.get_absolute_url()}#suggestion-{row.pk}")
    draft = draft_rows.read_draft(briefing).draft
    now, read = _now(briefing, row)
    best = row.would
    if row.kind == Kind.EDIT:
        best = word_copies.proposed_text(row, now) or row.would
    is_merged = best != row.would
    if row.is_ask:
        best = best.replace("**", "", 2)  # around its verb
    initial = {"version": row.version, "read": read, "text": to_numbers(draft, best)}
    form = TakeForm(posted(request), initial=initial, is_removal=row.kind == Kind.REMOVE)
    if form.is_valid():
        chosen = form.cleaned_data.get("text")
        try:
            word_copies.accept(
                suggestion=row, version=form.cleaned_data["version"], by=signed_in(request),
                at=timezone.now(), text=chosen, read=form.cleaned_data["read"],
            )  # fmt: skip
        except Conflict:
            form.add_error(
                None,
                _(
                    "The paragraph was changed again while you were reading. Its text is below as it is now; "
                    "yours is in the box. Compare the two and save again."
                ),
            )
            overwrite_data(form, read=read, version=row.version)
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            messages.success(request, _("Accepted: the draft has it now."))
            return redirect(f"{parent.get_absolute_url()}#suggestion-{row.pk}")
    [shown] = shown_suggestions(briefing, [row])
    return form_page(
        request,
        "reports/word_copies/suggestion.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        copy=parent,
        shown=shown,
        now=printed(draft, now).replace("**", ""),
        is_changed=now != row.was,
        is_merged=is_merged,
        since=differing(printed(draft, row.was), printed(draft, now)),
    )


def _now(briefing: Briefing, row: Suggestion) -> tuple[str, int | None]:
    if row.kind == Kind.HEADING:
        section = briefing.draft_sections.filter(key=row.key).first()
        return (section.heading if section else ""), None
    return word_copies.text_now(briefing, row.key) or ("", None)


def shown_suggestions(briefing: Briefing, rows: list[Suggestion]) -> list[Shown]:
    """Return suggestions with their places, differences, and records that they contradict."""
    from reports.word_copies.contradictions import contradictions, facts_of

    stored = draft_rows.read_draft(briefing)
    draft = stored.draft
    parts = {part.key: part for part in draft.parts()}
    sources = [
        source
        for row in rows
        if row.is_open and row.key in parts
        for source in parts[row.key].sources
    ]
    facts = facts_of(dict.fromkeys(sources))
    links = RecordLinks.of_sources(briefing.plan, sources) if sources else None
    urls = {source: links.now(source) for source in facts} if links else {}
    found = []
    for row in rows:
        was, would = printed(draft, row.was), printed(draft, row.would)
        part = parts.get(row.key)
        wrong: tuple[Any, ...] = ()
        if part and row.is_open and row.kind == Kind.EDIT:
            known = [facts[source] for source in part.sources if source in facts]
            generated = " ".join(taken.text for taken in part.taken)
            wrong = tuple(contradictions(was, would, generated, known, urls))
        now = word_copies.now_of(stored, row.key)
        place, url = _place(briefing, draft, row)
        has_words = not row.is_only_read and row.kind != Kind.MOVE
        found.append(
            Shown(
                row=row,
                place=place,
                url=url,
                words=was.replace("**", ""),
                strands=differing(was, would) if has_words else [],
                contradictions=wrong,
                is_overtaken=row.kind in (Kind.EDIT, Kind.REMOVE)
                and row.is_open
                and now is not None
                and now[0] not in (row.was, row.would),
            )
        )
    return found


def differing(was: str, would: str) -> list[Strand]:
    """Return the difference in words or, if there is none, in what is bold."""
    plain = was.replace("**", ""), would.replace("**", "")
    return full_diff(*plain) if plain[0] != plain[1] else full_diff(was, would)


def _place(briefing: Briefing, draft: Draft, row: Suggestion) -> tuple[str, str]:
    """Return where a suggestion is, in words, and the address of that place."""
    if row.kind == Kind.UNPLACED:
        return row.about, ""
    if row.kind == Kind.HEADING:
        return _("Heading “{heading}”").format(heading=row.was), home(
            briefing, f"section-{row.key}"
        )
    where = row.key
    before = ""
    if row.kind in (Kind.ADD, Kind.MOVE):
        before = row.after
    if number := draft.numbers.get(where):
        place = _("Paragraph {number}").format(number=number)
    elif number := draft.ask_number(where):
        place = _("Recommendation {number}").format(number=number)
    elif row.kind == Kind.ADD:
        place = _("A new recommendation") if row.is_ask else _("A new paragraph")
        where = ""
    elif row.key:
        place = _("A paragraph that is not in the paper")
    else:
        return _("The whole paper"), ""
    if row.kind in (Kind.ADD, Kind.MOVE) and not row.is_ask and row.is_open:
        place += _follows(draft, row, before)
    return place, home(briefing, where) if where else ""


def _follows(draft: Draft, row: Suggestion, before: str) -> str:
    if number := draft.numbers.get(before):
        return _(", after paragraph {number}").format(number=number)
    if before:
        return _(", after another new paragraph")
    heading = next((each.heading for each in draft.portions if each.key == row.section), "")
    return _(", first under “{heading}”").format(heading=heading) if heading else ""
