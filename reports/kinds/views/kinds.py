"""A plan's kinds of briefing. Users who can read drafts see them; the coordinator changes them.

Each page shows the paper that the kind would print; "Preview" does so with unsaved changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saved,
    saying_refusals,
)
from agencies.pages.once import once
from agencies.wording.translation import day_words
from reports.document import DocumentError
from reports.drafting.draft import CLOSING
from reports.kinds.forms.kinds import (
    AddSectionForm,
    ChangeKindForm,
    CopyForm,
    SectionForm,
    WithdrawForm,
)
from reports.kinds.kind_history import history_of
from reports.kinds.pattern import preview, preview_briefing
from reports.kinds.services import kinds
from reports.kinds.services.annex_choices import words_of
from reports.models import AnnexChoice, BriefingKind, KindSection
from reports.render.html import body_fragment, document_fragment
from workitems.models import Plan
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan

PREVIEW = "preview"
# Values of the buttons that move a section, as a number of places.
PLACES = {"up": -1, "down": 1}


def readable_plan(request: HttpRequest, slug: str) -> Plan:
    plan = visible_plan(request, slug)
    require(request, "reports.read_briefing", plan)
    return plan


def readable_kind(request: HttpRequest, slug: str, name: str) -> BriefingKind:
    plan = readable_plan(request, slug)
    kind = get_object_or_404(BriefingKind, plan=plan, slug=name)
    kind.plan = plan
    return kind


def changeable_kind(request: HttpRequest, slug: str, name: str) -> BriefingKind:
    kind = readable_kind(request, slug, name)
    require(request, "reports.change_kind", kind)
    return kind


def changeable_section(request: HttpRequest, slug: str, name: str, key: str) -> KindSection:
    kind = changeable_kind(request, slug, name)
    row = get_object_or_404(KindSection, kind=kind, key=key)
    row.kind = kind
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List the plan's kinds, or the product's, which a POST copies into the plan."""
    plan = readable_plan(request, slug)
    if request.method == "POST":
        require(request, "reports.change_kind", plan)
        kinds.take_patterns(plan=plan, by=signed_in(request))
        messages.success(request, _("These are the plan’s own kinds of briefing now."))
        return redirect("briefings:kinds", plan.slug)
    rows = list(BriefingKind.objects.filter(plan=plan).in_order().for_list())
    for row in rows:
        row.plan = plan
    return render(
        request,
        "reports/kinds/list.html",
        {
            "plan": plan,
            "rows": rows,
            "patterns": [] if rows else kinds.patterns(),
            "may_change": request.user.has_perm("reports.change_kind", plan),
        },
    )


# --- kinds --------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show the sections in order, beside the paper that the kind would print today."""
    row = readable_kind(request, slug, kind)
    every = list(row.sections.in_order())
    sections = [each for each in every if each.withdrawn_on is None]
    before = [each for each in sections if each.content != CLOSING]
    shown = preview_context(row, sections)
    return render(
        request,
        "reports/kinds/detail.html",
        {
            "plan": row.plan,
            "kind": row,
            "sections": [
                {
                    "row": each,
                    "place": shown["places"].get(each.key, ""),
                    "may_rise": each in before[1:],
                    "may_sink": each in before[:-1],
                    "is_closing": each.content == CLOSING,
                }
                for each in sorted(sections, key=lambda each: each.content == CLOSING)
            ],
            "withdrawn": [each for each in every if each.withdrawn_on is not None],
            "annexes": annex_labels(row.annexes),
            "uses": row.briefings.count(),
            "shown": shown,
            "may_change": request.user.has_perm("reports.change_kind", row),
        },
    )


