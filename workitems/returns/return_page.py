"""Data of a return's page: each item with its previous and new answer, its due milestones, and
what is missing. Reads only; the number of queries does not grow with the number of items.

Of a long return only the first sections that want something have their fields and all their data. The
others have their answers and what is missing, until the user opens them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.people.succession import agency_on
from workitems.measures.asked import AskedMeasure, measures_asked
from workitems.models import (
    Delay,
    Evidence,
    Milestone,
    MilestoneAnswer,
    MilestoneDraft,
    Mitigation,
    Return,
    ReturnNote,
    Update,
    Variation,
    Wait,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.models.round import UpdateQuerySet
from workitems.plan.asat import Moment
from workitems.plan.forms.due_dates import steps_by_item
from workitems.plan.plan_at import grouped
from workitems.plan.plan_at.waits_at import waits_at
from workitems.plan.wait_lines import WaitsOfMilestone, waits_of
from workitems.returns.answer_changes import AnswerChange, answer_changes
from workitems.returns.answer_questions import asks_about_actions, asks_about_answer
from workitems.returns.empty_answers import empty_boxes
from workitems.returns.services.answers import (
    Fault,
    after_no_changes,
    answers_of_earlier_leads,
    by_agreed_date,
    faults_of,
    faults_of_measures,
    moved_items,
)
from workitems.returns.services.handover import (
    Mending,
    latest_mendings,
    milestones_answered_at,
    with_own_open,
)
from workitems.terms import lateness
from workitems.terms.date_order import Expected
from workitems.terms.known_dates import KnownDate

WHOLE = 10  # a return of so many sections has all its fields at once; few agencies lead more
FIRST = 3  # the sections of a longer return that have their fields at first


class Asked(NamedTuple):
    """A request to move an agreed date, "V3", and to when. `is_outdated` if the milestone is expected later than that."""

    number: int
    to: KnownDate
    is_outdated: bool


@dataclass(frozen=True, kw_only=True)
class MilestoneLine:
    """A milestone that fell due, is expected late, comes next, or was completed in the period.
    `delays` are its open ones, newest first, with their mitigations.

    `is_own` if the return's agency is responsible for it. `answer` is what the return says of it,
    and `parts` of its delays and mitigations, as long as that is not submitted; only its writers
    have them. `is_asked` if it is the agency's, open, late or due, not yet explained and not
    answered."""

    milestone: Milestone
    on: date
    late: lateness.Lateness
    delays: list[Delay]
    is_own: bool
    is_asked: bool
    answer: MilestoneAnswer | None = None
    parts: list[MilestoneAnswer] = field(default_factory=list)
    # What is typed in the return and not finished; only its writers have it.
    draft: dict[str, str] | None = None
    # The open milestones of the item, as they will be when the return is submitted.
    steps: list[Expected] = field(default_factory=list)
    # What it waits for and what waits for it; None if nothing of the return does.
    waits: WaitsOfMilestone | None = None

    @property
    def open_actions(self) -> tuple[Mitigation, ...]:
        """The actions against its open delays that are not done, nor will be when the return is submitted."""
        finished = {part.mitigation_id for part in self.parts}
        return tuple(
            row
            for delay in self.delays
            for row in delay.mitigations.all()
            if row.done_on is None and row.pk not in finished
        )

    @property
    def asks(self) -> list[str]:
        """What to ask its agency about the delays that are recorded already."""
        if self.answer is not None or not self.milestone.is_open:
            return []
        return asks_about_actions(self.delays, self.open_actions)

    @property
    def slip(self) -> str:
        """How far it is from its agreed date over all causes, in words; empty if it is on time."""
        return lateness.slip_in_words(self.milestone, self.delays)

    @property
    def asked(self) -> Asked | None:
        """The newest request to move its agreed date that waits for a decision."""
        row: Any = self.milestone
        if not row.is_open or getattr(row, "asked_in", None) is None:
            return None
        to = KnownDate(row.asked_due, row.asked_known_to)
        expected = self.answer.when if self.answer and self.answer.when else row.forecast
        return Asked(row.asked_in, to, is_outdated=expected.last_day > to.last_day)

    @property
    def late_as_answered(self) -> lateness.Lateness:
        """How late it is, or was, once the return is submitted."""
        answer = self.answer
        if answer is None or answer.day is None or not self.is_done:
            return self.late
        done = copy(self.milestone)
        done.completed_on = answer.day
        return lateness.milestone_lateness(done, self.on)

    @property
    def is_done(self) -> bool:
        """Whether it is done, or will be when the return is submitted."""
        if self.answer is not None:
            return self.answer.outcome == MilestoneAnswer.Outcome.DONE
        return self.milestone.completed_on is not None


@dataclass(frozen=True)
class Came:
    """From which agency an item came, and on which day; `is_decided` by a decision, not because the agency ended."""

    agency: str
    on: date
    is_decided: bool = False


@dataclass(kw_only=True)
class Section:
    """One item on the page. `last` is the agency's previous accepted update, in `last_round`. An item that came
    from another agency says from which and when, and has that one's.
    `is_led` is false for an item that the agency only supports; of a return that was handed in, it is that of the
    answer, and `is_asked` is false for an item that the agency came to lead since. `is_open` if the page has its fields.
    `notes` are those on the item, newest first; `mendings` those of the latest sending back.
    `moved` is the history row of the item's status if it changed after the answer was saved."""

    item: WorkItem
    on: date
    update: Update | None
    last: Update | None = None
    last_round: str = ""
    # Whether an agency submitted it; not if a spreadsheet said it.
    is_last_signed: bool = True
    # Whose it is, if another agency's.
    last_agency: Agency | None = None
    came: Came | None = None
    is_led: bool
    has_another_lead: bool = False
    # Whether the agency has no part in it any more: it answered before another one came to lead it.
    is_former: bool = False
    is_asked: bool = True
    # The accepted answer of the agency that led it earlier in this round; then nothing is asked.
    earlier: Update | None = None
    is_open: bool = True
    milestones: list[MilestoneLine] = field(default_factory=list)
    notes: list[ReturnNote] = field(default_factory=list)
    mendings: list[Mending] = field(default_factory=list)
    missing: list[Fault] = field(default_factory=list)
    # The boxes whose text says nothing, for its writers.
    empty: list[str] = field(default_factory=list)
    # Its answer with the agency, of which another reader sees what was submitted, if anything.
    with_agency: Update | None = None
    # For a reader of a return that was sent back.
    since_sent_back: list[AnswerChange] = field(default_factory=list)
    milestones_since: list[MilestoneAnswer] = field(default_factory=list)
    is_after_no_changes: bool = False
    moved: Any = None
    # Who looks after it within the agency, for the agency's own people; `is_mine` of the reader.
    given: Any = None
    # Whom the spreadsheet of the plan names beside it, while nobody looks after it.
    named: User | None = None
    is_mine: bool = False
    # The page on which they give it to somebody, if they may.
    give_url: str = ""

    @property
    def has_next_date(self) -> bool:
        """Whether the item has an open milestone, in whose date there can be confidence."""
        return any(line.milestone.is_open for line in self.milestones)

    @property
    def asks(self) -> list[str]:
        """What to ask about the lead's answer."""
        if not self.is_led:
            return []
        # Each line has the milestones of the whole item.
        steps = self.milestones[0].steps if self.milestones else []
        return asks_about_answer(self.item, self.update, steps, self.on)

    @property
    def answers(self) -> list[tuple[str, Update]]:
        """The previous answer and the new one, as far as there are any."""
        both = (_("Last time"), self.last), (_("This time"), self.update)
        return [(title, update) for title, update in both if update]

    @property
    def signed_last(self) -> Update | None:
        """The previous answer, if an agency submitted it."""
        return self.last if self.is_last_signed else None

    @property
    def has_last_words(self) -> bool:
        return self.last is not None and any(_words(self.last))

    @property
    def says_the_same(self) -> bool:
        """Whether the new answer has the words of the previous one."""
        if self.last is None or self.update is None:
            return False
        return any(_words(self.last)) and _words(self.last) == _words(self.update)

    @property
    def evidence(self) -> list[Evidence]:
        """The evidence on the new answer, oldest first; only on the page, not of `one_section`."""
        return getattr(self.update, "evidence_listed", [])

    @property
    def is_answered(self) -> bool:
        return self.update is not None

    @property
    def says_something(self) -> bool:
        return self.update is not None and self.update.says_something

    @property
    def counts_as_answered(self) -> bool:
        """Whether its agency has answered it, as the round counts it, whether or not this reader sees it."""
        update = self.with_agency or self.update
        return update is not None and update.says_something

    @property
    def is_not_shown(self) -> bool:
        """Whether this reader sees its answer only once the agency submits it."""
        return self.counts_as_answered and not self.says_something

    @property
    def overdue(self) -> list[Milestone]:
        """The overdue milestones that want words: of an item that the agency only supports, its own."""
        late = lateness.Late.OVERDUE
        return [
            line.milestone
            for line in self.milestones
            if line.late.state == late and not line.is_done and (self.is_led or line.is_own)
        ]

    @property
    def is_overdue(self) -> bool:
        return bool(self.overdue)

    @property
    def asks_for_words(self) -> bool:
        """Whether to say beside an empty answer why it needs words."""
        return self.is_overdue and not self.says_something

    @property
    def is_brief(self) -> bool:
        """Whether it is only named until somebody writes about it: of an item that the agency only supports."""
        return not (
            self.is_led or self.is_open or self.is_answered or self.milestones or self.missing
        )

    @property
    def progress(self) -> str:
        """How far its answer is: "milestone" to answer, "empty", something "missing", asked to "change", "answered" or
        "optional"."""
        if any(fault.milestone for fault in self.missing):
            return "milestone"
        if not self.says_something and self.earlier is None:
            return "empty" if self.is_led else "optional"
        if self.missing:
            return "missing"
        return "change" if any(each.is_open for each in self.mendings) else "answered"

    @property
    def may_say_no_change(self) -> bool:
        return not self.is_overdue and not self.is_after_no_changes


