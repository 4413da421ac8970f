"""Saving what was changed in the sections of a return's page."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from agencies.typed.fields import overwrite_data, say_refusal
from workitems.models import Milestone, MilestoneAnswer, MilestoneDraft, Return
from workitems.plan import services
from workitems.plan.views.lookups import signed_in
from workitems.returns.forms.returns import (
    Held,
    MilestoneAnswerForm,
    MitigationDoneForm,
    ReturnForm,
    UpdateForm,
    answer_of,
    start_of,
)
from workitems.returns.page_milestones import MilestoneLine
from workitems.returns.return_page import takes_answers
from workitems.returns.services import handover as handover_services
from workitems.returns.services import milestone_answers
from workitems.returns.services import rounds as round_services
from workitems.returns.views.answers import (
    CONFIRM,
    DISCARD,
    KEEP,
    KEEP_ANSWER,
    NO_CHANGE,
    REMOVE,
    SAVE,
    TAKE_THEIRS,
    WORDS,
    Entry,
    MilestoneEntry,
    NoteEntry,
    number_in,
    why_locked,
)
from workitems.terms.sentence_ends import ended
from workitems.terms.stems import CASE


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
                ).format(number=entry.section.item.number, why=why_locked(of_return))
            )
        return
    for milestone in entry.milestones:
        if milestone.takes_theirs:
            keep_theirs(milestone.form)
        if act == KEEP or milestone.takes_theirs:
            milestone.is_left = True
            keep_typed(request, of_return, entry, milestone)
        elif not milestone.is_left:
            save_milestone(request, of_return, entry, milestone)
    for note in entry.notes:
        entry.is_saved |= save_reply(request, note)
    if act == NO_CHANGE:
        say_no_change(request, of_return, entry)
        return
    if act == TAKE_THEIRS:
        keep_theirs(entry.form)
    if (form := entry.form) and form.is_touched() and form.is_valid():
        write_update(request, of_return, entry, form, is_pause=is_pause)


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
        now = conflict.current
        entry.held = form.merge(answer_of(now) if now else {}, version=now.version if now else 0)
        if entry.held or (now and now.no_change_on):
            entry.theirs, entry.began = now, form.began_with(entry.held)
            form.add_error(None, str(conflict))
        elif form.is_valid():
            # Others wrote in other fields only.
            entry.is_merged = True
            write_update(request, of_return, entry, form, is_pause=is_pause)
    except services.Refused as refusal:
        say_refusal(form, refusal)


def keep_theirs(form: ReturnForm | None) -> None:
    """Leave out what the user typed where another user's words are kept: the fields that were held."""
    if form is None or not form.is_bound:
        return
    held = form.data.get(form.add_prefix("held"), " ".join(form.fields)).split()
    # On a milestone what is typed is kept, so that the page began with that, and not with the other version.
    theirs = {
        name: form.data.get(f"other-{form.add_prefix(name)}", text)
        for name, text in form.shown_words().items()
        if name in held
    }
    overwrite_data(form, **theirs)
    form.full_clean()


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
    """Return whether the boxes of an item have text, saved or not; without boxes, whether its answer has."""
    form, update = entry.form, entry.section.update
    if form is not None and form.is_bound:
        return any((form[name].value() or "").strip() for name in WORDS)
    return update is not None and any(getattr(update, name) for name in WORDS)


def note_conflict(entry: Entry, conflict: services.Conflict) -> None:
    """Note which answer "no change" would have removed."""
    now, form = conflict.current, entry.form
    entry.theirs = now
    if form is not None and form.is_bound and now is not None:
        form.merge(answer_of(now), version=now.version)
        entry.held = [
            Held(name, str(form.fields[name].label), "", text, "")
            for name in WORDS
            if (text := getattr(now, name))
        ]


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


def say_rest(request: HttpRequest, of_return: Return, rest: round_services.Rest) -> None:
    say = messages.success if rest.answered else messages.info
    say(request, rest_in_words(of_return, rest))


def rest_in_words(of_return: Return, rest: round_services.Rest) -> str:
    """Say which items "no change to the rest" answered and which not, each a link to its section."""
    if not rest.answered and not rest.not_answered:
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
        for item in (*rest.answered, *(item for item, _ in rest.not_answered))
    }
    sentence = mark_safe(gettext("No item could be answered with “no change”."))
    if rest.answered:
        numbers = format_html_join(", ", "{}", ((links[item.pk],) for item in rest.answered))
        sentence = format_html(
            gettext("“No change” is saved for {items}. You can still change each."), items=numbers
        )
    for item, why in rest.not_answered:
        prefix = gettext("Item {number}: {why}").format(number=item.number, why="")
        reason = why.removeprefix(prefix)
        reason_given = format_html(
            gettext("Not answered: {item}, because {reason}"),
            item=links[item.pk],
            reason=reason[0].lower() + reason[1:],
        )
        sentence = format_html("{} {}", sentence, reason_given)
    return sentence


def save_milestone(
    request: HttpRequest, of_return: Return, entry: Entry, milestone: MilestoneEntry
) -> None:
    """Save the answers on a milestone and its mitigations. They take effect on submission.

    What is refused is kept as it is typed. An answer that was kept is saved once it is complete.
    """
    line, form = milestone.line, milestone.form
    for step in milestone.mitigations:
        if step.is_touched() and step.is_valid():
            finish_mitigation(request, of_return, entry, line, step)
    if form is None or not form.is_bound:
        return
    shown, version = form.shown_words(), milestone.answer_version
    is_said = form.is_touched() or (form.draft is not None and form.says_something())
    if is_said and form.is_valid():
        answer_milestone(request, of_return, entry, milestone, form)
    if milestone.is_wrong:
        keep_typed(request, of_return, entry, milestone, shown=shown, answer_version=version)
    elif form.draft is not None and not is_said:
        milestone_answers.discard(of_return=of_return, milestone=line.milestone.pk)


