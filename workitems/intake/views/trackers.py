"""Bring a tracker in as a new plan: choose the file, check its columns, see the plan, import it.

The file stays on the server between the pages (workbook/held.py); what is chosen stays in the session.
Each page reads the file again, so nothing that is shown can be older than what is imported.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.once import once
from agencies.typed.fields import overwrite_data
from agencies.wording.translation import StrOrPromise, list_in_words
from workitems.intake.cell_kinds import one_line
from workitems.intake.forms.trackers import DoubtsForm, SheetForm, TrackerFileForm, TrackerPlanForm
from workitems.intake.services.trackers import mappings_of
from workitems.intake.tracker.book import PlanFacts, book_of
from workitems.intake.tracker.bringing_in import bring_in, fingerprint_of
from workitems.intake.tracker.contacts import Text
from workitems.intake.tracker.doubts import Doubt
from workitems.intake.tracker.grid import Sheet, Tracker
from workitems.intake.tracker.guess import Mapping, columns_of, guess, headings_at
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.known_agencies import known_agencies
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.said_of_plan import said_of_plan
from workitems.intake.tracker.understood import About, Note, Understood
from workitems.intake.tracker.words import Agencies
from workitems.intake.views.tracker_people import new_people, still_to_invite
from workitems.intake.workbook import Fault, WorkbookRefused, held
from workitems.intake.workbook.importing import preview_book
from workitems.intake.workbook.read import Book
from workitems.models import TrackerNote
from workitems.plan.views.lookups import page_of, plan_at_any_stage, posted, require, signed_in

SESSION_KEY = "held_tracker"
# The preview shows this many items and doubts, and the number of the others.
ITEMS_SHOWN = 200
DOUBTS_SHOWN = 300
WORDS_SHOWN = 100
NOTES_ON_A_PAGE = 200
# The sheets by which a workbook in the register's own format is known.
OWN_SHEETS = {"Plan", "Pillars", "Work items", "Milestones"}
OWN_FORMAT = (
    gettext_lazy("This is a workbook in the register’s own format."),
    gettext_lazy(
        "a spreadsheet of your own. This one is read by “Start a plan from a workbook”, under Plans."
    ),
)
NO_ITEMS = (
    gettext_lazy("No row of the spreadsheet becomes a work item."),
    gettext_lazy(
        "a row below the headings that has a title. Check the rows of headings and the columns."
    ),
)
GONE = gettext_lazy("The spreadsheet is no longer here. Choose it again.")


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Take the file, and lead to its columns."""
    require(request, "workitems.create_plan", None)
    form = TrackerFileForm(posted(request), request.FILES or None)
    faults: tuple[Fault, ...] = ()
    if form.is_valid():
        file = form.cleaned_data["tracker"]
        try:
            tracker = open_tracker(file)
            if {sheet.name for sheet in tracker.sheets} >= OWN_SHEETS:
                raise WorkbookRefused([Fault(*map(str, OWN_FORMAT))])
        except WorkbookRefused as refused:
            faults = refused.faults
        else:
            request.session[SESSION_KEY] = {
                "key": held.keep(file, owner=signed_in(request), at=timezone.now()),
                "name": one_line(file.name)[:100],
            }
            return redirect("plans:tracker-columns")
    return render(
        request,
        "workitems/intake/tracker/choose.html",
        {"form": form, "faults": faults},
        status=422 if faults or form.errors else 200,
    )