def _words(update: Update) -> tuple[str, str, str]:
    return update.achieved, update.planned_next, update.challenges


@dataclass(frozen=True)
class Page:
    """`notes` are those on the return as a whole; `mendings` all of the latest sending back. `pending`
    are the return's answers on milestones, if the page is for its writers."""

    sections: list[Section]
    notes: list[ReturnNote]
    mendings: list[Mending] = field(default_factory=list)
    pending: list[MilestoneAnswer] = field(default_factory=list)
    measures: list[AskedMeasure] = field(default_factory=list)

    @property
    def measures_missing(self) -> list[Fault]:
        """Which numbers are due and not answered; none of a page for reading."""
        return list(faults_of_measures(self.measures))

    @property
    def to_mend(self) -> list[Mending]:
        """The latest notes on items."""
        return [each for each in self.mendings if each.note.item_id is not None]

    @property
    def mended(self) -> int:
        return sum(each.is_mended for each in self.to_mend)

    @property
    def is_first(self) -> bool:
        """Whether no item has an answer that an agency submitted in an earlier round."""
        return all(section.signed_last is None for section in self.sections)

    @property
    def led(self) -> list[Section]:
        """The items that the agency is asked about, or was, as their lead."""
        return [each for each in self.sections if each.is_led and each.is_asked]

    @property
    def answered(self) -> int:
        return sum(section.counts_as_answered for section in self.led)

    @property
    def total(self) -> int:
        return len(self.led)

    @property
    def is_complete(self) -> bool:
        return not self.measures_missing and not any(section.missing for section in self.sections)

    @property
    def empty(self) -> list[Section]:
        """Items with an answer that says nothing that a reader can use."""
        return [section for section in self.sections if section.empty]

    @property
    def silent(self) -> list[Section]:
        """Items that the agency supports and has not answered."""
        return [each for each in self.sections if not each.is_led and not each.is_answered]

    def is_as_read(self, read: Mapping[int, int], read_answers: Mapping[int, int]) -> bool:
        """Whether the answers have the versions that were read, by item and by id of those on milestones."""
        updates = [section.update for section in self.sections if section.update]
        return all(read.get(each.item_id) == each.version for each in updates) and all(
            read_answers.get(each.pk) == each.version for each in self.pending
        )

    @property
    def authors(self) -> set[int | None]:
        return {
            *(section.update.written_by_id for section in self.sections if section.update),
            *(answer.written_by_id for answer in self.pending),
            *(each.value.written_by_id for each in self.measures if each.value),
        }