def keep_typed(
    request: HttpRequest,
    of_return: Return,
    entry: Entry,
    milestone: MilestoneEntry,
    *,
    shown: dict[str, str] | None = None,
    answer_version: int | None = None,
) -> None:
    """Keep what is typed on a milestone as it is typed, whatever is wrong with it. `shown` and
    `answer_version` are what the page began with, before the two versions of an answer were compared."""
    form = milestone.form
    if form is None or not form.is_bound:
        return
    typed, days = form.typed_words(), dict[str, str]()
    for step in milestone.mitigations:
        days |= step.typed_words()
    if not form.says_something() and not any(days.values()):
        milestone_answers.discard(of_return=of_return, milestone=milestone.line.milestone.pk)
        milestone.kept = {**typed, **days}
        return
    try:
        kept = milestone_answers.keep(
            of_return=of_return,
            milestone=milestone.line.milestone,
            typed={**typed, **days},
            shown={**days, **(form.shown_words() if shown is None else shown)},
            answer_version=milestone.answer_version if answer_version is None else answer_version,
            is_chosen=not milestone.held and form.add_prefix("held") in form.data,
            by=signed_in(request),
            at=timezone.now(),
        )
    except services.Conflict as conflict:
        now = conflict.current.typed
        milestone.held = form.merge(now)
        if not milestone.held:
            # The same dates in other words.
            shown = {**days, **form.shown_words(), **now}
            keep_typed(
                *(request, of_return, entry, milestone), shown=shown, answer_version=answer_version
            )
            return
        milestone.theirs = conflict.current
        form.add_error(None, str(conflict))
    except services.Refused as refusal:
        entry.refusals.append(str(refusal))
    else:
        milestone.kept, milestone.is_unfinished = kept.typed, True
        milestone.newer = _newer(milestone, kept)
        form.initial.update({name: kept.typed[name] for name in typed})
        form.is_meant = entry.is_saved = True


def _newer(milestone: MilestoneEntry, kept: MilestoneDraft) -> str:
    """Say that the answer or the milestone changed since the user began to type; "" if neither did."""
    now, row = milestone.line.answer, milestone.line.milestone
    began = int(kept.typed.get(milestone_answers.ANSWER_VERSION, 0))
    if now is not None and now.version != began:
        time = ended(time_format(localtime(now.written_at), "g:i a"))
        return gettext(
            "{person} saved another answer on it at {time} Choose “Save milestone” to compare the two."
        ).format(person=now.written_by, time=time)
    if now is None and began:
        return gettext("Its answer was removed meanwhile. Choose “Save milestone” to choose.")
    typed: Any = milestone.form.data if milestone.form else None
    if typed is not None and number_in(typed, f"m{row.pk}-version") != row.version:
        return gettext("Its record was changed meanwhile. Choose “Save milestone” to see it.")
    return ""


def answer_milestone(
    request: HttpRequest,
    of_return: Return,
    entry: Entry,
    milestone: MilestoneEntry,
    form: MilestoneAnswerForm,
) -> None:
    line = milestone.line
    cleaned = form.cleaned_data
    is_done = cleaned["outcome"] == form.DONE
    words: dict[str, Any] = {"day": cleaned["completed_on"], "reason": cleaned["shown_by"]}
    if not is_done:
        words = {name: cleaned[name] for name in ("cause", "effect", "mitigation", "reason")}
        words |= {name: cleaned[name] for name in ("meanwhile", "needs", *CASE)}
        words |= {name: cleaned[name] for name in ("owner_agency", "mitigation_due_on")}
        words |= {name: cleaned[name] for name in ("settlement", "settling_agency")}
        words |= {name: cleaned[name] for name in ("settling_other", "settling_by")}
        words["day"] = cleaned["forecast_due"]
    try:
        _answer(
            *(request, of_return, entry, line.milestone, cleaned["version"], cleaned["outcome"]),
            answer_version=cleaned["answer_version"] or 0,
            leaves_draft=form.draft is not None and not form.knows(form.draft),
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
        now = conflict.current
        if now is None:
            milestone.theirs = milestone_answers.removed(of_return, line.milestone)
            milestone.held = form.hold_all()
            form.add_error(
                None,
                gettext(
                    "The answer on this milestone was removed while you were writing. Choose whether "
                    "to save yours."
                ),
            )
            return
        # What is typed and kept is what the page began with, and not what the answer was then.
        milestone.held = form.merge(start_of(now), began=form.begun, answer_version=now.version)
        if not milestone.held and form.is_valid():
            answer_milestone(request, of_return, entry, milestone, form)
            return
        milestone.theirs, milestone.began = now, form.began_with(milestone.held)
        form.add_error(
            None,
            gettext(
                "Another answer on this milestone was saved while you were writing. Compare it with "
                "what you typed, then save yours again to replace it."
            ),
        )
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
    if act == DISCARD:
        lines = ((each, step.line.milestone) for each in entries for step in each.milestones)
        for each, milestone in lines:
            if str(milestone.pk) == of:
                milestone_answers.discard(of_return=of_return, milestone=milestone.pk)
                return gettext("What was typed on “{milestone}” is discarded.").format(
                    milestone=milestone
                ), each.section.item.number
        raise services.Refused(gettext("This milestone is no longer in the return."))
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
        version = number_in(request.POST, f"a{found.pk}-milestone")
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
        item_version=number_in(request.POST, f"i{entry.section.item.pk}-item_now"),
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
