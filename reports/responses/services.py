"""Record the Minister's answer to an issued paper, what is typed of it, and what is to be done because of it.

`workitems.meetings.services.actions` marks follow-ups as done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records import history
from reports.briefings.services.gates import not_now
from reports.briefings.services.states import move
from reports.document import Document, from_json, words
from reports.document.dates import long_date
from reports.models import (
    AnswerDraft,
    Briefing,
    FollowUp,
    IssuedPaper,
    Response,
    ResponseChoice,
)
from reports.models.issue import sha256
from reports.models.response import ON_THE_PAPER, RATINGS
from workitems.plan.attachments import ALLOWED_SCANS, SCANS, clean_name, fault
from workitems.plan.services.refusals import Conflict, Refused, locked

State = Briefing.State
SOMEBODY_WAS_FIRST = gettext_lazy("Another user has recorded an answer. Read it first.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A recommendation as printed, with its options."""

    number: int
    key: str
    verb: str
    text: str
    options: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.verb} {self.text}"


@dataclass(frozen=True)
class Marked:
    """The option marked at a recommendation, or ""."""

    option: str
    comment: str = ""


def asked_in(issued: IssuedPaper) -> list[Asked]:
    """Return the recommendations of a stored paper, in order."""
    return asked_of(from_json(bytes(issued.document)))


def asked_of(document: Document) -> list[Asked]:
    """Return the recommendations of a document, in order."""
    return [
        Asked(
            number=each.number,
            key=each.key,
            verb=each.verb.value,
            text=words(each.text),
            options=each.printed_options,
        )
        for each in document.recommendation.items
    ]


@transaction.atomic
def keep_draft(
    *,
    issued: IssuedPaper,
    corrects: Response | None,
    typed: Mapping[str, str],
    version: int,
    by: User,
    at: datetime,
) -> AnswerDraft:
    """Keep what a person has typed of an answer, for this person alone.

    Raise `Conflict` with what is kept if other words were kept after `version`, and `Refused` if an
    answer was recorded meanwhile or the briefing is not with the Minister.
    """
    briefing = locked(Briefing(pk=issued.briefing_id))
    standing = Response.objects.filter(issued=issued).uncorrected().first()
    if standing != corrects:
        raise Refused(SOMEBODY_WAS_FIRST)
    if standing is None and briefing.state != State.WITH_MINISTER:
        raise not_now(briefing, _("an answer is written while it is with the Minister"))
    row = AnswerDraft.objects.filter(issued=issued, written_by=by).first()
    if row is None:
        row = AnswerDraft(issued=issued, written_by=by, version=0)
    elif row.typed == typed and row.corrects_id == (corrects and corrects.pk):
        return row
    elif row.version != version:
        raise Conflict(row)
    row.corrects, row.typed, row.saved_at = corrects, dict(typed), at
    row.version += 1
    row.save()
    return row


@transaction.atomic
def clear_draft(*, issued: IssuedPaper, by: User) -> None:
    """Delete what the person has typed of an answer."""
    AnswerDraft.objects.filter(issued=issued, written_by=by).delete()


@transaction.atomic
def record_response(
    *,
    issued: IssuedPaper,
    decided_on: date,
    marked: Mapping[str, Marked],
    by: User,
    at: datetime,
    comment: str = "",
    ratings: Mapping[str, int | None] | None = None,
    scan: "File[bytes] | None" = None,
) -> Response:
    """Record the Minister's answer to the newest version, which becomes returned.

    `marked` is keyed by recommendation. Raise `Refused` unless the briefing is with the Minister,
    for a date before the authorisation or after today, and for an option that was not printed.
    """
    briefing = locked(Briefing(pk=issued.briefing_id))
    if briefing.state != State.WITH_MINISTER:
        raise not_now(briefing, _("an answer is recorded while it is with the Minister"))
    _check_newest(briefing, issued)
    response = Response(issued=issued, decided_on=decided_on, comment=comment)
    _write(response, marked, ratings or {}, scan, by=by, at=at)
    move(briefing, State.RETURNED, by=by)
    return response


@transaction.atomic
def correct_response(
    *,
    response: Response,
    reason: str,
    decided_on: date,
    marked: Mapping[str, Marked],
    by: User,
    at: datetime,
    comment: str = "",
    ratings: Mapping[str, int | None] | None = None,
    scan: "File[bytes] | None" = None,
) -> Response:
    """Record a new answer that corrects another. Needs a reason; the earlier answer is kept.

    Without a new scan, the corrected answer's scan is used. Raise `Refused` if the answer was
    corrected already, and as `record_response` does.
    """
    locked(Briefing(pk=response.issued.briefing_id))
    if not reason.strip():
        raise Refused(_("Say why the answer is corrected."), "reason")
    if Response.objects.filter(corrects=response).exists():
        raise Refused(SOMEBODY_WAS_FIRST)
    new = Response(
        issued=response.issued,
        decided_on=decided_on,
        comment=comment,
        corrects=response,
        reason=reason,
        scan=response.scan.name if scan is None else "",
        scan_name=response.scan_name if scan is None else "",
        scan_sha256=response.scan_sha256 if scan is None else "",
    )
    return _write(new, marked, ratings or {}, scan, by=by, at=at)