def takes_answers(of_return: Return) -> bool:
    """Return whether the round is open and the return is with its agency."""
    return of_return.round.is_open and of_return.is_with_agency


def return_page(
    of_return: Return,
    on: date,
    *,
    opened: Collection[int] = (),
    only: WorkItem | None = None,
    is_for_reading: bool = False,
    with_fields: bool = True,
    as_handed_in: bool = False,
    with_own_notes: bool = False,
) -> Page:
    """Return the page's data, or only that of the item `only`. Items the agency leads come first.

    `on` is today's New Zealand date. `opened` are the ids of items whose fields the user asked for.
    A page for reading has no fields, and every section is complete. Without fields, the sections of
    another page are not complete. `as_handed_in`: for readers outside the agency, who see of a
    return that was sent back what was submitted, and not what the agency writes meanwhile.
    `with_own_notes`: with those of an approver to the agency's writers, for the agency's own people.
    """
    is_for_reading |= not takes_answers(of_return)
    agency, items = of_return.agency_id, _items(of_return, only)
    evidence = Prefetch("evidence", Evidence.objects.for_list(), to_attr="evidence_listed")
    answers = _answers(of_return, only).prefetch_related(evidence)
    if is_for_reading:
        answers = answers.select_related("written_by")
    updates = {update.item_id: update for update in answers}
    before = _last_accepted(of_return)
    last = {update.item_id: update for update in _answers(before, only)} if before else {}
    notes: dict[int | None, list[ReturnNote]] = defaultdict(list)
    by_pk = {item.pk: item for item in items}
    said = of_return.notes if with_own_notes else of_return.notes.of_coordinators()
    for note in said.with_coming().select_related("by", "replied_by").order_by("-at", "pk"):
        if note.item_id in by_pk:
            note.item = by_pk[note.item_id]
        notes[note.item_id].append(note)
    written_at = {pk: update.written_at for pk, update in updates.items()}
    if notes:
        for pk, at in milestones_answered_at([of_return.pk])[of_return.pk].items():
            written_at[pk] = max(at, written_at.get(pk, at))
    mendings = latest_mendings([note for those in notes.values() for note in those], written_at)
    mendings = with_own_open(mendings, of_return)
    earlier = _earlier(of_return, items, only is not None)
    missing: dict[int, list[Fault]] = defaultdict(list)
    pending: list[MilestoneAnswer] = []
    if not is_for_reading:
        pending = pending_answers(of_return, only)
        asked = [item for item in items if item.stage != Stage.WITHDRAWN]
        for fault in faults_of(of_return, asked, updates, on, pending):
            assert fault.item is not None
            missing[fault.item.pk].append(fault)
    led = [item for item in items if item.lead_agency_id == agency]
    is_handed_in = of_return.state in Return.HANDED_IN and of_return.submitted_by_id is not None
    answered_as_lead = {pk for pk, update in updates.items() if is_handed_in and update.stage}
    moved: dict[int, Any] = {}
    if of_return.round.is_open:
        moved = moved_items((updates[item.pk], item) for item in led if item.pk in updates)
    sections = [
        Section(
            item=item,
            on=on,
            update=updates.get(item.pk),
            last=last.get(item.pk),
            last_round=before.round.name if before else "",
            is_last_signed=not (before and before.is_from_tracker),
            is_led=item.lead_agency_id == agency or item.pk in answered_as_lead,
            has_another_lead=item.pk in answered_as_lead and item.lead_agency_id != agency,
            is_former=not getattr(item, "is_own", True),
            is_asked=item.pk not in earlier and (not is_handed_in or item.pk in updates),
            earlier=earlier.get(item.pk),
            is_open=not is_for_reading and (only is not None or item.pk in opened),
            notes=notes[item.pk],
            mendings=[each for each in mendings if each.note.item_id == item.pk],
            missing=missing[item.pk],
            moved=moved.get(item.pk),
        )
        for item in items
    ]
    _add_whence(sections, of_return)
    if not is_for_reading and only is None and with_fields:
        for section in _first_to_open(sections):
            section.is_open = True
    if as_handed_in and of_return.state == Return.State.SENT_BACK:
        _show_as_handed_in(sections, notes, of_return)
    elif mendings and is_for_reading and _was_sent_back(of_return):
        _compare_with_sent_back(sections, of_return, [each.note for each in mendings])
    pending_of = grouped(pending, "milestone.item_id")
    if not is_for_reading:
        for section in sections:
            section.empty = empty_boxes(section.update, pending_of[section.item.pk])
    complete = [
        each for each in sections if each.is_open or is_for_reading or pending_of[each.item.pk]
    ]
    _complete(complete, of_return, on, pending, with_drafts=not is_for_reading)
    measures: list[AskedMeasure] = []
    if only is None:
        until = _sent_back_at(of_return, notes) if as_handed_in else None
        measures = measures_asked(of_return, on, until=until)
    return Page(
        sections=sections, notes=notes[None], mendings=mendings, pending=pending, measures=measures
    )


