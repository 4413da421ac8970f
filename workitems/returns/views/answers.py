"""The forms of each section of a return's page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext

from agencies.models import Agency
from workitems.models import (
    Milestone,
    MilestoneAnswer,
    Mitigation,
    Return,
    ReturnNote,
    Update,
)
from workitems.returns.forms.returns import (
    Held,
    MilestoneAnswerForm,
    MitigationDoneForm,
    ReplyForm,
    UpdateForm,
)
from workitems.returns.page_milestones import MilestoneLine, members_of
from workitems.returns.page_sections import Section
from workitems.returns.return_page import takes_answers
from workitems.returns.services.handover import Mending

SAVE, NO_CHANGE, TAKE_THEIRS, OPEN = "save", "no-change", "theirs", "open"
# Of all items without an answer; of one, with its number: last time's words into its empty boxes.
NO_CHANGE_TO_THE_REST, COPY = "no-change-rest", "copy"
# Of an answer on a milestone, with its id: keep it although the milestone changed, or remove it.
CONFIRM, REMOVE = "confirm", "remove"
# Of what is typed on a milestone and not finished, with the milestone's id. The script keeps it.
DISCARD, KEEP = "discard", "keep"
# Of an item that moved after its answer was saved, with its number.
KEEP_ANSWER, TAKE_ITEM = "keep-answer", "take-item"
WORDS = ("achieved", "planned_next", "challenges")
CHOICES = (CONFIRM, REMOVE, DISCARD, KEEP_ANSWER, TAKE_ITEM)


@dataclass
class MilestoneEntry:
    """A milestone on the page. It has a form only if an answer is expected, posted or requested,
    because a page with sixty items would otherwise be slow to render and to load."""

    line: MilestoneLine
    form: MilestoneAnswerForm | None = None
    mitigations: list[MitigationDoneForm] = field(default_factory=list)
    # After a conflict: what another user saved (an answer or a draft), and the fields that both changed.
    theirs: Any = None
    held: list[Held] = field(default_factory=list)
    began: Any = None  # the answer that both began with, if those are its words
    # What is kept as typed, if it was, and whether it says something; and whether it is only kept, or discarded,
    # and not saved, because of two versions the other was chosen.
    kept: dict[str, str] | None = None
    is_unfinished: bool = False
    newer: str = ""  # what another person changed since the user began, as a sentence
    is_left: bool = False
    takes_theirs: bool = False
    # What is still missing of what is typed and not finished, as a sentence.
    lack: str = ""

    @property
    def answer_version(self) -> int:
        """Version of the answer that the user's page was made from; 0 for none."""
        typed: Any = self.form.data if self.form else None
        return number_in(typed, f"m{self.line.milestone.pk}-answer_version")

    @property
    def forms(self) -> list[MilestoneAnswerForm | MitigationDoneForm]:
        return [self.form, *self.mitigations] if self.form else []

    @property
    def is_wrong(self) -> bool:
        if self.is_left:
            return bool(self.held)
        return any(form.is_touched() and form.errors for form in self.forms)


@dataclass
class NoteEntry:
    """A note of the coordinator. It has a form for the reply if it is of the latest sending back
    and the return is with its agency. `theirs` is another user's reply, after a conflict."""

    note: ReturnNote
    is_open: bool = False
    form: ReplyForm | None = None
    theirs: ReturnNote | None = None

    @property
    def is_wrong(self) -> bool:
        return self.form is not None and self.form.is_touched() and bool(self.form.errors)


