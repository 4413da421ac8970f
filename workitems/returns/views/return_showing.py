"""The page of a return, as its writers, its approver and the coordinator see it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from agencies.models import WRITING_ROLES, Seat, User
from agencies.people.submitting import Submitters, single_coordinator
from workitems.desk.to_dos import days_until
from workitems.intake.forms.workbook import WorkbookForm
from workitems.intake.services.trackers import named_beside_each
from workitems.models import Evidence, Return, WorkItem
from workitems.models.plan import READING_ROLES
from workitems.notes.read_conversations import open_talk
from workitems.plan.asat import Moment
from workitems.plan.assigned import given_in
from workitems.plan.services.assignments import takers
from workitems.plan.views.lookups import signed_in
from workitems.returns.forms.returns import SendBackForm, WritersNoteForm
from workitems.returns.page_sections import Section
from workitems.returns.return_page import Page, moved_to, takes_answers
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services
from workitems.returns.views.answer_replies import target_of
from workitems.returns.views.answers import Entry, NoteEntry, note_entries
from workitems.returns.views.measure_answers import MeasureEntry, measure_entries
from workitems.returns.views.return_access import MINE
from workitems.returns.what_stays import recalled, what_stays
from workitems.returns.who_submits import who_submits


@dataclass(frozen=True)
class Left:
    """What to ask about once more before a return is submitted."""

    unmended: round_services.Unmended | None = None
    empty: tuple[Section, ...] = ()


def writers_form_for(person: User, of_return: Return) -> WritersNoteForm | None:
    """Return the form with which the person may send the return back to its writers, if they may."""
    may = takes_answers(of_return) and person.has_perm("workitems.return_to_writers", of_return)
    return WritersNoteForm() if may else None


def notes_on_the_whole(
    of_return: Return, page: Page, data: QueryDict | None = None
) -> list[NoteEntry]:
    may_reply = takes_answers(of_return)
    return note_entries(page.notes, page.mendings, data, may_reply=may_reply)


def show(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    entries: list[Entry],
    *,
    notes: list[NoteEntry] | None = None,
    measures: list[MeasureEntry] | None = None,
    send_back: SendBackForm | None = None,
    writers_form: WritersNoteForm | None = None,
    left: Left | None = None,
    status: int = 200,
) -> HttpResponse:
    person, on, round = signed_in(request), localdate(), of_return.round
    mine = show_given(person, of_return, [entry.section for entry in entries], on)
    only_mine = bool(mine) and request.GET.get("only") == MINE
    if only_mine:
        entries = [entry for entry in entries if entry.section.is_mine or entry.is_wrong]
    writes = takes_answers(of_return) and person.has_perm("workitems.write_update", of_return)
    if measures is None:
        measures = (
            measure_entries(of_return, page.measures)
            if writes
            else [MeasureEntry(each) for each in page.measures]
        )
    by_item = {entry.section.item.pk: entry for entry in entries}
    for each in measures:
        if (entry := by_item.get(each.asked.measure.item_id or 0)) is not None:
            entry.measures.append(each)
    reviews = (
        of_return.state == Return.State.SUBMITTED
        and round.is_open
        and person.has_perm("workitems.accept_return", of_return)
    )
    if reviews and send_back is None:
        send_back = SendBackForm(None, items=items_on(page))
    if send_back is not None:
        asked = {item.pk for item in send_back.items}
        for entry in entries:
            if entry.section.item.pk in asked:
                entry.send_back = send_back.note_on(entry.section.item)
    is_submitted = of_return.state == Return.State.SUBMITTED and round.is_open
    may_recall = is_submitted and person.has_perm("workitems.recall_return", of_return)
    was_recalled = recalled(of_return)
    for_agency = round_services.is_for_agency(of_return, person)
    people = who_submits([of_return], on)[of_return.pk] if writes else None
    plan_agency = of_return.round.plan.coordinating_agency_id
    coordinates = plan_agency in person.agencies_as(Seat.Role.COORDINATOR)
    may_invite = (writes or reviews) and person.has_perm("agencies.manage_seats", of_return.agency)
    review_refused = of_return.submitted_by_id == person.pk or page.authors == {person.pk}
    led = [entry for entry in entries if entry.section.is_led]
    supported = [
        entry
        for entry in entries
        if not entry.section.is_led
        and not entry.section.is_former
        and (writes or entry.section.is_answered)
        and not (writes and entry.section.is_brief)
    ]
    return render(
        request,
        "workitems/returns/detail.html",
        {
            "plan": round.plan,
            "return": of_return,
            "round": round,
            "page": page,
            # Once every item is answered, what is left is what the coordinator asks to change.
            "is_only_mending": of_return.state == Return.State.SENT_BACK
            and page.answered == page.total
            and bool(page.to_mend),
            "led": led,
            "supported": supported,
            "former": [
                entry for entry in entries if entry.section.is_former and not entry.section.is_led
            ],
            "named": [entry for entry in entries if writes and entry.section.is_brief],
            "missing": [
                (
                    section,
                    [{"says": fault.says, "target": target_of(fault)} for fault in section.missing],
                )
                for section in page.sections
                if section.missing
            ],
            "other_measures": [
                each for each in measures if each.asked.measure.item_id not in by_item
            ],
            "missing_numbers": [
                {"says": fault.says, "target": target_of(fault)} for fault in page.measures_missing
            ],
            "unsaved": [entry.section for entry in entries if entry.is_wrong],
            "forms": [
                *(form for entry in entries for form in entry.forms if form.is_touched()),
                *(each.form for each in measures if each.is_wrong),
            ],
            "refusals": [
                (entry.section, refusal) for entry in entries for refusal in entry.refusals
            ],
            "notes": notes if notes is not None else notes_on_the_whole(of_return, page),
            "newest_note": max(
                (
                    note.pk
                    for notes in (page.notes, *(each.notes for each in page.sections))
                    for note in notes
                ),
                default=0,
            ),
            "mails": mails_of(of_return),
            "workbook_form": WorkbookForm() if writes else None,
            "is_for_agency": for_agency,
            "mine": mine,
            "only_mine": only_mine,
            "may_recall": may_recall,
            "recall_obstacle": handover_services.recall_obstacle(of_return) if may_recall else "",
            "what_stays": what_stays(of_return) if may_recall or was_recalled else (),
            "recalled": was_recalled,
            "writers_form": writers_form or writers_form_for(person, of_return),
            "unmended": left and left.unmended,
            "asks_about_empty": left and left.empty,
            "moved_to": moved_to(of_return, on),
            "due_in": days_until(of_return.due_on, on),
            "is_overdue": of_return.is_overdue(on),
            "is_unasked": of_return.is_with_agency and not page.sections and _is_unasked(of_return),
            "is_sent_back": of_return.state == Return.State.SENT_BACK,
            "may_write": writes,
            "may_submit": writes and person.has_perm("workitems.submit_return", of_return),
            "wrote_it_all": page.authors == {person.pk}
            and not for_agency
            and of_return.alone_allowed_at is None,
            "may_review": reviews,
            "review_refused": review_refused,
            "short_of": short_of(
                of_return,
                people,
                # One coordinator is no obstacle to what the others write and submit.
                is_coordinators=coordinates and may_invite,
                cannot_accept=bool(reviews and review_refused),
                on=on,
            ),
            "may_invite": may_invite,
            "people": people,
            "nobody_to_email": people is not None and people.without_anyone_to_email(person.pk),
            # Passed even if the user may no longer review, so that a refused note is not lost.
            "send_back_form": send_back,
            "talk": open_talk(
                request,
                of_return.round.plan,
                "of_return",
                of_return,
                Moment.today(on),
                at=timezone.now(),
                is_empty=not of_return.has_notes,  # type: ignore[attr-defined]
            ),
        },
        status=status,
    )


def _is_unasked(of_return: Return) -> bool:
    return Return.objects.filter(pk=of_return.pk).with_nothing_to_answer().exists()


def show_given(person: User, of_return: Return, sections: list[Section], on: date) -> int:
    """Put into the sections who looks after each item, and where to give it, for the agency's own people.
    Return how many are the reader's. One query, two more of a plan that came from a spreadsheet, which
    names people beside items; none for others."""
    if of_return.agency_id not in person.agencies_as(*READING_ROLES):
        return 0
    items = [section.item.pk for section in sections]
    given = given_in([of_return.agency_id], items, on)
    may_give = takes_answers(of_return) and of_return.agency_id in person.agencies_as(
        *WRITING_ROLES
    )
    named: dict[int, User] = {}
    if of_return.round.plan.record_begins:
        named = named_beside_each(set(items) - set(given), takers(of_return.agency, on))
    # Not by `reverse` for each, which would take as long as the rest of the section's head.
    items_url = reverse("workitems:list", args=[of_return.round.plan.slug])
    units = {seat.unit_id for seat in person.current_seats if seat.agency_id == of_return.agency_id}
    for section in sections:
        if may_give:
            number = quote(section.item.number)
            section.give_url = f"{items_url}{number}/given/{of_return.agency_id}/?from=return"
        section.named = named.get(section.item.pk)
        if (row := given.get(section.item.pk)) is not None:
            section.given = row
            section.is_mine = row.user_id == person.pk or row.unit_id in units - {None}
    return sum(section.is_mine for section in sections)


def short_of(
    of_return: Return,
    people: Submitters | None,
    *,
    is_coordinators: bool,
    cannot_accept: bool,
    on: date,
) -> list[str]:
    """Say who is missing before the return can be submitted, or accepted. `people` are its agency's,
    while the reader writes it; `is_coordinators` if a coordinator of the plan writes it, who may invite a second one.
    At most one query."""
    plan = of_return.round.plan
    is_own = people is not None and of_return.agency_id == plan.coordinating_agency_id
    found = [people.words] if people else []
    if (is_own and is_coordinators) or cannot_accept:
        found.append(single_coordinator(plan.coordinating_agency, on))
    return [says for says in found if says]


def mails_of(of_return: Return) -> list[Evidence]:
    """Return the emails from which the coordinator entered the return."""
    return list(of_return.evidence.for_list()) if of_return.is_entered else []


def items_on(page: Page) -> list[WorkItem]:
    """Return the items that were answered: the coordinator may ask for a change of each."""
    return [each.item for each in page.sections if each.is_led or each.is_answered]
