"""Clearance: asking agencies, their answers and comments, and asking again after changes.

An answer is stored with the texts it covers (`reports.drafting.concerns`). Every change of a
draft's text calls `reopen_changed`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext, override

from agencies.models import Agency, User, by_short_name
from agencies.records import history
from agencies.records.composed import composed
from agencies.typed.asking import Fault
from reports.briefings.services import states
from reports.briefings.services.gates import not_now
from reports.document import DocumentError
from reports.document.text import check_characters
from reports.document.wording import join_words
from reports.drafting import concerns, draft_rows
from reports.drafting.draft import Draft
from reports.models import Briefing, Clearance, ClearanceComment, ClearanceReply
from reports.models.clearance import ANSWER_LENGTH, WORDS_LENGTH
from reports.render.pdf import RenderRefused, refuse_unprintable
from workitems.plan.services.refusals import Conflict, Refused, locked

State = Briefing.State
Answer = Clearance.Answer


def agencies_to_ask(briefing: Briefing) -> list[Agency]:
    """Return members on the paper's date, by short name, without the coordinating agency."""
    members = briefing.plan.agencies_on(briefing.dated)
    return list(members.exclude(pk=briefing.plan.coordinating_agency_id))


@transaction.atomic
def ask(
    *,
    briefing: Briefing,
    agencies: Collection[Agency],
    due_on: date,
    by: User,
    on: date,
    at: datetime,
    seen: str | None = None,
) -> Briefing:
    """Ask exactly these agencies for clearance by `due_on`. Moves a draft into consultation.

    An agency that has answered keeps its answer. `seen` is the page's `asked_digest`.

    Raise `Conflict` if that has changed. Raise `Refused` before drafting, without agencies, for an
    agency that is not a member or coordinates the plan, for a due date before `on`, and if an
    agency that has answered (or had, before it was asked again) would be left out.
    """
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if not row.is_open:
        raise not_now(row, gettext("agencies are asked while it is a draft or in consultation"))
    if row.kind_id is None:
        raise Refused(
            gettext("Begin the draft first. The agencies read it paragraph by paragraph.")
        )
    if seen is not None and seen != asked_digest(row):
        raise Conflict(row)
    Refused.raise_any([*agencies_faults(row, agencies), *due_faults(due_on, on)])
    known, unticked = _known_and_unticked(row, agencies)
    if row.state == State.DRAFTING:
        row = states.start_consultation(briefing=row, by=by, today=on)
    for agency in agencies:
        each = known.get(agency.pk) or Clearance(briefing=row, agency=agency, version=0)
        if each.is_answered or (each.pk and not each.is_withdrawn and each.due_on == due_on):
            continue
        if each.pk is None or each.is_withdrawn:
            each.asked_by, each.asked_at, each.is_withdrawn = by, at, False
        each.due_on = due_on
        history.save_version(each, by=by, at=at, reason="Asked for clearance")
    for each in unticked:
        if not each.is_withdrawn:
            _withdraw(each, by=by, at=at)
    return row


def agencies_faults(briefing: Briefing, agencies: Collection[Agency]) -> Iterator[Fault]:
    """Yield why exactly these agencies may not be asked."""
    if not agencies:
        yield gettext("Choose at least one agency."), "agencies"
    strange = {agency.pk for agency in agencies} - {each.pk for each in agencies_to_ask(briefing)}
    if strange:
        yield gettext("Choose only agencies of the working group."), "agencies"
    _, unticked = _known_and_unticked(briefing, agencies)
    lost = sorted(each.agency.short_name for each in unticked if each.is_answered)
    if lost:
        yield (
            ngettext(
                "{agencies} already answered, and the paper says so. Keep it ticked.",
                "{agencies} already answered, and the paper says so. Keep them ticked.",
                len(lost),
            ).format(agencies=join_words(lost)),
            "agencies",
        )
    again = sorted(each.agency.short_name for each in unticked if each.reopened_because)
    if again:
        yield (
            ngettext(
                "{agencies} answered before words changed, and is asked again. Keep it ticked.",
                "{agencies} answered before words changed, and are asked again. Keep them ticked.",
                len(again),
            ).format(agencies=join_words(again)),
            "agencies",
        )


def due_faults(due_on: date, on: date) -> Iterator[Fault]:
    """Yield why answers may not be due on that day."""
    if due_on < on:
        yield gettext("Enter today or a later date."), "due_on"