@dataclass(kw_only=True)
class Entry:
    """A section with its forms. It has none if it is closed or only for reading.

    `theirs` is the other user's answer after a conflict, and `held` the fields that both changed; `began` is the
    answer that both began with, if those are its words. `refusals` are errors of the section
    without a field. `is_written` is true if its answer was saved, `is_merged` if with other words of another
    user, `is_saved` if anything was.
    """

    section: Section
    form: UpdateForm | None
    milestones: list[MilestoneEntry]
    notes: list[NoteEntry] = field(default_factory=list)
    measures: list[Any] = field(default_factory=list)  # MeasureEntry
    # The coordinator's note on the item, in the form that sends the return back.
    send_back: Any = None
    version_shown: int = 0
    theirs: Update | None = None
    held: list[Held] = field(default_factory=list)
    began: Update | None = None
    is_written: bool = False
    is_merged: bool = False
    is_saved: bool = False
    refusals: list[str] = field(default_factory=list)
    # (label, text) of what was typed on milestones that the return no longer asks about.
    lost: list[tuple[str, str]] = field(default_factory=list)
    # Versions of the answers on milestones that were just written, by id.
    milestones_written: dict[int, int] = field(default_factory=dict)

    @property
    def forms(self) -> Iterator[UpdateForm | MilestoneAnswerForm | MitigationDoneForm | ReplyForm]:
        if self.form:
            yield self.form
        yield from (each.form for each in self.notes if each.form)
        for entry in self.milestones:
            yield from entry.forms

    @property
    def is_answer_wrong(self) -> bool:
        return self.form is not None and self.form.is_touched() and bool(self.form.errors)

    @property
    def is_wrong(self) -> bool:
        return (
            bool(self.refusals)
            or self.is_answer_wrong
            or any(entry.is_wrong for entry in self.milestones)
            or any(entry.is_wrong for entry in self.notes)
        )

    @property
    def version_read(self) -> int:
        """Version of the answer that the user has seen: just written, or shown on their page."""
        update = self.section.update
        is_known = self.is_written and not self.is_merged
        return update.version if is_known and update else self.version_shown

    @property
    def words(self) -> list[tuple[str, str]]:
        """(label, text) of everything typed in changed forms."""
        typed = [pair for form in self.forms if form.is_touched() for pair in form.words()]
        return [*typed, *self.lost]

    def keep_from(self, typed: "Entry") -> None:
        """Copy what could not be saved from `typed`, to show it again."""
        self.refusals, self.theirs, self.lost = typed.refusals, typed.theirs, typed.lost
        self.held, self.began = typed.held, typed.began
        self.notes = keep_notes(self.notes, typed.notes)
        if typed.is_answer_wrong or typed.refusals:
            self.form = typed.form
        kept = {
            entry.line.milestone.pk: entry
            for entry in typed.milestones
            if entry.is_wrong or typed.refusals
        }
        self.milestones = [
            MilestoneEntry(
                entry.line, was.form, was.mitigations, was.theirs, was.held, was.began, was.kept
            )
            if (was := kept.get(entry.line.milestone.pk))
            else entry
            for entry in self.milestones
        ]


def note_entries(
    notes: list[ReturnNote], mendings: list[Mending], data: QueryDict | None, *, may_reply: bool
) -> list[NoteEntry]:
    """Return the notes with the forms for replies, bound to `data` where it has their fields."""
    latest = {each.note.pk: each for each in mendings}
    entries = []
    for note in notes:
        mending = latest.get(note.pk)
        entry = NoteEntry(note, is_open=bool(mending and mending.is_open))
        if mending and may_reply:
            is_posted = data is not None and f"n{note.pk}-version" in data
            entry.form = ReplyForm(data if is_posted else None, note=note)
        entries.append(entry)
    return entries


def keep_notes(shown: list[NoteEntry], typed: list[NoteEntry]) -> list[NoteEntry]:
    """Return the present notes, with the replies that could not be saved."""
    kept = {each.note.pk: each for each in typed if each.is_wrong}
    return [
        NoteEntry(each.note, each.is_open, was.form, was.theirs)
        if (was := kept.get(each.note.pk))
        else each
        for each in shown
    ]