def _earlier(of_return: Return, items: list[WorkItem], is_one: bool) -> dict[int, Update]:
    """Return the accepted answers of this round from the agencies that led these items before. One query if there may be
    such."""
    if not any(getattr(item, "was_answered", False) for item in items) and not is_one:
        return {}
    rows = answers_of_earlier_leads(of_return).filter(item__in=items)
    found = {
        each.item_id: each
        for each in rows.select_related("of_return__agency", "of_return__round", "written_by")
    }
    for item in items:
        item.is_answered_for = item.pk in found
    return found


def _sent_back_at(
    of_return: Return, notes: Mapping[int | None, list[ReturnNote]]
) -> datetime | None:
    """Return when a return that is with its agency again was sent back, or None of any other."""
    if of_return.state != Return.State.SENT_BACK:
        return None
    sent = (note.at for those in notes.values() for note in those if not note.is_own)
    return max(sent, default=of_return.submitted_at)


def moved_to(of_return: Return, on: date) -> Return | None:
    """Return the successor's return into which this one moved. No query unless it did."""
    if of_return.state != Return.State.MOVED:
        return None
    found = Return.objects.filter(
        round=of_return.round_id, agency=agency_on(of_return.agency, on).pk
    )
    there = found.select_related("round__plan", "agency").first()
    return there if there != of_return else None