@dataclass
class _Held:
    """The user's file with what they have chosen so far. `sheets` are by the sheet's name."""

    key: str
    tracker: Tracker
    agencies: Agencies
    name: str
    plan: dict[str, Any]
    sheets: dict[str, Any]
    answers: dict[str, str]

    @classmethod
    def of(cls, request: HttpRequest) -> "_Held | None":
        kept = request.session.get(SESSION_KEY, {})
        file = held.take(kept["key"], owner=signed_in(request)) if kept else None
        if file is None:
            return None
        with file:
            tracker = open_tracker(file)
        return cls(
            kept["key"],
            tracker,
            known_agencies(localdate()),
            kept["name"],
            kept.get("plan", {}),
            kept.get("sheets", {}),
            kept.get("answers", {}),
        )

    def keep(self, request: HttpRequest) -> None:
        kept = request.session[SESSION_KEY]
        request.session[SESSION_KEY] = kept | {
            "plan": self.plan,
            "sheets": self.sheets,
            "answers": self.answers,
        }

    def mapping(self, sheet: Sheet, near: date) -> Mapping:
        """Return the mapping as chosen, or as guessed where nothing is chosen."""
        chosen = self.sheets.get(sheet.name)
        if chosen is None:
            return guess(sheet, self.agencies, near)
        mapping = guess(sheet, self.agencies, near)
        rows = tuple(chosen["headings"])
        if rows != (mapping.headings.first, mapping.headings.last):
            mapping = guess(sheet, self.agencies, near, headings_at(sheet, *rows))
        fields = {int(index): Field(field) for index, field in chosen["fields"].items()}
        return replace(mapping, is_read=chosen["is_read"]).with_fields(fields)


def _coordinated(request: HttpRequest) -> Any:
    ids = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    return Agency.objects.filter(pk__in=ids).in_order()


def _is_of_another(request: HttpRequest, state: _Held) -> bool:
    """Whether a form is of a file that the user has since replaced by another, as in a second tab."""
    return request.method == "POST" and request.POST.get("file", state.key) != state.key


def _start_again(request: HttpRequest, state: _Held | None) -> HttpResponse:
    message: StrOrPromise = GONE
    if state is not None:
        message = gettext(
            "You have chosen another spreadsheet since, {file}, so nothing was saved or imported. "
            "One is brought in at a time: choose this one again to go on with it."
        ).format(file=state.name)
    messages.error(request, message)
    return redirect("plans:import-tracker")


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest) -> HttpResponse:
    """Show what each column becomes, and ask about the plan itself."""
    require(request, "workitems.create_plan", None)
    state = _Held.of(request)
    if state is None or _is_of_another(request, state):
        return _start_again(request, state)
    today = localdate()
    mappings = {sheet.name: state.mapping(sheet, today) for sheet in state.tracker.sheets}
    remembered = _remembered(request, state, mappings) if request.method != "POST" else None
    forms = [
        SheetForm(
            posted(request),
            prefix=f"s{index}",
            sheet=sheet,
            columns=columns_of(sheet, mappings[sheet.name].headings),
            mapping=mappings[sheet.name],
        )
        for index, sheet in enumerate(state.tracker.sheets)
    ]
    said = said_of_plan(state.tracker, mappings, today)
    plan_form = TrackerPlanForm(
        posted(request),
        coordinated=_coordinated(request),
        on=today,
        said=said,
        initial=state.plan or {"title": said.title, "as_at": said.as_at or today},
    )
    # Each is asked, so that all errors are shown at once.
    validity = [form.is_valid() for form in [*forms, plan_form]]
    are_valid = all(validity)
    if request.method == "POST" and all(validity[:-1]):
        moved = [
            f for f in forms if f.headings != (f.mapping.headings.first, f.mapping.headings.last)
        ]
        state.sheets = {form.sheet.name: _chosen(form, form in moved) for form in forms}
        if plan_form.is_valid():
            data = plan_form.cleaned_data
            state.plan = {
                key: value.isoformat() if isinstance(value, date) else value
                for key, value in data.items()
                if key != "coordinating_agency"
            } | {"coordinating_agency": data["coordinating_agency"].pk}
        if not any(form.cleaned_data["is_read"] for form in forms):
            plan_form.add_error(None, gettext("Choose at least one sheet to read."))
            are_valid = False
        elif moved and are_valid:
            state.keep(request)
            messages.info(
                request, "The headings are read from other rows now. Check the columns again."
            )
            return redirect("plans:tracker-columns")
        elif are_valid:
            state.keep(request)
            return redirect("plans:tracker-preview")
    unread = [form for form in forms if not form.mapping.is_read and not form.is_bound]
    return render(
        request,
        "workitems/intake/tracker/columns.html",
        {
            "state": state,
            "forms": forms,
            "unread": unread,
            "unread_names": list_in_words([f"“{form.sheet.name}”" for form in unread]),
            "plan_form": plan_form,
            "remembered": remembered,
        },
        status=422 if request.method == "POST" else 200,
    )