def _known_and_unticked(
    briefing: Briefing, agencies: Collection[Agency]
) -> tuple[dict[int, Clearance], list[Clearance]]:
    """Return the requests by agency, and those of agencies that are not to be asked any more."""
    known = {each.agency_id: each for each in briefing.clearances.select_related("agency")}
    wanted = {agency.pk for agency in agencies}
    return known, [known[pk] for pk in known.keys() - wanted]


def asked_digest(briefing: Briefing) -> str:
    """Digest of the agencies asked and the due dates, to detect changes."""
    rows = briefing.clearances.asked().order_by("agency_id").values_list("agency_id", "due_on")
    return sha256(repr(list(rows)).encode()).hexdigest()


@transaction.atomic
def remind(*, briefing: Briefing, by: User, on: date, at: datetime) -> list[Clearance]:
    """Remind each agency whose answer is late and that was not reminded on the day `on`.

    Return their requests. Raise `Refused` outside consultation, and if there is none.
    """
    row = locked(briefing, related=("plan",))
    if row.state != State.IN_CONSULTATION:
        raise not_now(row, gettext("agencies are reminded while it is in consultation"))
    late = row.clearances.late(on).select_related("agency").order_by(by_short_name())
    found = [each for each in late if each.reminded_at is None or localdate(each.reminded_at) < on]
    if not late:
        raise Refused(gettext("No agency is late with its answer."))
    if not found:
        raise Refused(gettext("Every agency that is late was reminded today."))
    for each in found:
        each.reminded_at = at
        history.save(each, by=by, at=at, reason="Reminded", fields=["reminded_at"])
    return found


def _withdraw(row: Clearance, *, by: User, at: datetime) -> None:
    row.is_withdrawn = True
    history.save_version(row, by=by, at=at, reason="No longer asked")


@transaction.atomic
def answer(
    *,
    clearance: Clearance,
    version: int,
    read: str,
    answer: str,
    words: str,
    by: User,
    at: datetime,
) -> Clearance:
    """Give or change an agency's answer. `read` is the fingerprint of the texts that were read.

    Raise `Conflict` with the current row if a colleague answered after `version`. Raise `Refused`
    outside consultation, if the texts have changed since they were read, without the text that a
    comment or a dissent needs, and for a text with a plain concurrence, where it would not be
    printed.
    """
    row, draft = _open(clearance, version=version)
    if answer not in (Answer.CONCURS, Answer.COMMENT, Answer.DISSENTS):
        raise Refused(gettext("Choose your agency’s answer."), "answer")
    words = _checked(words, "words", required=False, most=ANSWER_LENGTH)
    if answer == Answer.CONCURS and words:
        raise Refused(
            gettext(
                "Leave this blank to concur without comment. To have it printed, choose “Concurs with comment”."
            ),
            "words",
        )
    if answer == Answer.COMMENT and not words:
        raise Refused(gettext("Write the comment that is to be printed."), "words")
    if answer == Answer.DISSENTS and not words:
        raise Refused(
            gettext("Say why your agency does not concur; the reason is printed."), "words"
        )
    try:
        # Printed unchanged, so the agency must correct what the paper cannot print.
        check_characters(" ".join(words.split()), gettext("This"))
        refuse_unprintable(words)
    except (DocumentError, RenderRefused) as error:
        raise Refused(str(error), "words") from error
    now = concerns.current_texts(row, draft, concerns.owners_of(draft))
    if concerns.fingerprint(now) != read:
        raise Refused(
            gettext(
                "The draft changed while you were reading. What changed is shown below; read it and "
                "answer again."
            ),
            "answer",
        )
    states.end_pauses(row.briefing)
    row.answer, row.words, row.cleared = answer, words, now
    row.answered_by, row.answered_as, row.answered_at = by, by.signature, at
    row.reopened_because = ""
    with override("en"):  # the record is in English, whoever reads it
        reason = str(Answer(answer).label)
    return history.save_version(row, by=by, at=at, reason=reason)


def changed_answers(
    briefing: Briefing, draft: Draft | None = None
) -> list[tuple[Clearance, tuple[concerns.Change, ...]]]:
    """Return the answers that a draft, or the briefing's as it is now, changes the words of.

    Each comes with its changes. One query if no agency has answered.
    """
    answered: list[Clearance] = _answered(briefing=briefing.pk)
    if not answered:
        return []
    for row in answered:
        row.briefing = briefing
    draft = draft or draft_rows.read_draft(briefing).draft
    owners = concerns.owners_of(draft)
    commented = defaultdict(list)
    comments = ClearanceComment.objects.filter(clearance__in=answered).exclude(key="")
    for pk, key in comments.values_list("clearance", "key"):
        commented[pk].append(key)
    found = [
        (row, concerns.changes(draft, owners, row.agency_id, row.cleared, commented[row.pk]))
        for row in answered
    ]
    return [(row, changed) for row, changed in found if changed]