def _was_sent_back(of_return: Return) -> bool:
    """Whether this return was; notes on one that moved into it are about that one. One query."""
    states: Any = Return.history.filter(id=of_return.pk, state=Return.State.SENT_BACK)
    return bool(states.exists())


def _add_whence(sections: list[Section], of_return: Return) -> None:
    """Add whence the led items without an own answer as lead came, with the last answer of the agency that led them. Up
    to three queries if one may have come."""
    lacking = {
        each.item.pk: each
        for each in sections
        if each.is_led
        and (each.last is None or not each.last.stage)
        and getattr(each.item, "may_have_come", True)
    }
    if not lacking:
        return
    history: Any = WorkItem.history.filter(id__in=lacking).order_by("history_date", "history_id")
    before = history.exclude(lead_agency=of_return.agency_id)
    was = {
        pk: (agency, name, at, successor != of_return.agency_id)
        for pk, agency, name, at, successor in before.values_list(
            *("id", "lead_agency_id", "lead_agency__short_name", "history_date"),
            "lead_agency__successor_id",
        )
    }
    if not was:
        return
    came_at: dict[int, datetime] = {}
    since = history.filter(id__in=was, lead_agency=of_return.agency_id)
    for pk, at in since.values_list("id", "history_date"):
        if at >= was[pk][2]:
            came_at.setdefault(pk, at)
    answers = Update.objects.filter(
        item__in=was,
        of_return__agency__in={agency for agency, *_ in was.values()},
        of_return__state=Return.State.ACCEPTED,
        of_return__round__period_end__lt=of_return.round.period_end,
    ).select_related("of_return__round", "of_return__agency")
    last = {
        (each.item_id, each.of_return.agency_id): each
        for each in answers.order_by("of_return__round__period_end", "pk")
    }
    for pk, at in came_at.items():
        agency, name, _at, is_decided = was[pk]
        section = lacking[pk]
        section.came = Came(name, localdate(at), is_decided)
        if (pk, agency) in last:
            section.last = last[pk, agency]
            section.last_round = section.last.of_return.round.name
            section.last_agency = section.last.of_return.agency
            section.is_last_signed = True