def _chosen(form: SheetForm, has_moved: bool) -> dict[str, Any]:
    """Return a sheet's choices for the session. Of other headings, the columns that nobody changed are guessed anew."""
    guessed = form.mapping.fields
    return {
        "is_read": form.cleaned_data["is_read"],
        "headings": form.headings,
        "fields": {
            index: str(field)
            for index, field in form.chosen.items()
            if not has_moved or field != guessed.get(index, Field.NOTE)
        },
    }


def _remembered(request: HttpRequest, state: _Held, mappings: dict[str, Mapping]) -> date | None:
    """Put remembered mappings in place of guessed ones, and return when one was saved."""
    if state.sheets:
        return None
    ids = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    known = mappings_of(ids, {mapping.shape for mapping in mappings.values()})
    newest = None
    for name, mapping in mappings.items():
        saved = known.get(mapping.shape) if mapping.headings.last else None
        if saved:
            mappings[name] = mapping.with_order([Field(field) for field in saved.fields])
            state.answers = {**saved.answers, **state.answers}
            newest = saved.saved_on
    if newest:
        state.keep(request)
    return newest


@require_http_methods(["GET", "HEAD", "POST"])
@once
def preview(request: HttpRequest) -> HttpResponse:
    """Show the plan that would come of the tracker with its doubts, and import it."""
    require(request, "workitems.create_plan", None)
    state = _Held.of(request)
    if state is None or _is_of_another(request, state):
        return _start_again(request, state)
    if not state.plan or not state.sheets:
        return redirect("plans:tracker-columns")
    agency = _coordinated(request).filter(pk=state.plan["coordinating_agency"]).first()
    if agency is None:
        return redirect("plans:tracker-columns")
    reading = _Reading(state, agency, localdate())
    form, is_other = None, False
    if request.method == "POST":
        form = DoubtsForm(request.POST, doubts=_shown(reading.found))
        if form.is_valid():
            state.answers |= form.answers
            state.keep(request)
            shown = form.cleaned_data["fingerprint"]
            if request.POST.get("act") != "import":
                return redirect("plans:tracker-preview")
            reading = _Reading(state, agency, localdate())
            is_ready = reading.found.items and not reading.found.open_doubts
            if is_ready and shown == reading.fingerprint:
                return _import(request, state, reading)
            is_other = shown != reading.fingerprint
            form = None
            if still_open := reading.found.open_doubts:
                is_other = False
                form = DoubtsForm(request.POST, doubts=_shown(reading.found))
                form.need(still_open)
                overwrite_data(form, fingerprint=reading.fingerprint)
    return _preview_page(request, state, reading, form, is_other=is_other)


class _Reading:
    """A tracker read with the choices made so far, as a plan and as rows to import."""

    def __init__(self, state: _Held, agency: Agency, today: date) -> None:
        plan = state.plan
        about = About(
            date.fromisoformat(plan["released_on"]),
            date.fromisoformat(plan["as_at"]),
            today,
            agency.short_name,
        )
        facts = PlanFacts(
            plan["title"],
            about.released_on,
            date.fromisoformat(plan["ends_on"]) if plan["ends_on"] else None,
            plan["portfolio"],
            agency.short_name,
        )
        self.agency = agency
        self.mappings = {sheet.name: state.mapping(sheet, today) for sheet in state.tracker.sheets}
        self.found: Understood = understand(
            state.tracker, self.mappings, state.agencies, about, state.answers
        )
        self.book: Book = book_of(self.found, facts, state.agencies)
        self.fingerprint = fingerprint_of(self.book, self.found)