def entries_of(
    of_return: Return, sections: list[Section], data: QueryDict | None = None, opened: str = ""
) -> list[Entry]:
    """Return the sections with their forms, bound to `data` where it has their fields.

    `opened` is "m" and the id of a milestone whose fields to include.
    """
    has_fields = data is not None or any(each.is_open for each in sections)
    has_fields &= any(each.milestones for each in sections)
    agencies = members_of(of_return) if has_fields else {}
    entries = []
    for section in sections:
        shown = _version_posted(section, data)
        entries.append(
            Entry(
                section=section,
                form=_update_form(section, of_return.agency, data, shown),
                milestones=[
                    _milestone_entry(line, agencies, data, opened, is_open=section.is_open)
                    for line in section.milestones
                ],
                notes=note_entries(
                    section.notes, section.mendings, data, may_reply=takes_answers(of_return)
                ),
                version_shown=shown,
            )
        )
    say_lacks(entries)
    return entries


def items_with_fields(data: QueryDict) -> set[int]:
    """Return the ids of the items whose fields were on the posted page."""
    found = (re.fullmatch("i([0-9]{1,9})-achieved", name) for name in data)
    return {int(match[1]) for match in found if match}


def milestones_read(data: QueryDict) -> dict[int, int]:
    """Return the versions of the answers on milestones that were on the posted page, by id."""
    found = (re.fullmatch("a([0-9]{1,9})-version", name) for name in data)
    return {int(match[1]): number_in(data, match[0]) for match in found if match}


def items_to_open(of_return: Return, opened: str) -> set[int]:
    """Return the id of the item with the number `opened`, or with the milestone, if any."""
    items = of_return.round.plan.items
    if re.fullmatch("m[0-9]{1,9}", opened):
        return set(items.filter(milestones=int(opened[1:])).values_list("pk", flat=True))
    return set(items.filter(number=opened).values_list("pk", flat=True)) if opened else set()


def _version_posted(section: Section, data: QueryDict | None) -> int:
    """Return the version of the answer that the user's page was made from; 0 for none."""
    return number_in(data, f"i{section.item.pk}-version")


def number_in(data: QueryDict | None, name: str) -> int:
    typed = data.get(name, "") if data else ""
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else 0


def _update_form(
    section: Section, agency: Agency, data: QueryDict | None, shown: int
) -> UpdateForm | None:
    """Bind the form to the answer that the page was made from; None for a section without fields.

    Changes are detected against what the page showed. If another user has saved since, comparing with
    the current answer would treat unchanged old text as typed by this user.
    """
    item, update = section.item, section.update
    asked: dict[str, Any] = {"item": item, "is_led": section.is_led, "agency": agency}
    if data is None or f"i{item.pk}-achieved" not in data:
        # The item was added after the page was made, or the script posted only a milestone.
        if not section.is_open:
            return None
        form = UpdateForm(None, update=update, **asked)
        if section.is_led and not section.has_next_date:
            # An ongoing item has no date, and was said to be on track all the same.
            form.fields["confidence"].label = gettext("Confidence")
        return form
    form = UpdateForm(data, update=as_shown(update, shown), **asked)
    form.begin_as_shown()
    return form


def as_shown(row: Any, version: int) -> Any:
    """Return an answer as it was in this version; None for 0. `row` is the answer now."""
    if row is None or row.version == version:
        return row
    began = row.history.filter(version=version).first() if version else None
    return began.instance if began else None


def _milestone_entry(
    line: MilestoneLine,
    agencies: dict[int, Agency],
    data: QueryDict | None,
    opened: str,
    *,
    is_open: bool,
) -> MilestoneEntry:
    milestone = line.milestone
    is_posted = data is not None and f"m{milestone.pk}-version" in data
    is_asked = line.is_asked or line.draft is not None or opened == f"m{milestone.pk}"
    is_wanted = is_open and line.is_own and is_asked
    if not milestone.is_open or not (is_wanted or is_posted):
        return MilestoneEntry(line)
    answer = line.answer
    if is_posted and answer is not None:
        answer = as_shown(answer, number_in(data, f"m{milestone.pk}-answer_version"))
    if answer is not None and answer.outcome == MilestoneAnswer.Outcome.REOPENED:
        answer = None
    asked: dict[str, Any] = {
        "milestone": milestone,
        "agencies": agencies,
        "answer": answer,
        "steps": line.steps,
        "others": tuple(row.due_on for row in line.open_actions),
        "on": localdate(),
    }
    form = MilestoneAnswerForm(data if is_posted else None, draft=line.draft, **asked)
    if is_posted:
        form.begin_as_shown()
    lack = ""
    if line.draft is not None and not is_posted:
        typed = {form.add_prefix(name): text for name, text in line.draft.items()}
        lack = first_lack(
            MilestoneAnswerForm({form.add_prefix("version"): milestone.version} | typed, **asked)
        )
    return MilestoneEntry(
        lack=lack,
        line=line,
        form=form,
        mitigations=[
            MitigationDoneForm(data if is_posted else None, mitigation=row, draft=line.draft)
            for row in line.open_actions
        ],
    )