def _compare_with_sent_back(
    sections: list[Section], of_return: Return, notes: Collection[ReturnNote]
) -> None:
    """Add what changed in each answer since the return was sent back; in one that came from an agency that
    ended, since that one's was. Two queries."""
    before = _answers_at(of_return, notes, sections)
    sent_at = max(note.at for note in notes)
    since = of_return.milestone_answers.not_removed().filter(written_at__gt=sent_at)
    answers = grouped(since.for_page().in_order(), "milestone.item_id")
    for section in sections:
        section.milestones_since = answers[section.item.pk]
        if section.update is not None:
            was = before.get(section.update.pk)
            section.since_sent_back = answer_changes(was, section.update, of_return.agency)


def _show_as_handed_in(
    sections: list[Section], notes: Mapping[int | None, list[ReturnNote]], of_return: Return
) -> None:
    """Put the answers that were submitted in place of the newer ones, and leave out replies."""
    every = [note for those in notes.values() for note in those if not note.is_own]
    # An imported return may have been sent back without a note.
    sent_at = _sent_back_at(of_return, notes)
    if sent_at is None:
        return
    before = _answers_at(of_return, every, sections)
    for section in sections:
        if section.update is not None:
            evidence = [each for each in section.evidence if each.added_at <= sent_at]
            section.with_agency = section.update
            section.update = before.get(section.update.pk)
            if section.update is not None:
                section.update.evidence_listed = evidence  # type: ignore[attr-defined]
    for note in every:
        if note.at == sent_at:
            note.reply = ""


def _answers_at(
    of_return: Return, notes: Collection[ReturnNote], sections: Collection[Section]
) -> dict[int, Update]:
    """Return the answers as they were when they were last sent back, by id; without notes, when the
    return was submitted. One query.

    An answer that came from an agency that ended was sent back with that one's return, if at all.
    """
    ids = [section.update.pk for section in sections if section.update is not None]
    own = max((note.at for note in notes if note.came_at is None), default=of_return.submitted_at)
    came = max((note.at for note in notes if note.came_at is not None), default=None)
    found = {}
    for row in Update.history.filter(id__in=ids).order_by("history_date", "history_id"):
        until = own if row.of_return_id == of_return.pk else came
        if until is not None and row.history_date <= until:
            found[row.id] = row.instance
    return found


def pending_answers(of_return: Return, only: WorkItem | None = None) -> list[MilestoneAnswer]:
    """Return the answers on milestones that take effect when the return is submitted. One query.

    Pass them only to writers of the return's agency.
    """
    found = of_return.milestone_answers.pending().for_page()
    return list((found if only is None else found.filter(milestone__item=only)).in_order())