def _import(request: HttpRequest, state: _Held, reading: _Reading) -> HttpResponse:
    user = signed_in(request)
    try:
        outcome = bring_in(
            book=reading.book,
            understood=reading.found,
            mappings=[mapping for mapping in reading.mappings.values() if mapping.is_read],
            name=state.name,
            at=timezone.now(),
            by=user,
            new_for=user.agencies_as(Seat.Role.COORDINATOR),
        )
    except WorkbookRefused as refused:
        again = _Reading(state, reading.agency, localdate())
        return _preview_page(request, state, again, None, faults=refused.faults)
    del request.session[SESSION_KEY]
    held.drop(owner=user, at=timezone.now())
    messages.success(
        request,
        gettext("{file} is imported as a plan. Check it, then adopt it.").format(file=state.name),
    )
    return redirect(outcome.plan)


def _preview_page(
    request: HttpRequest,
    state: _Held,
    reading: _Reading,
    form: DoubtsForm | None,
    *,
    is_other: bool = False,
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    found = reading.found
    if not found.items:
        faults = (Fault(*map(str, NO_ITEMS)),)
    if not faults and not found.open_doubts:
        try:
            preview_book(
                reading.book,
                at=timezone.now(),
                new_for=signed_in(request).agencies_as(Seat.Role.COORDINATOR),
            )
        except WorkbookRefused as refused:
            faults = refused.faults
    if form is None:
        form = DoubtsForm(doubts=_shown(found), initial={"fingerprint": reading.fingerprint})
    pillars = [
        (pillar, [item for item in found.items[:ITEMS_SHOWN] if item.pillar is pillar])
        for pillar in found.pillars
    ]
    people = new_people(
        [Text(*n.place, n.text, n.item.lead if n.item else "") for n in found.notes],
        state.agencies.with_new(found.named_agencies),
    )
    return render(
        request,
        "workitems/intake/tracker/preview.html",
        {
            "state": state,
            "found": found,
            "form": form,
            "faults": faults,
            "is_other": is_other,
            "import_words": _import_words(form.guessed_count),
            "agency": reading.agency,
            "pillars": [(pillar, items) for pillar, items in pillars if items],
            "items_more": max(0, len(found.items) - ITEMS_SHOWN),
            "doubts_more": max(0, len(found.doubts) - DOUBTS_SHOWN),
            "milestones": sum(len(item.milestones) for item in found.items),
            "updates": len(reading.book.rows["Updates"]),
            "rounds": list(reading.book.round_names.values()),
            "cells": sum(found.counts.values()),
            "kept": _kept(found.notes),
            "people": people,
            "addresses": len({each.email.casefold() for each in people}),
        },
        status=422 if faults or is_other or form.errors or request.method == "POST" else 200,
    )


def _import_words(guesses: int) -> str:
    """Return the words of the button that imports, with the number of guesses that nobody has confirmed."""
    if not guesses:
        return gettext("Import as a plan")
    says = ngettext(
        "Import as a plan, with {count} guess", "Import as a plan, with {count} guesses", guesses
    )
    return says.format(count=guesses)


def _shown(found: Understood) -> list[Doubt]:
    return [*found.doubts[:DOUBTS_SHOWN], *found.words[:WORDS_SHOWN]]


def _kept(notes: list[Note]) -> list[dict[str, Any]]:
    """Return what is kept as notes, by heading: how many, an example, and where they go."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    examples: dict[tuple[str, str, bool], Note] = {}
    for note in notes:
        key = (note.sheet, note.heading, note.item is not None)
        counts[key] += 1
        examples.setdefault(key, note)
    return [
        {
            "sheet": sheet,
            "heading": heading,
            "of_item": of_item,
            "count": count,
            "example": examples[sheet, heading, of_item],
        }
        for (sheet, heading, of_item), count in counts.items()
    ]


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """List the texts of a plan's tracker that have no place in the plan, to its coordinators."""
    plan = require(request, "workitems.manage_plan", plan_at_any_stage(request, slug))
    rows = TrackerNote.objects.filter(plan=plan).select_related("item").order_by("position")
    number = request.GET.get("item", "")
    if number:
        rows = rows.filter(item__number=number)
    return render(
        request,
        "workitems/intake/tracker/notes.html",
        {
            "plan": plan,
            "number": number,
            "page": page_of(request, rows, NOTES_ON_A_PAGE),
            "people_to_invite": still_to_invite(plan),
        },
    )
