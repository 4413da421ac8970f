"""The forms of each section of a return's page, and saving what was changed in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from agencies.fields import overwrite_data, say_refusal
from agencies.models import Agency
from workitems import services
from workitems.forms.returns import (
    MilestoneAnswerForm,
    MitigationDoneForm,
    ReplyForm,
    UpdateForm,
    answer_of,
)
from workitems.models import (
    Milestone,
    MilestoneAnswer,
    Mitigation,
    Return,
    ReturnNote,
    Update,
)
from workitems.returns import MilestoneLine, Section, members_of, one_section, takes_answers
from workitems.services import handover as handover_services
from workitems.services import milestone_answers
from workitems.services import rounds as round_services
from workitems.services.answers import Fault, faults_of_item
from workitems.services.handover import Mending, mended_words
from workitems.views.lookups import signed_in

SAVE, NO_CHANGE, TAKE_THEIRS, OPEN = "save", "no-change", "theirs", "open"
# Of all items without an answer; of one, with its number: last time's words into its empty boxes.
NO_CHANGE_TO_THE_REST, COPY = "no-change-rest", "copy"
# Of an answer on a milestone, with its id: keep it although the milestone changed, or remove it.
CONFIRM, REMOVE = "confirm", "remove"
# Of an item that moved after its answer was saved, with its number.
KEEP_ANSWER, TAKE_ITEM = "keep-answer", "take-item"
WORDS = ("achieved", "planned_next", "challenges")
CHOICES = (CONFIRM, REMOVE, KEEP_ANSWER, TAKE_ITEM)


@dataclass
class MilestoneEntry:
    """A milestone on the page. It has a form only if an answer is expected, posted or requested,
    because a page with sixty items would otherwise be slow to render and to load."""

    line: MilestoneLine
    form: MilestoneAnswerForm | None = None
    mitigations: list[MitigationDoneForm] = field(default_factory=list)

    @property
    def forms(self) -> list[MilestoneAnswerForm | MitigationDoneForm]:
        return [self.form, *self.mitigations] if self.form else []

    @property
    def is_wrong(self) -> bool:
        return any(form.is_touched() and form.errors for form in self.forms)


@dataclass
class NoteEntry:
    """A note of the coordinator. It has a form for the reply if it is of the latest sending back
    and the return is with its agency. `theirs` is another user's reply, after a conflict."""

    note: ReturnNote
    is_mended: bool = True
    form: ReplyForm | None = None
    theirs: ReturnNote | None = None

    @property
    def is_wrong(self) -> bool:
        return self.form is not None and self.form.is_touched() and bool(self.form.errors)