def _items(of_return: Return, only: WorkItem | None) -> list[WorkItem]:
    """Return the items of the agency and those that it answered, without their long texts."""
    if only is not None:
        return [only]
    agency, answered = of_return.agency_id, of_return.updates.values("item")
    pending = of_return.milestone_answers.pending().values("milestone__item")
    led_by_decision = Variation.objects.filter(
        kind=Variation.Kind.LEAD, state=Variation.State.APPROVED, agency_after=agency
    )
    items = (
        WorkItem.objects.filter(plan=of_return.round.plan_id)
        .filter(
            Q(pk__in=WorkItem.objects.answered_by(agency)) | Q(pk__in=answered) | Q(pk__in=pending)
        )
        .exclude(~Q(pk__in=answered), stage=Stage.WITHDRAWN)
        .select_related("lead_agency")
        .defer("objective", "action", "search_text")
        .annotate(
            may_have_come=Exists(Agency.objects.filter(successor=agency))
            | Exists(led_by_decision.filter(item=OuterRef("pk"))),
            is_own=Exists(WorkItem.objects.answered_by(agency).filter(pk=OuterRef("pk"))),
            was_answered=Exists(answers_of_earlier_leads(of_return).filter(item=OuterRef("pk"))),
        )
        .in_order()
    )
    return sorted(items, key=lambda item: item.lead_agency_id != agency)


def _answers(of_return: Return, only: WorkItem | None) -> UpdateQuerySet:
    # Not through `of_return.updates`, which takes long to give each update its return.
    answers = Update.objects.filter(of_return=of_return.pk)
    return answers if only is None else answers.filter(item=only)


def _first_to_open(sections: list[Section]) -> list[Section]:
    """Return the sections that have their fields before the user asks for any."""
    shown = [each for each in sections if each.is_led or each.is_answered or each.missing]
    if len(shown) <= WHOLE:
        return shown
    return [each for each in shown if each.missing or each.mendings][:FIRST]


def _complete(
    sections: list[Section],
    of_return: Return,
    on: date,
    pending: list[MilestoneAnswer],
    *,
    with_drafts: bool,
) -> None:
    """Add what only complete sections need: the item's plan and milestones, and "no change"."""
    items = [each.item for each in sections]
    milestones = _milestones(of_return, items, on, pending, with_drafts=with_drafts)
    opened = [each.item for each in sections if each.is_open]
    after_none = after_no_changes(of_return, opened) if opened else set()
    for section in sections:
        section.item.plan = of_return.round.plan
        section.milestones = milestones[section.item.pk]
        section.is_after_no_changes = section.item.pk in after_none


def one_section(of_return: Return, item: WorkItem, on: date, *, with_milestones: bool) -> Section:
    """Return the section of one item, without its previous answer and notes."""
    return Section(
        item=item,
        on=on,
        update=of_return.updates.filter(item=item).first(),
        is_led=item.lead_agency_id == of_return.agency_id,
        milestones=_milestones(
            of_return, [item], on, pending_answers(of_return, item), with_drafts=True
        )[item.pk]
        if with_milestones
        else [],
    )


def members_of(of_return: Return) -> dict[int, Agency]:
    """Return the plan's member agencies by id. Any of them may own a mitigation."""
    members = of_return.round.plan.agencies
    return {agency.pk: agency for agency in members}


def _last_accepted(of_return: Return) -> Return | None:
    """Return the agency's last accepted return before this one, with its round."""
    return (
        Return.objects.filter(
            round__plan=of_return.round.plan_id,
            agency=of_return.agency_id,
            state=Return.State.ACCEPTED,
            round__period_end__lt=of_return.round.period_end,
        )
        .select_related("round")
        .with_origin()
        .order_by("-round__period_end")
        .first()
    )


