"""Write a meeting's agenda: its matters, their order, and which of them were considered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from workitems.meetings.agenda import VERBS, Proposal, kind_of, plan_id_of, risk_reason, title_of
from workitems.meetings.services.meetings import check_held, open_record
from workitems.models import Matter, Meeting
from workitems.models.meeting import MATTER_TITLE_LENGTH
from workitems.plan.attention import Verb
from workitems.plan.services.refusals import Refused, locked


@transaction.atomic
def add_matter(
    *,
    meeting: Meeting,
    by: User,
    about: Any = None,
    title: str = "",
    reasons: Sequence[str] = (),
    note: str = "",
) -> Matter:
    """Add a matter at the end of the agenda.

    `about` is its subject: a work item, variation, earlier decision, risk or return. It provides
    the title if `title` is empty. Raise `Refused` if the subject is already on the agenda.
    """
    meeting = open_record(meeting)
    return _put(meeting, _last(meeting) + 1, about, title, reasons, note, by=by)


@transaction.atomic
def draft_agenda(
    *,
    meeting: Meeting,
    proposals: Iterable[Proposal],
    by: User,
    verbs: Mapping[int, Verb] | None = None,
) -> list[Matter]:
    """Add the proposals that are not yet on the agenda, in their order: each after what the group is asked to do the
    same or something earlier with. `verbs` are what it is asked to do with the matters that are there, by their ids."""
    meeting = open_record(meeting)
    order = list(meeting.matters.on_agenda().in_order())
    there = {(matter.kind, matter.subject_pk) for matter in order}
    ranks = {pk: VERBS.index(verb) for pk, verb in (verbs or {}).items()}
    made: list[Matter] = []
    for each in proposals:
        if (each.kind, each.subject.pk) in there:
            continue
        matter = _put(meeting, len(order) + 1, each.subject, each.title, each.reasons, "", by=by)
        ranks[matter.pk] = VERBS.index(each.verb)
        order.insert(_place_of(ranks[matter.pk], [ranks.get(row.pk) for row in order]), matter)
        made.append(matter)
    _number(order, by=by)
    return made


def _place_of(rank: int, ranks: Sequence[int | None]) -> int:
    """Return where a new matter goes: after the last one of its rank or an earlier one, else before the first later one,
    else to the end."""
    earlier = [
        place for place, each in enumerate(ranks, start=1) if each is not None and each <= rank
    ]
    later = [place for place, each in enumerate(ranks) if each is not None and each > rank]
    return earlier[-1] if earlier else later[0] if later else len(ranks)


def _last(meeting: Meeting) -> int:
    last = meeting.matters.on_agenda().order_by("-position").first()
    return last.position if last else 0


def _put(
    meeting: Meeting,
    position: int,
    about: Any,
    title: str,
    reasons: Sequence[str],
    note: str,
    *,
    by: User,
) -> Matter:
    matter = Matter(meeting=meeting, position=position, note=note, why="\n".join(reasons))
    if about is not None:
        if plan_id_of(about) != meeting.plan_id:
            raise Refused(_("This belongs to another plan."))
        setattr(matter, kind_of(about), about)
        _check_only(matter)
        title = title or title_of(about)
    if not title:
        raise Refused(_("Write what is to be discussed."), "title")
    matter.title = title if len(title) <= MATTER_TITLE_LENGTH else f"{title[:297].rstrip()}…"
    return history.save(matter, by=by)


def _check_only(matter: Matter) -> None:
    """Raise `Refused` if another matter on the agenda has the same subject."""
    others = Matter.objects.on_agenda().filter(meeting=matter.meeting_id)
    if matter.kind and others.filter(**{matter.kind: matter.subject}).exists():
        raise Refused(
            _("“{subject}” is already on the agenda.").format(subject=title_of(matter.subject))
        )


def _of_open_record(matter: Matter, *, version: int | None = None) -> tuple[Meeting, Matter]:
    meeting = open_record(matter.meeting)
    return meeting, locked(matter, version=version, related=("meeting",))


@transaction.atomic
def change_matter(
    *,
    matter: Matter,
    title: str,
    note: str,
    by: User,
    position: int | None = None,
    version: int | None = None,
) -> Matter:
    """Change a matter's title, note or position.

    Raise `Conflict` if `version`, that of the user's page, is not the row's.
    """
    meeting, matter = _of_open_record(matter, version=version)
    if not title:
        raise Refused(_("Write what is to be discussed."), "title")
    if (title, note) != (matter.title, matter.note):
        matter.title, matter.note = title, note
        history.save_version(matter, "title", "note", by=by)
    if position is not None and position != matter.position:
        _place(meeting, matter, position, by=by)
    return matter


@transaction.atomic
def move_matter(*, matter: Matter, to: int, by: User) -> Matter:
    """Move a matter to position `to` (1 is first) and renumber the others."""
    meeting, matter = _of_open_record(matter)
    _place(meeting, matter, to, by=by)
    return matter


def _place(meeting: Meeting, matter: Matter, to: int, *, by: User) -> None:
    if matter.withdrawn_on is not None:
        raise Refused(_("This matter is not on the agenda."))
    order = [each for each in meeting.matters.on_agenda().in_order() if each.pk != matter.pk]
    order.insert(max(to, 1) - 1, matter)
    _number(order, by=by)


def _number(order: list[Matter], *, by: User) -> None:
    """Number the matters from 1 without gaps. Write only rows that change."""
    for position, matter in enumerate(order, start=1):
        if matter.position != position:
            matter.position = position
            history.save(matter, by=by, fields=["position"])


@transaction.atomic
def remove_matter(*, matter: Matter, on: date, by: User) -> Matter:
    """Remove a matter from the agenda; the row stays. Raise `Refused` if it was considered."""
    meeting, matter = _of_open_record(matter)
    if matter.withdrawn_on is not None:
        raise Refused(_("This matter is not on the agenda."))
    if matter.considered_on is not None or matter.decisions.exists():
        raise Refused(_("The working group has dealt with this, so it stays on the record."))
    matter.withdrawn_on = on
    history.save_version(matter, "withdrawn_on", by=by)
    _number(list(meeting.matters.on_agenda().in_order()), by=by)
    return matter


@transaction.atomic
def restore_matter(*, matter: Matter, by: User) -> Matter:
    """Put a removed matter back at the end. Raise `Refused` if its subject is on the agenda."""
    meeting, matter = _of_open_record(matter)
    if matter.withdrawn_on is None:
        raise Refused(_("This matter is on the agenda."))
    _check_only(matter)
    matter.withdrawn_on, matter.position = None, _last(meeting) + 1
    return history.save_version(matter, "withdrawn_on", "position", by=by)


@transaction.atomic
def consider(*, matter: Matter, on: date, by: User, considered: bool = True) -> Matter:
    """Mark a matter as considered at its meeting, or (`considered=False`) remove the mark.

    Raise `Refused` before the meeting's day, and for removing the mark if a decision is recorded.
    """
    meeting, matter = _of_open_record(matter)
    check_held(meeting, on)
    if matter.withdrawn_on is not None:
        raise Refused(_("This matter is not on the agenda."))
    if considered:
        return mark_considered(matter, meeting, by=by)
    if matter.decisions.exists():
        raise Refused(_("A decision is recorded on this; it was considered."))
    if matter.considered_on is not None:
        matter.considered_on = None
        history.save_version(matter, "considered_on", by=by)
    return matter


@transaction.atomic
def note_discussion(
    *, matter: Matter, discussion: str, on: date, by: User, version: int | None = None
) -> Matter:
    """Record the discussion of a matter, beside its decisions. The matter then counts as considered.

    Raise `Refused` before the meeting's day, and `Conflict` if `version` is not the row's.
    """
    meeting, matter = _of_open_record(matter, version=version)
    check_held(meeting, on)
    if matter.withdrawn_on is not None:
        raise Refused(_("This matter is not on the agenda."))
    if discussion != matter.discussion:
        matter.discussion = discussion
        history.save_version(matter, "discussion", by=by)
    return mark_considered(matter, meeting, by=by) if discussion else matter


def keep_risks(matter: Matter, meeting: Meeting, *, by: User) -> None:
    """Put the escalated risks of an item behind its matter, each as a matter of its own.

    Call before a variation of the item is decided there: the item's matter then counts as considered, and its risks are
    still to be discussed. One that was on the agenda stays as it is.
    """
    if matter.item_id is None or matter.considered_on is not None:
        return
    there = meeting.matters.filter(risk__isnull=False).values("risk")
    risks = meeting.plan.risks.open(meeting.held_on).escalated().filter(item=matter.item_id)
    order = list(meeting.matters.on_agenda().in_order())
    place = next(at for at, each in enumerate(order, start=1) if each.pk == matter.pk)
    for risk in risks.exclude(pk__in=there).select_related("item").order_by("number"):
        with translation.override("en"):  # kept, and printed on papers
            why = risk_reason(risk)
        made = _put(meeting, len(order) + 1, risk, "", [why], "", by=by)
        order.insert(place, made)
        place += 1
    _number(order, by=by)


def mark_considered(matter: Matter, meeting: Meeting, *, by: User) -> Matter:
    """Mark a matter as considered, unless it is. The caller has locked both and checked the day."""
    if matter.considered_on is None:
        matter.considered_on = meeting.held_on
        history.save_version(matter, "considered_on", by=by)
    return matter
