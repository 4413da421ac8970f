"""What a section of a return is compared with: the last answers, those that were sent back, and where it came from."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from workitems.models import Return, ReturnNote, Update, WorkItem
from workitems.plan.plan_at import grouped
from workitems.returns.answer_changes import answer_changes
from workitems.returns.page_sections import Came, Section
from workitems.returns.services.answers import answers_of_earlier_leads


def earlier_answers(of_return: Return, items: list[WorkItem], is_one: bool) -> dict[int, Update]:
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


def sent_back_at(
    of_return: Return, notes: Mapping[int | None, list[ReturnNote]]
) -> datetime | None:
    """Return when a return that is with its agency again was sent back, or None of any other."""
    if of_return.state != Return.State.SENT_BACK:
        return None
    sent = (note.at for those in notes.values() for note in those if not note.is_own)
    return max(sent, default=of_return.submitted_at)


def add_whence(sections: list[Section], of_return: Return) -> None:
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


def compare_with_sent_back(
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


def show_as_handed_in(
    sections: list[Section], notes: Mapping[int | None, list[ReturnNote]], of_return: Return
) -> None:
    """Put the answers that were submitted in place of the newer ones, and leave out replies."""
    every = [note for those in notes.values() for note in those if not note.is_own]
    # An imported return may have been sent back without a note.
    sent_at = sent_back_at(of_return, notes)
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


def last_accepted(of_return: Return) -> Return | None:
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