@dataclass(kw_only=True)
class Entry:
    """A section with its forms. It has none if it is closed or only for reading.

    `theirs` is the other user's answer after a conflict. `refusals` are errors of the section
    without a field. `is_written` is true if its answer was saved, `is_saved` if anything was.
    """

    section: Section
    form: UpdateForm | None
    milestones: list[MilestoneEntry]
    notes: list[NoteEntry] = field(default_factory=list)
    # The coordinator's note on the item, in the form that sends the return back.
    send_back: Any = None
    version_shown: int = 0
    theirs: Update | None = None
    is_written: bool = False
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
        return update.version if self.is_written and update else self.version_shown

    @property
    def words(self) -> list[tuple[str, str]]:
        """(label, text) of everything typed in changed forms."""
        typed = [pair for form in self.forms if form.is_touched() for pair in form.words()]
        return [*typed, *self.lost]

    def keep_from(self, typed: "Entry") -> None:
        """Copy what could not be saved from `typed`, to show it again."""
        self.refusals, self.theirs, self.lost = typed.refusals, typed.theirs, typed.lost
        self.notes = keep_notes(self.notes, typed.notes)
        if typed.is_answer_wrong or typed.refusals:
            self.form = typed.form
        kept = {
            entry.line.milestone.pk: entry
            for entry in typed.milestones
            if entry.is_wrong or typed.refusals
        }
        self.milestones = [
            MilestoneEntry(entry.line, was.form, was.mitigations)
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
        entry = NoteEntry(note, is_mended=mending.is_mended if mending else True)
        if mending and may_reply:
            is_posted = data is not None and f"n{note.pk}-version" in data
            entry.form = ReplyForm(data if is_posted else None, note=note)
        entries.append(entry)
    return entries


def keep_notes(shown: list[NoteEntry], typed: list[NoteEntry]) -> list[NoteEntry]:
    """Return the notes as they are now, with the replies that could not be saved."""
    kept = {each.note.pk: each for each in typed if each.is_wrong}
    return [
        NoteEntry(each.note, each.is_mended, was.form, was.theirs)
        if (was := kept.get(each.note.pk))
        else each
        for each in shown
    ]


def save_reply(request: HttpRequest, entry: NoteEntry, *, is_pause: bool = False) -> bool:
    """Save a changed reply. Return whether anything was saved; errors are added to its form.

    `is_pause`: the page saved by itself.
    """
    form = entry.form
    if form is None or not form.is_touched() or not form.is_valid():
        return False
    try:
        entry.note = handover_services.reply_to_note(
            note=entry.note,
            by=signed_in(request),
            at=timezone.now(),
            is_pause=is_pause,
            **form.cleaned_data,
        )
    except services.Refused as refusal:
        entry.theirs = form.refuse(refusal)
        return False
    return True


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
                form=_update_form(section, data, shown),
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
    return entries


def items_with_fields(data: QueryDict) -> set[int]:
    """Return the ids of the items whose fields were on the posted page."""
    found = (re.fullmatch("i([0-9]{1,9})-achieved", name) for name in data)
    return {int(match[1]) for match in found if match}


def milestones_read(data: QueryDict) -> dict[int, int]:
    """Return the versions of the answers on milestones that were on the posted page, by id."""
    found = (re.fullmatch("a([0-9]{1,9})-version", name) for name in data)
    return {int(match[1]): _number(data, match[0]) for match in found if match}


def items_to_open(of_return: Return, opened: str) -> set[int]:
    """Return the id of the item with the number `opened`, or with the milestone, if any."""
    items = of_return.round.plan.items
    if re.fullmatch("m[0-9]{1,9}", opened):
        return set(items.filter(milestones=int(opened[1:])).values_list("pk", flat=True))
    return set(items.filter(number=opened).values_list("pk", flat=True)) if opened else set()


def _version_posted(section: Section, data: QueryDict | None) -> int:
    """Return the version of the answer that the user's page was made from; 0 for none."""
    return _number(data, f"i{section.item.pk}-version")


def _number(data: QueryDict | None, name: str) -> int:
    typed = data.get(name, "") if data else ""
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else 0


def _update_form(section: Section, data: QueryDict | None, shown: int) -> UpdateForm | None:
    """Bind the form to the answer that the page was made from; None for a section without fields.

    Changes are detected against that version. If another user has saved since, comparing with the
    current answer would treat unchanged old text as typed by this user.
    """
    item, update, is_led = section.item, section.update, section.is_led
    if data is None or f"i{item.pk}-achieved" not in data:
        # The item was added after the page was made, or the script posted only a milestone.
        if not section.is_open:
            return None
        return UpdateForm(None, item=item, update=update, is_led=is_led)
    return UpdateForm(data, item=item, update=_as_shown(update, shown), is_led=is_led)


def _as_shown(row: Any, version: int) -> Any:
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
    is_wanted = is_open and line.is_own and (line.is_asked or opened == f"m{milestone.pk}")
    if not milestone.is_open or not (is_wanted or is_posted):
        return MilestoneEntry(line)
    answer = line.answer
    if is_posted and answer is not None:
        answer = _as_shown(answer, _number(data, f"m{milestone.pk}-answer_version"))
    if answer is not None and answer.outcome == MilestoneAnswer.Outcome.REOPENED:
        answer = None
    finished = {part.mitigation_id for part in line.parts}
    return MilestoneEntry(
        line=line,
        form=MilestoneAnswerForm(
            data if is_posted else None,
            milestone=milestone,
            agencies=agencies,
            answer=answer,
            on=localdate(),
        ),
        mitigations=[
            MitigationDoneForm(data if is_posted else None, mitigation=mitigation)
            for delay in line.delays
            for mitigation in delay.mitigations.all()
            if mitigation.done_on is None and mitigation.pk not in finished
        ],
    )


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
        why = _why_locked(of_return)
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
        shown = _as_shown(answers.last(), _number(data, f"m{milestone.pk}-answer_version"))
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


# --- saving -----------------------------------------------------------------------------------


def save_entry(
    request: HttpRequest,
    of_return: Return,
    entry: Entry,
    act: str = SAVE,
    *,
    is_pause: bool = False,
) -> None:
    """Save the changes in a section. Errors are added to its forms and `refusals`.

    `is_pause`: the page saved by itself.
    """
    if not takes_answers(of_return):
        if act == NO_CHANGE or any(form.is_touched() for form in entry.forms):
            entry.refusals.append(
                gettext(
                    "Item {number} is not saved: {why}. Copy your text before you leave this page."
                ).format(number=entry.section.item.number, why=_why_locked(of_return))
            )
        return
    for milestone in entry.milestones:
        save_milestone(request, of_return, entry, milestone)
    for note in entry.notes:
        entry.is_saved |= save_reply(request, note)
    if act == NO_CHANGE:
        say_no_change(request, of_return, entry)
    elif act == SAVE and (form := entry.form) and form.is_touched() and form.is_valid():
        write_update(request, of_return, entry, form, is_pause=is_pause)


def _why_locked(of_return: Return) -> str:
    if not of_return.round.is_open:
        return gettext("the round is closed")
    return gettext("the return was {state} meanwhile").format(
        state=of_return.get_state_display().lower()
    )


def write_update(
    request: HttpRequest, of_return: Return, entry: Entry, form: UpdateForm, *, is_pause: bool
) -> None:
    try:
        entry.section.update = round_services.write_update(
            of_return=of_return,
            item=entry.section.item,
            by=signed_in(request),
            at=timezone.now(),
            is_pause=is_pause,
            **form.cleaned_data,
        )
        entry.is_written = entry.is_saved = True
    except services.Conflict as conflict:
        note_conflict(entry, conflict)
        form.add_error(None, str(conflict))
    except services.Refused as refusal:
        say_refusal(form, refusal)


def say_no_change(request: HttpRequest, of_return: Return, entry: Entry) -> None:
    item = entry.section.item
    if _holds_words(entry):
        entry.refusals.append(
            gettext(
                "Item {number} has text in its boxes, which “No change” would remove. Clear the boxes "
                "first, or keep your answer."
            ).format(number=item.number)
        )
        return
    try:
        entry.section.update = round_services.say_no_change(
            of_return=of_return,
            item=item,
            on=localdate(),
            version=entry.version_shown,
            by=signed_in(request),
            at=timezone.now(),
        )
        entry.is_written = entry.is_saved = True
    except services.Conflict as conflict:
        note_conflict(entry, conflict)
        entry.refusals.append(str(conflict))
    except services.Refused as refusal:
        entry.refusals.append(str(refusal))


def _holds_words(entry: Entry) -> bool:
    """Return whether the boxes of an item hold words, saved or not; without boxes, whether its answer does."""
    form, update = entry.form, entry.section.update
    if form is not None and form.is_bound:
        return any((form[name].value() or "").strip() for name in WORDS)
    return update is not None and any(getattr(update, name) for name in WORDS)


def note_conflict(entry: Entry, conflict: services.Conflict) -> None:
    entry.theirs = conflict.current
    if entry.form:
        entry.form.take_version(conflict.current.version if conflict.current else 0)


def copy_last(entries: list[Entry], number: str) -> None:
    """Show last time's words in the empty boxes of an item's fields. Nothing is saved."""
    for entry in entries:
        last, form = entry.section.last, entry.form
        if entry.section.item.number == number and last is not None and form and not form.is_bound:
            for name in WORDS:
                form.initial[name] = form.initial.get(name) or getattr(last, name)


def copied_words(entries: list[Entry], number: str) -> str:
    """Say what `copy_last` does for an item, as a sentence for the next page."""
    for entry in entries:
        last, update = entry.section.last, entry.section.update
        if entry.section.item.number == number and last is not None:
            if any(getattr(last, name) and not getattr(update, name, "") for name in WORDS):
                return gettext(
                    "Last time’s words are in the empty boxes of item {number}. Edit them, then save: "
                    "nothing is saved yet."
                ).format(number=number)
            return gettext(
                "Item {number} already has text in these boxes, so nothing was copied. Clear a box first."
            ).format(number=number)
    return gettext("There is nothing to copy.")


def rest_in_words(of_return: Return, rest: round_services.Rest) -> str:
    """Say what "no change to the rest" answered and what it left, each item a link to its section."""
    if not rest.answered and not rest.left:
        return gettext("Every item already has an answer, so nothing was changed.")
    address = of_return.get_absolute_url()
    links = {
        item.pk: format_html(
            '<a href="{}?open={}#item-{}">{}</a>',
            address,
            item.number,
            item.number,
            item.number,
        )
        for item in (*rest.answered, *(item for item, _ in rest.left))
    }
    said = mark_safe(gettext("No item could be answered with “no change”."))
    if rest.answered:
        numbers = format_html_join(", ", "{}", ((links[item.pk],) for item in rest.answered))
        said = format_html(
            gettext("“No change” is saved for {items}. You can still change each."), items=numbers
        )
    for item, why in rest.left:
        prefix = gettext("Item {number}: {why}").format(number=item.number, why="")
        reason = why.removeprefix(prefix)
        left = format_html(
            gettext("Not answered: {item}, because {reason}"),
            item=links[item.pk],
            reason=reason[0].lower() + reason[1:],
        )
        said = format_html("{} {}", said, left)
    return said


def save_milestone(
    request: HttpRequest, of_return: Return, entry: Entry, milestone: MilestoneEntry
) -> None:
    """Save what was said of a milestone and its mitigations; it takes effect on submission."""
    line, form = milestone.line, milestone.form
    for step in milestone.mitigations:
        if step.is_touched() and step.is_valid():
            finish_mitigation(request, of_return, entry, line, step)
    if form is None or not form.is_touched() or not form.is_valid():
        return
    said = form.cleaned_data
    is_done = said["outcome"] == form.DONE
    words: dict[str, Any] = {"day": said["completed_on"], "reason": said["shown_by"]}
    if not is_done:
        words = {name: said[name] for name in ("cause", "effect", "mitigation", "reason")}
        words |= {name: said[name] for name in ("owner_agency", "mitigation_due_on")}
        words |= {name: said[name] for name in ("settlement", "settling_agency", "settling_by")}
        words["day"] = said["forecast_due"]
    try:
        _answer(
            *(request, of_return, entry, line.milestone, said["version"], said["outcome"]),
            answer_version=said["answer_version"] or 0,
            **words,
        )
    except services.Conflict as conflict:
        if isinstance(conflict.current, Milestone):
            form.add_error(
                None,
                gettext(
                    "This milestone was changed elsewhere while you were writing. Compare its record "
                    "with what you typed, then save it again."
                ),
            )
            form.take_version(conflict.current.version)
            return
        form.add_error(
            None,
            gettext(
                "Another answer on this milestone was saved while you were writing. Compare it with "
                "what you typed, then save yours again to replace it."
            ),
        )
        current = conflict.current.version if conflict.current else 0
        overwrite_data(form, answer_version=current)
    except services.Refused as refusal:
        names = {"completed_on": "completed_on", "reason": "shown_by"} if is_done else {}
        say_refusal(
            form, services.Refused(str(refusal), names.get(refusal.field or "", refusal.field))
        )


def finish_mitigation(
    request: HttpRequest,
    of_return: Return,
    entry: Entry,
    line: MilestoneLine,
    form: MitigationDoneForm,
) -> None:
    milestone = line.milestone
    try:
        _answer(
            *(request, of_return, entry, milestone, milestone.version),
            MilestoneAnswer.Outcome.STEP_DONE,
            step=form.mitigation,
            day=form.cleaned_data["done_on"],
        )
    except services.Refused as refusal:
        form.add_error("done_on", str(refusal))


def _answer(
    request: HttpRequest,
    of_return: Return,
    entry: Entry,
    milestone: Milestone,
    version: int,
    outcome: str,
    **words: Any,
) -> None:
    made = milestone_answers.answer(
        of_return=of_return,
        milestone=milestone,
        version=version,
        outcome=outcome,
        by=signed_in(request),
        on=localdate(),
        at=timezone.now(),
        **words,
    )
    entry.milestones_written[made.pk] = made.version
    entry.is_saved = True


def choose(
    request: HttpRequest, of_return: Return, entries: list[Entry], act: str, of: str
) -> tuple[str, str]:
    """Confirm or remove an answer on a milestone (`of` is its id), or choose between an answer and
    its item (`of` is the item's number). Return what was done, as a sentence for the next page, and
    the number of the item.

    Raise `Refused` if the service does, or if there is nothing to choose.
    """
    by, at = signed_in(request), timezone.now()
    if act in (CONFIRM, REMOVE):
        pending = of_return.milestone_answers.pending().select_related("milestone__item")
        found = pending.filter(pk=int(of)).first() if re.fullmatch("[0-9]{1,9}", of) else None
        if found is None:
            raise services.Refused(gettext("This answer is no longer pending."))
        found.of_return, milestone = of_return, found.milestone
        if act == REMOVE:
            milestone_answers.remove(answer=found, by=by, at=at)
            return gettext("The answer on “{milestone}” is removed.").format(
                milestone=milestone
            ), milestone.item.number
        version = _number(request.POST, f"a{found.pk}-milestone")
        milestone_answers.confirm(answer=found, version=version, by=by, on=localdate(), at=at)
        return gettext("The answer on “{milestone}” is confirmed.").format(
            milestone=milestone
        ), milestone.item.number
    entry = next((each for each in entries if each.section.item.number == of), None)
    if entry is None:
        raise services.Refused(gettext("This item is no longer in the return."))
    round_services.settle_status(
        of_return=of_return,
        item=entry.section.item,
        keep_answer=act == KEEP_ANSWER,
        version=entry.version_read,
        item_version=_number(request.POST, f"i{entry.section.item.pk}-item_now"),
        by=by,
        at=at,
    )
    if act == KEEP_ANSWER:
        return gettext("The answer on item {number} stays as it is in this return.").format(
            number=of
        ), of
    return gettext("The answer on item {number} now has the item’s stage and confidence.").format(
        number=of
    ), of


# --- response to the script ---------------------------------------------------------------------


def section_json(
    request: HttpRequest, of_return: Return, entry: Entry, milestone: str
) -> dict[str, Any]:
    """Return the JSON with which the script updates a section and the count at the top.

    `milestone` is the id of the posted milestone, if any; it is returned as HTML with its errors.
    """
    on, item = localdate(), entry.section.item
    progress = Return.objects.with_progress().get(pk=of_return.pk)
    update = entry.section.update
    shown = entry.theirs or update
    answer: dict[str, Any] = {
        "version": shown.version if shown else 0,
        "answer": None,
        "saved_at": time_format(localtime(), "g:i a"),
        "is_answered": update is not None and update.says_something,
        "no_change": bool(update and update.no_change_on),
        "progress": {"answered": progress.answered, "total": progress.items},
        "mended": mended_now(of_return),
        "missing": [
            {"says": fault.says, "target": target_of(fault)}
            for fault in faults_of_item(of_return, item, update, on)
        ],
        "errors": {},
        "refusals": entry.refusals,
        "theirs": None,
        "milestone": None,
        # How it prints in the briefing, if it was saved.
        "in_briefing": None,
    }
    if entry.form and entry.is_answer_wrong:
        answer["errors"] = {
            "" if name == "__all__" else f"i{item.pk}-{name}": [str(each) for each in said]
            for name, said in entry.form.errors.items()
        }
    if shown:
        answer["answer"] = {f"i{item.pk}-{name}": value for name, value in answer_of(shown).items()}
    if entry.is_written:
        context = {"section": entry.section, "agency": of_return.agency}
        answer["in_briefing"] = render_to_string(
            "workitems/returns/answer_in_briefing.html", context
        )
    if entry.theirs is not None:
        context = {"theirs": entry.theirs, "item": item}
        answer["theirs"] = render_to_string("workitems/returns/theirs.html", context, request)
    if milestone and not entry.lost:  # else the page keeps what was typed
        now = one_section(of_return, item, on, with_milestones=True)
        answer["may_say_no_change"] = now.may_say_no_change
        answer["milestone"] = milestone_html(request, of_return, entry, now, milestone)
    return answer


def mended_now(of_return: Return) -> str:
    if of_return.state != Return.State.SENT_BACK:
        return ""
    return mended_words(handover_services.mendings_of(of_return))


def reply_json(request: HttpRequest, of_return: Return, entry: NoteEntry) -> dict[str, Any]:
    """Return the JSON with which the script updates a note after saving its reply."""
    now, form = entry.theirs or entry.note, entry.form
    name = f"n{entry.note.pk}-reply"
    errors: Any = form.errors if form and entry.is_wrong else {}
    answer: dict[str, Any] = {
        "version": now.version,
        "answer": {name: now.reply},
        "saved_at": time_format(localtime(), "g:i a"),
        "mended": mended_now(of_return),
        "errors": [str(each) for said in errors.values() for each in said],
        "theirs": None,
    }
    if entry.theirs is not None:
        context = {"theirs": entry.theirs}
        answer["theirs"] = render_to_string("workitems/returns/their_reply.html", context, request)
    return answer


def milestone_html(
    request: HttpRequest, of_return: Return, entry: Entry, now: Section, milestone: str
) -> str:
    fresh = entries_of(of_return, [now])[0]
    fresh.keep_from(entry)
    for each in fresh.milestones:
        if str(each.line.milestone.pk) == milestone:
            return render_to_string("workitems/returns/milestone.html", {"entry": each}, request)
    return ""


def target_of(fault: Fault) -> str:
    """Return the HTML id of the place on the page where the fault can be fixed."""
    if fault.milestone is not None:
        return f"milestone-{fault.milestone.pk}"
    suffix = "_0" if fault.field == "stage" else ""
    return f"id_i{fault.item.pk}-{fault.field}{suffix}"