def _milestones(
    of_return: Return,
    items: list[WorkItem],
    on: date,
    pending: Iterable[MilestoneAnswer],
    *,
    with_drafts: bool,
) -> dict[int, list[MilestoneLine]]:
    """Return the milestones to show, by item id.

    These are milestones completed since the period began, each item's next open milestone, other
    open ones that are due by the period's end (or today, if later) or expected late, those of
    `pending` answers and, with drafts, those that have one. None for a closed round, because
    milestones have changed since.
    """
    lines: dict[int, list[MilestoneLine]] = defaultdict(list)
    if not of_return.round.is_open:
        return lines
    horizon = max(on, of_return.round.period_end)
    answers, parts = _by_milestone(pending)
    item_of = {item.pk: item for item in items}
    for item in items:
        item.plan = of_return.round.plan
    drafts = MilestoneDraft.objects.filter(of_return=of_return.pk, milestone=OuterRef("pk"))
    if not with_drafts:
        drafts = drafts.none()
    waiting = Variation.objects.filter(
        milestone=OuterRef("pk"), state__in=Variation.PENDING, due_after__isnull=False
    ).order_by("-number")
    rows = (
        Milestone.objects.filter(
            Q(completed_on=None)
            | Q(completed_on__gte=of_return.round.period_start)
            | Q(pk__in=[*answers, *parts]),
            item__in=items,
            withdrawn_on=None,
        )
        .annotate(
            draft=Subquery(drafts.values("typed")[:1]),
            asked_in=Subquery(waiting.values("number")[:1]),
            asked_due=Subquery(waiting.values("due_after")[:1]),
            asked_known_to=Subquery(waiting.values("after_known_to")[:1]),
            waits_or_waited=Exists(
                Wait.objects.live().filter(
                    Q(milestone=OuterRef("pk")) | Q(waits_for=OuterRef("pk"))
                )
            ),
        )
        .select_related("responsible_agency")
        .prefetch_related(
            Prefetch(
                "delays",
                Delay.objects.open(on)
                .select_related("settling_agency")
                .order_by("-number")
                .prefetch_related(
                    Prefetch(
                        "mitigations",
                        Mitigation.objects.select_related("owner_agency").order_by("number"),
                    )
                ),
                to_attr="open_delays",
            )
        )
        .in_order()
    )
    steps, plan, waits = steps_by_item(rows, answers), of_return.round.plan, None
    if any(row.waits_or_waited for row in rows):  # type: ignore[attr-defined]
        plan.has_waits = True
        waits = waits_at(plan, Moment.today(on))
    following = {
        milestone.item_id: milestone
        for milestone in sorted(rows, key=by_agreed_date, reverse=True)
        if milestone.is_open
    }
    for milestone in rows:
        late = lateness.milestone_lateness(milestone, of_return.round.plan.present_day(on))
        if (
            milestone.is_open
            and milestone != following[milestone.item_id]
            and milestone.agreed_due > horizon
            and not late.is_late
            and milestone.pk not in answers
            and milestone.pk not in parts
            and milestone.draft is None  # type: ignore[attr-defined]
        ):
            continue
        delays: list[Delay] = milestone.open_delays  # type: ignore[attr-defined]
        is_mitigated = any(delay.mitigations.all() for delay in delays)
        is_explained = is_mitigated and milestone.forecast_due >= on
        fell_due = milestone.agreed_due <= on or late.is_late
        is_own = milestone.responsible_agency_id == of_return.agency_id
        milestone.item = item_of[milestone.item_id]
        answer = answers.get(milestone.pk)
        if answer is not None:
            answer.milestone = milestone
        lines[milestone.item_id].append(
            MilestoneLine(
                milestone=milestone,
                on=on,
                late=lateness.while_waiting(late, milestone, delays),
                delays=delays,
                is_own=is_own,
                is_asked=is_own
                and answer is None
                and milestone.is_open
                and fell_due
                and not is_explained,
                answer=answer,
                parts=parts.get(milestone.pk, []),
                draft=milestone.draft if is_own else None,  # type: ignore[attr-defined]
                steps=steps[milestone.item_id],
                waits=waits_of(waits, milestone.pk, plan, {plan.pk: plan}) if waits else None,
            )
        )
    return lines


def _by_milestone(
    pending: Iterable[MilestoneAnswer],
) -> tuple[dict[int, MilestoneAnswer], dict[int, list[MilestoneAnswer]]]:
    """Return the answers on milestones, and those on their delays and mitigations, by milestone."""
    answers: dict[int, MilestoneAnswer] = {}
    parts: dict[int, list[MilestoneAnswer]] = defaultdict(list)
    for answer in pending:
        if answer.is_on_milestone:
            answers[answer.milestone_id] = answer
        else:
            parts[answer.milestone_id].append(answer)
    return answers, parts