def _check_newest(briefing: Briefing, issued: IssuedPaper) -> None:
    newest = briefing.issued.newest_first().values_list("pk", flat=True).first()
    if newest != issued.pk:
        raise Refused(
            _("A newer version of this paper was issued. Record the answer to that version.")
        )


def _write(
    response: Response,
    marked: Mapping[str, Marked],
    ratings: Mapping[str, int | None],
    scan: "File[bytes] | None",
    *,
    by: User,
    at: datetime,
) -> Response:
    issued = response.issued
    if response.decided_on > timezone.localdate(at):
        raise Refused(_("That day is in the future."), "decided_on")
    if response.decided_on < timezone.localdate(issued.authorised_at):
        raise Refused(_("That is before the paper was authorised."), "decided_on")
    for name in RATINGS:
        setattr(response, name, ratings.get(name))
    choices = _choices(asked_in(issued), marked)
    response.recorded_by, response.recorded_as, response.recorded_at = by, by.signature, at
    if scan is not None:
        _store_scan(response, scan)
    try:
        with transaction.atomic():
            response.save(force_insert=True)
    except IntegrityError as error:
        _delete_scan(response, scan)
        raise Refused(SOMEBODY_WAS_FIRST) from error
    except BaseException:
        _delete_scan(response, scan)
        raise
    for choice in choices:
        choice.response = response
        choice.save(force_insert=True)
    clear_draft(issued=issued, by=by)
    return response


def _choices(asked: Sequence[Asked], marked: Mapping[str, Marked]) -> list[ResponseChoice]:
    found = []
    for each in asked:
        mark = marked.get(each.key, Marked(""))
        if mark.option and mark.option not in each.options:
            raise Refused(
                _("“{option}” is not a choice of recommendation {number}.").format(
                    option=mark.option, number=each.number
                ),
                each.key,
            )
        found.append(
            ResponseChoice(
                number=each.number,
                key=each.key,
                verb=each.verb,
                text=each.text,
                option=mark.option,
                comment=mark.comment,
            )
        )
    return found


def _store_scan(response: Response, scan: "File[bytes]") -> None:
    response.scan_name = clean_name(scan.name or "")
    refusal = fault(response.scan_name, scan.size, scan.file, SCANS, ALLOWED_SCANS)
    if refusal:
        raise Refused(refusal, "scan")
    scan.seek(0)
    response.scan_sha256 = sha256(scan.read())  # at most 10 MB
    scan.seek(0)
    response.scan.save(response.scan_name, scan, save=False)


def _delete_scan(response: Response, scan: "File[bytes] | None") -> None:
    """Delete the uploaded file of an answer that was not recorded."""
    if scan is not None:
        response.scan.storage.delete(response.scan.name or "")


@transaction.atomic
def follow_up(
    *,
    response: Response,
    key: str,
    text: str,
    owner_agency: Agency,
    due_on: date,
    by: User,
) -> FollowUp:
    """Assign to an agency what follows from a recommendation or from the Minister's comment.

    `key` is the recommendation's, whatever was marked there, or `ON_THE_PAPER` for the comment on
    the whole paper. Raise `Refused` if the answer was corrected, if the agency has the same action
    already, for an agency outside the plan, and for a due date before the answer.
    """
    briefing = locked(Briefing(pk=response.issued.briefing_id))  # so that no two are the same
    if Response.objects.filter(corrects=response).exists():
        raise Refused(_("The answer was corrected. Open the paper’s page again."))
    if key == ON_THE_PAPER:
        if not response.comment:
            raise Refused(_("The Minister wrote no comment on the paper."))
    elif not response.choices.filter(key=key).exists():
        raise Refused(_("This paper has no such recommendation."))
    if due_on < response.decided_on:
        raise Refused(
            _("The Minister answered on {day}. Enter that day or a later one.").format(
                day=long_date(response.decided_on)
            ),
            "due_on",
        )
    _check_member(briefing, owner_agency)
    same = FollowUp.objects.filter(issued=response.issued_id, key=key, owner_agency=owner_agency)
    if same.filter(text=text).exists():
        raise Refused(_("{agency} already has this action.").format(agency=owner_agency.short_name))
    made = FollowUp(
        issued=response.issued,
        key=key,
        text=text,
        owner_agency=owner_agency,
        due_on=due_on,
    )
    return history.save(made, by=by)


@transaction.atomic
def change_follow_up(
    *,
    follow_up: FollowUp,
    text: str,
    owner_agency: Agency,
    due_on: date,
    reason: str,
    version: int,
    by: User,
) -> FollowUp:
    """Change a follow-up, with a reason. Raise `Refused` if it is done."""
    row = locked(follow_up, version=version)
    if row.done_on is not None:
        raise Refused(
            _("This was done on {day}, so it cannot be changed.").format(day=long_date(row.done_on))
        )
    if not reason.strip():
        raise Refused(_("Say why it changes."), "reason")
    _check_member(Briefing.objects.get(issued=row.issued_id), owner_agency)
    row.text, row.owner_agency, row.due_on = text, owner_agency, due_on
    return history.save_version(row, by=by, reason=reason)


def _check_member(briefing: Briefing, agency: Agency) -> None:
    if not briefing.plan.members.filter(agency=agency).exists():
        raise Refused(
            _("{agency} takes no part in this plan.").format(agency=agency.short_name),
            "owner_agency",
        )