@composed
def _answered(briefing: Any) -> Any:
    found = Clearance.objects.filter(briefing=briefing).answered()
    return found.select_related("agency").order_by(by_short_name())


def reopen_changed(briefing: Briefing, *, by: User | None) -> list[Clearance]:
    """Ask each agency again whose cleared texts have changed. Return the requests reopened.

    Call it in the transaction that changes the draft. One query if no agency has answered.
    """
    found = []
    for row, changed in changed_answers(briefing):
        row.reopened_because = concerns.changes_in_words(changed)
        row.answer, row.words, row.answered_as = Answer.NONE, "", ""
        row.answered_by = row.answered_at = None
        found.append(
            history.save_version(row, by=by, reason=f"Asked again: {row.reopened_because}")
        )
    return found


@transaction.atomic
def comment(
    *, clearance: Clearance, key: str, text: str, by: User, at: datetime
) -> ClearanceComment:
    """Comment on a paragraph, a recommendation or, with an empty key, the whole paper.

    Raise `Refused` outside consultation, without text, or if the key is not in the paper.
    """
    row, draft = _open(clearance)
    text = _checked(text, "text")
    about = concerns.words_by_key(draft).get(key) if key else ""
    if about is None:
        raise Refused(
            gettext(
                "That paragraph is no longer in the paper. Comment on the whole paper instead."
            ),
            "text",
        )
    made = ClearanceComment(
        clearance=row, key=key, about=about, text=text, made_by=by, made_as=by.signature, made_at=at
    )
    return history.save(made, by=by, at=at, reason="Commented")


@transaction.atomic
def reply(*, comment: ClearanceComment, text: str, by: User, at: datetime) -> ClearanceReply:
    """Reply to a comment. Reopens a resolved one."""
    row = _open_comment(comment)
    made = ClearanceReply(
        comment=row,
        text=_checked(text, "text"),
        made_by=by,
        made_as=by.signature,
        made_at=at,
    )
    made.save(force_insert=True)
    if row.is_resolved:
        row.resolution, row.resolved_as, row.resolved_at = "", "", None
        history.save(row, by=by, at=at, reason="Reopened by a reply")
    return made


@transaction.atomic
def resolve(
    *, comment: ClearanceComment, resolution: str, by: User, at: datetime
) -> ClearanceComment:
    """Resolve a comment, with a text that says how. Raise `Refused` if it is resolved already."""
    row = _open_comment(comment)
    if row.is_resolved:
        raise Refused(
            gettext("{person} has resolved this: {resolution}").format(
                person=row.resolved_as, resolution=row.resolution
            )
        )
    row.resolution = _checked(
        resolution, "text", otherwise=gettext("Say how the comment was resolved.")
    )
    row.resolved_as, row.resolved_at = by.signature, at
    return history.save(row, by=by, at=at, reason="Resolved")


def _open(clearance: Clearance, *, version: int | None = None) -> tuple[Clearance, Draft]:
    """Lock and return the clearance, with the draft. Raise `Refused` outside consultation."""
    briefing = locked(clearance.briefing, related=("plan",))
    row = locked(clearance, related=("agency",))
    if briefing.state != State.IN_CONSULTATION:
        raise not_now(briefing, gettext("agencies comment and answer while it is in consultation"))
    if row.is_withdrawn:
        raise Refused(
            gettext("{agency} is no longer asked for its clearance.").format(agency=row.agency)
        )
    if version is not None and row.version != version:
        raise Conflict(row)
    row.briefing = briefing
    return row, draft_rows.read_draft(briefing).draft


def _open_comment(comment: ClearanceComment) -> ClearanceComment:
    """Lock and return the comment. Raise `Refused` when the text is locked."""
    briefing = locked(comment.clearance.briefing)
    if not briefing.is_open:
        raise not_now(briefing, gettext("its comments stand as they are"))
    return locked(comment, related=("clearance__agency",))


def _checked(
    text: str,
    field: str,
    *,
    required: bool = True,
    otherwise: str = "",
    most: int = WORDS_LENGTH,
) -> str:
    text = text.replace("\r\n", "\n").strip()
    if required and not text:
        raise Refused(otherwise or gettext("Write your reply."), field)
    if len(text) > most:
        raise Refused(gettext("Enter at most {most:,} characters.").format(most=most), field)
    return text