@require_safe
def paper(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show the complete paper that the kind would print today, with cover and annexes."""
    row = readable_kind(request, slug, kind)
    shown = preview_context(row, row.sections.live().in_order(), in_full=True)
    return render(
        request,
        "reports/kinds/paper.html",
        {"plan": row.plan, "kind": row, "shown": shown},
    )


@require_safe
def history(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    row = readable_kind(request, slug, kind)
    return render(
        request,
        "reports/kinds/history.html",
        {"plan": row.plan, "kind": row, "entries": history_of(row)},
    )


def preview_context(
    kind: BriefingKind,
    sections: Iterable[KindSection],
    *,
    asks: Sequence[Mapping[str, str]] | None = None,
    annexes: Sequence[str] | None = None,
    title: str = "",
    most_words: int | None = None,
    in_full: bool = False,
) -> dict[str, Any]:
    """Return the context for the paper that the kind would print today, or for why not."""
    briefing = preview_briefing(kind.plan, localdate(), title or kind.title)
    shown: dict[str, Any] = {"briefing": briefing, "places": {}}
    try:
        made = preview(
            briefing,
            sections,
            asks=kind.asks if asks is None else asks,
            annexes=kind.annexes if annexes is None else annexes,
            most_words=most_words or kind.most_words,
            in_full=in_full,
            today=localdate(),
        )
        fragment = document_fragment if in_full else body_fragment
        return shown | {"paper": fragment(made.document), "places": made.places}
    except DocumentError as refusal:
        return shown | {"refusal": str(refusal)}


def annex_labels(names: Iterable[str]) -> list[str]:
    return [str(AnnexChoice(name).label) for name in names]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Change a kind's name, title, length, annexes and recommendations."""
    row = changeable_kind(request, slug, kind)
    form = ChangeKindForm(posted(request), row=row)
    tried: dict[str, Any] = {}
    if form.is_valid():
        with saying_refusals(form):
            if wants_preview(request):
                tried = {
                    "asks": kinds.checked_asks(form.asks),
                    "annexes": form.annexes,
                    "title": kinds.checked_title(form.cleaned_data["title"]),
                    "most_words": form.cleaned_data["most_words"],
                }
            else:
                kept = kinds.change_kind(
                    kind=row,
                    version=form.cleaned_data["version"],
                    name=form.cleaned_data["name"],
                    title=form.cleaned_data["title"],
                    annexes=form.annexes,
                    most_words=form.cleaned_data["most_words"],
                    asks=form.asks,
                    reason=form.cleaned_data["reason"],
                    by=signed_in(request),
                )
                return saved(request, form, kept, _("Saved. New briefings will have it."), row)
    shown = preview_context(row, row.sections.live().in_order(), **tried)
    theirs = kind_theirs(form.conflict)
    return page_beside_paper(request, "change", row, form, shown, tried=bool(tried), theirs=theirs)


def kind_theirs(current: BriefingKind | None) -> list[tuple[str, str]]:
    if current is None:
        return []
    return [
        (_("Name"), current.name),
        (_("Title of its briefings"), current.title),
        (_("Most words before the annexes"), f"{current.most_words:,}"),
        (_("Annexes"), words_of(current.annexes)),
        (_("Recommendations"), "; ".join(f"{ask['verb']} {ask['text']}" for ask in current.asks)),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def copy(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Copy a kind under a new name."""
    row = changeable_kind(request, slug, kind)
    form = CopyForm(posted(request))
    if made := carry_out(request, form, kinds.copy_kind, kind=row):
        return done(
            request, _("“{name}” is a kind of briefing of this plan now."), made, name=made.name
        )
    return form_page(request, "reports/kinds/copy.html", form, plan=row.plan, kind=row)


# --- sections -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, slug: str, kind: str, key: str) -> HttpResponse:
    """Change a section's heading, content or standing text, or preview the change."""
    row = changeable_section(request, slug, kind, key)
    form = SectionForm(posted(request), row=row)
    tried: list[KindSection] = []
    if form.is_valid():
        with saying_refusals(form):
            if wants_preview(request):
                tried = kinds.as_written(section=row, **form.words)
            else:
                kept = kinds.change_section(
                    section=row,
                    version=form.cleaned_data["version"],
                    reason=form.cleaned_data["reason"],
                    by=signed_in(request),
                    **form.words,
                )
                return saved(request, form, kept, _("Saved. New briefings will have it."), row.kind)
    shown = preview_context(row.kind, tried or row.kind.sections.live().in_order())
    theirs = section_theirs(form.conflict)
    return page_beside_paper(
        request, "section", row.kind, form, shown, row=row, tried=bool(tried), theirs=theirs
    )


def section_theirs(current: KindSection | None) -> list[tuple[str, str]]:
    if current is None:
        return []
    found = [
        (_("Heading"), current.heading),
        (_("What is written into it"), current.get_content_display()),
        (_("Standing text"), current.standing_text),
    ]
    if current.withdrawn_on:
        found.append((_("Withdrawn on"), day_words(current.withdrawn_on)))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_section(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    row = changeable_kind(request, slug, kind)
    sections = list(row.sections.live().in_order())
    form = AddSectionForm(posted(request), rows=sections)
    tried: list[KindSection] = []
    if form.is_valid():
        words = {**form.words, "after": form.cleaned_data["after"]}
        with saying_refusals(form):
            if wants_preview(request):
                tried = kinds.as_added(kind=row, **words)
            else:
                kinds.add_section(
                    kind=row, reason=form.cleaned_data["reason"], by=signed_in(request), **words
                )
                messages.success(
                    request,
                    _("“{heading}” is a section now.").format(heading=form.words["heading"]),
                )
                return redirect(row)
    added = next((each for each in tried if each.pk is None), None)
    shown = preview_context(row, tried or sections)
    return page_beside_paper(request, "add", row, form, shown, row=added, tried=bool(tried))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_section(request: HttpRequest, slug: str, kind: str, key: str) -> HttpResponse:
    row = changeable_section(request, slug, kind, key)
    form = WithdrawForm(posted(request))
    if carry_out(request, form, kinds.withdraw_section, section=row, on=localdate()):
        message = _("“{heading}” is withdrawn. It can be brought back.")
        return done(request, message, row.kind, heading=row.heading)
    context = {"plan": row.kind.plan, "kind": row.kind, "row": row}
    return form_page(request, "reports/kinds/withdraw.html", form, **context)


@require_POST
def move_section(request: HttpRequest, slug: str, kind: str, key: str) -> HttpResponse:
    """Move a section. Return to the button that was pressed, or at an end to the other one of its row."""
    row = changeable_section(request, slug, kind, key)
    way = request.POST.get("way", "")
    if way not in PLACES:
        raise BadRequest
    with refusals_in_messages(request):
        kinds.move_section(section=row, places=PLACES[way], by=signed_in(request))
        message = _("“{heading}” is moved up.") if way == "up" else _("“{heading}” is moved down.")
        messages.success(request, message.format(heading=row.heading))
    keys = [each.key for each in row.kind.sections.live().in_order() if each.content != CLOSING]
    if row.key in (keys[0], keys[-1]):
        way = "down" if row.key == keys[0] else "up"
    return redirect(f"{row.kind.get_absolute_url()}#{way}-{row.key}")


@require_POST
def restore_section(request: HttpRequest, slug: str, kind: str, key: str) -> HttpResponse:
    row = changeable_section(request, slug, kind, key)
    with refusals_in_messages(request):
        kinds.restore_section(section=row, by=signed_in(request))
        messages.success(
            request, _("“{heading}” is back in its place.").format(heading=row.heading)
        )
    return redirect(f"{row.kind.get_absolute_url()}#section-{row.key}")


# --- pages with a form --------------------------------------------------------------------------


def wants_preview(request: HttpRequest) -> bool:
    return request.POST.get("act") == PREVIEW


def page_beside_paper(
    request: HttpRequest,
    template: str,
    kind: BriefingKind,
    form: Any,
    shown: dict[str, Any],
    *,
    row: KindSection | None = None,
    tried: bool = False,
    theirs: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """Render a form beside the paper. `tried`: the paper includes changes that are not saved."""
    return form_page(
        request,
        f"reports/kinds/{template}.html",
        form,
        plan=kind.plan,
        kind=kind,
        row=row,
        is_closing=row is not None and row.content == CLOSING,
        place=shown["places"].get(row.key, "") if row else "",
        shown=shown,
        tried=tried,
        theirs=theirs,
        uses=kind.briefings.count(),
    )