def first_lack(form: MilestoneAnswerForm) -> str:
    """Return the first of what a form still needs, in the order of its fields, or ""."""
    errors = form.errors
    return next(
        (str(said) for name in (*form.fields, "__all__") for said in errors.get(name, ())), ""
    )


def say_lacks(entries: list[Entry]) -> None:
    """Say of milestones that are typed and not finished what is missing, where the fault says only that it is."""
    for entry in entries:
        lacks = {each.line.milestone.pk: each.lack for each in entry.milestones if each.lack}
        entry.section.missing = [
            replace(fault, says=f"{fault.says} {lacks[fault.milestone.pk]}")
            if fault.milestone is not None and fault.milestone.pk in lacks
            else fault
            for fault in entry.section.missing
        ]


def refuse_gone_milestones(of_return: Return, entries: list[Entry], data: QueryDict) -> None:
    """Refuse what was typed on milestones and mitigations that the return no longer asks about, and keep
    it to be copied."""
    steps = [step for entry in entries for step in entry.milestones if step.form]
    asked = {step.line.milestone.pk for step in steps if step.form and step.form.is_bound}
    done = {each.mitigation.pk for step in steps for each in step.mitigations if each.is_bound}
    gone = _posted(data, "m([0-9]{1,9})-version") - asked
    finished = _posted(data, "x([0-9]{1,9})-done_on") - done
    if not gone and not finished:
        return
    why = gettext("it was completed or withdrawn, or went to another agency")
    if not takes_answers(of_return):
        why = why_locked(of_return)
    by_item = {each.section.item.pk: each for each in entries}

    def refuse(item: int, name: Any, words: list[tuple[str, str]]) -> None:
        if words:
            by_item[item].lost += words
            by_item[item].refusals.append(
                gettext(
                    "“{name}” is not saved: {why}. Copy your text before you leave this page."
                ).format(name=name, why=why)
            )

    agencies = members_of(of_return)
    for milestone in Milestone.objects.filter(pk__in=gone, item__in=by_item):
        answers = of_return.milestone_answers.filter(
            milestone=milestone, delay=None, mitigation=None
        )
        shown = as_shown(answers.last(), number_in(data, f"m{milestone.pk}-answer_version"))
        form = MilestoneAnswerForm(data, milestone=milestone, agencies=agencies, answer=shown)
        typed = [each for each in form.visible_fields() if each.name in form.changed_data]
        words = [(str(each.label), str(each.value())) for each in typed if each.value()]
        refuse(milestone.item_id, milestone, words if form.is_touched() else [])
    rows = Mitigation.objects.filter(pk__in=finished, delay__milestone__item__in=by_item)
    for each in rows.select_related("delay__milestone"):
        day = data.get(f"x{each.pk}-done_on", "").strip()
        item = each.delay.milestone.item_id
        refuse(item, each.description, [(gettext("Done on"), day)] if day else [])


def _posted(data: QueryDict, pattern: str) -> set[int]:
    """Return the ids in the names of posted fields."""
    return {int(match[1]) for name in data if (match := re.fullmatch(pattern, name))}


def why_locked(of_return: Return) -> str:
    if not of_return.round.is_open:
        return gettext("the round is closed")
    return gettext("the return was {state} meanwhile").format(
        state=of_return.get_state_display().lower()
    )


def saves_by_itself(request: HttpRequest) -> bool:
    """Whether the script saves without a choice of "Save mine", which leaves the other version in the history."""
    return "mine" not in request.POST
