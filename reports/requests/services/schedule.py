"""Scope a request: list papers, decide on each, and ask other agencies about them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from agencies.records.tracking import SIGNATURE_LENGTH
from reports.document.dates import long_date
from reports.models.issue import sha256
from reports.requests.models import Consultation, InformationRequest, RequestEvent, ScheduleLine
from reports.requests.models.in_scope import COLUMNS, NotFrozen, as_listed, papers_of
from reports.requests.models.request_clock import calendar, clock_of
from reports.requests.models.schedule import Paper, printed_name
from reports.requests.services.grounds import (
    checked_grounds,
    need_public_interest,
    need_refusing,
    need_withholding,
    stored,
)
from reports.requests.services.recording import check_day, check_open, need, not_now, record
from workitems.models import Note, Return
from workitems.plan.attachments import clean_name, fault
from workitems.plan.services.refusals import Refused, locked
from workitems.returns.return_reading import reading_of

Decision = ScheduleLine.Decision
# Between whoever answered for an agency, by email or phone, and whoever recorded it.
RECORDED_BY = ", by email or phone, recorded by "
Kind = ScheduleLine.Kind
# Working days that a consulted agency is given, and that stay after it for the decision.
USUAL_DAYS, DAYS_TO_DECIDE = 5, 2


def check_prepared(request: InformationRequest) -> None:
    """Raise `Refused` unless the schedule and the redactions can be changed."""
    if request.state not in InformationRequest.PREPARED_IN:
        raise not_now(request, _("its schedule changes while it is scoped or prepared"))


@transaction.atomic
def add_paper(
    *,
    request: InformationRequest,
    paper: Paper,
    by: User,
    title: str = "",
    dated: date | None = None,
) -> ScheduleLine:
    """List a paper that the product holds. Title and day are the paper's own unless given.

    Raise `Refused` if it is listed already, or is of no plan that the agency takes part in.
    """
    row = locked(request)
    check_prepared(row)
    if not papers_of(row, type(paper)).filter(pk=paper.pk).exists():
        raise Refused(
            _("That paper is of a plan that your agency takes no part in, or was withdrawn.")
        )
    column = COLUMNS[type(paper)]
    if row.lines.filter(**{column: paper.pk}).exists():
        raise Refused(_("The schedule already lists this paper."))
    found = as_listed(paper, row)
    line = ScheduleLine(
        kind=found.kind,
        title=title.strip() or found.title,
        dated=dated or found.dated,
        **{column: paper},
    )
    return _add(row, line, by=by)


@transaction.atomic
def add_file(
    *,
    request: InformationRequest,
    file: "File[bytes]",
    title: str,
    by: User,
    dated: date | None = None,
) -> ScheduleLine:
    """List a file that is uploaded: one that we did not make."""
    row = locked(request)
    check_prepared(row)
    name = clean_name(file.name or "")
    refusal = fault(name, file.size, file.file)
    if refusal:
        raise Refused(refusal, "file")
    file.seek(0)
    digest = sha256(file.read())  # at most 10 MB
    file.seek(0)
    line = ScheduleLine(
        kind=Kind.FILE,
        title=need(title, _("Say what the file is."), "title"),
        dated=dated,
        file_name=name,
        file_sha256=digest,
    )
    line.file.save(name, file, save=False)
    try:
        return _add(row, line, by=by)
    except BaseException:
        line.file.storage.delete(line.file.name or "")
        raise


def printed(found: NotFrozen, *, on: date) -> bytes:
    """Return a return, a draft or a conversation as a PDF. Takes seconds, so not in a transaction.

    Raise `Refused` for one that cannot be printed.
    """
    # With these comes WeasyPrint, which a web process may never need.
    from reports.drafting.paper import read_drafted
    from reports.render.pdf import RenderRefused, render_pdf
    from reports.requests.print.conversation import render_conversation
    from reports.return_papers.services import print_return

    if isinstance(found.paper, Note):
        try:
            return render_conversation(found.paper, found.title)
        except RenderRefused as error:
            raise _not_printed(found, error) from error
    if isinstance(found.paper, Return):
        reading = reading_of(found.paper, on, whole=True, with_pending=False)
        return print_return(found.paper, reading)
    drafted = read_drafted(found.paper, on)
    if drafted.document is None:
        raise _not_printed(found, drafted.fault)
    try:
        return render_pdf(drafted.document)
    except RenderRefused as error:
        raise _not_printed(found, error) from error


def _not_printed(found: NotFrozen, why: object) -> Refused:
    return Refused(_("“{title}” cannot be printed: {why}").format(title=found.title, why=why))


@transaction.atomic
def add_printed(
    *, request: InformationRequest, found: NotFrozen, pdf: bytes, by: User
) -> ScheduleLine:
    """List a return, a draft or a conversation, as it was printed, as a file. Raise `Refused` if one of this title is listed."""
    row = locked(request)
    if row.lines.filter(kind=Kind.FILE, title=found.title).exists():
        raise Refused(_("The schedule already lists this paper."))
    file = ContentFile(pdf, name=printed_name(found.title))
    return add_file(request=row, file=file, title=found.title, dated=found.dated, by=by)


@transaction.atomic
def add_not_held(*, request: InformationRequest, title: str, by: User) -> ScheduleLine:
    """List what is asked for and is not held here."""
    row = locked(request)
    check_prepared(row)
    title = need(title, _("Say what is not held here."), "title")
    return _add(row, ScheduleLine(kind=Kind.NOT_HELD, title=title), by=by)


def _add(request: InformationRequest, line: ScheduleLine, *, by: User) -> ScheduleLine:
    last = request.lines.aggregate(last=Max("number"))["last"] or 0
    line.request, line.number = request, last + 1
    return history.save(line, by=by)


@transaction.atomic
def decide_line(
    *,
    line: ScheduleLine,
    decision: str,
    version: int,
    by: User,
    at: datetime,
    grounds: Sequence[str] = (),
    reason: str = "",
    public_interest: str = "",
) -> ScheduleLine:
    """Decide what happens to one paper. An empty decision takes the last one back.

    Raise `Refused` for what is withheld or refused as a whole without a ground that fits, for a balanced ground
    without its note on the public interest, and for a paper out of scope or transferred without why.
    """
    request = locked(InformationRequest(pk=line.request_id))
    row = locked(line, version=version)
    check_prepared(request)
    found = checked_grounds(grounds, on=timezone.localdate(at))
    if decision in (Decision.NONE, Decision.FULL, Decision.OUT_OF_SCOPE, Decision.TRANSFERRED):
        if found:
            raise Refused(
                _("Choose a ground only for a paper that is withheld or refused."), "grounds"
            )
    elif decision in ScheduleLine.KEPT and not found:
        raise Refused(_("Choose the ground on which this is withheld or refused."), "grounds")
    if decision == Decision.OUT_OF_SCOPE:
        need(reason, _("Say why it is out of scope."), "reason")
    if decision == Decision.TRANSFERRED:
        need(reason, _("Say where it was transferred to."), "reason")
    if row.kind == Kind.NOT_HELD and decision in (*ScheduleLine.GIVEN, Decision.WITHHELD):
        raise Refused(_("What is not held here cannot be released or withheld."), "decision")
    if decision == Decision.PART and not row.is_ours and not found:
        raise Refused(_("Choose the grounds for what is withheld in this file."), "grounds")
    if decision == Decision.FULL and row.redactions.standing().exists():
        raise Refused(
            _("Words of this paper are withheld. Release it in part, or withdraw them."), "decision"
        )
    kept = row.ground_codes if decision == row.decision else ()
    if decision == Decision.REFUSED:
        need_refusing(found, is_held=row.kind != Kind.NOT_HELD, kept=kept)
    else:
        need_withholding(found, kept=kept)
    need_public_interest(found, public_interest)
    row.decision, row.grounds, row.reason = decision, stored(found), reason.strip()
    row.public_interest = public_interest.strip()
    row.decided_by = by if decision else None
    row.decided_as, row.decided_at = (by.signature, at) if decision else ("", None)
    return history.save_version(row, by=by, reason=reason.strip())


@transaction.atomic
def release_rest(
    *, request: InformationRequest, shown: Mapping[int, int], by: User, at: datetime
) -> int:
    """Decide to release in full each paper of `shown` (number of the line, and its version as the page showed it).

    Return how many. Raise `Refused`, and decide nothing, if one of them was changed since, or cannot be given whole.
    """
    lines = locked(request).lines.filter(number__in=shown).in_order()
    for line in lines:
        decide_line(line=line, decision=Decision.FULL, version=shown[line.number], by=by, at=at)
    return len(lines)


@transaction.atomic
def ask_agency(
    *,
    line: ScheduleLine,
    agency: Agency,
    question: str,
    on: date,
    by: User,
    at: datetime,
    answer_by: date | None = None,
) -> Consultation:
    """Ask another agency about one paper. It sees the paper and the question, never who asked for it.

    Raise `Refused` if the question names the requester, the agency was asked already or does not exist
    on the day, or the answer is wanted before.
    """
    request = locked(InformationRequest(pk=line.request_id))
    check_open(request)
    question = need(question, _("Say what the agency is asked."), "question")
    if agency.pk == request.agency_id:
        raise Refused(_("This agency answers the request. Choose another one."), "agency")
    if not agency.exists_on(on):
        raise Refused(
            _("{agency} does not exist on that day. Ask its successor.").format(agency=agency.name),
            "agency",
        )
    if answer_by is not None and answer_by < on:
        raise Refused(_("Enter a day after today."), "answer_by")
    if names_requester(request, question):
        raise Refused(
            _("The question names who asked. A consulted agency is not told."), "question"
        )
    if line.consultations.filter(agency=agency).exists():
        raise Refused(
            _("{agency} was already asked about this paper.").format(agency=agency.short_name),
            "agency",
        )
    check_day(request, on, at)
    made = Consultation(
        line=line, agency=agency, question=question, asked_on=on, asked_by=by, answer_by=answer_by
    )
    history.save(made, by=by)
    note = f"About document {line.number}"
    record(request, RequestEvent.Kind.CONSULTED, on=on, by=by, at=at, note=note, agency=agency)
    return made


def usual_answer_day(request: InformationRequest, on: date) -> date:
    """Return by when another agency's answer is wanted unless the adviser says otherwise: in five
    working days, or two working days before the decision is due, but not before tomorrow."""
    days, events = calendar(), list(request.events.all())
    ahead = USUAL_DAYS
    if events and not request.is_own_initiative:
        days_left = days.late_by(on, max(on, clock_of(events, days).due))
        ahead = max(1, min(ahead, days_left - DAYS_TO_DECIDE))
    return days.after(on, ahead)


def asking_agency(consultation: Consultation) -> Agency:
    """Return the agency that asks, without loading the request."""
    return Agency.objects.get(information_requests__lines__consultations=consultation)


def names_requester(request: InformationRequest, *texts: str) -> bool:
    """Whether any of the texts has a line of the requester's name or address in it."""
    names = [" ".join(name.casefold().split()) for name in request.requester]
    plain = [" ".join(text.casefold().split()) for text in texts]
    return any(name in text for name in names for text in plain if len(name) > 2)


@transaction.atomic
def answer_consultation(
    *, consultation: Consultation, answer: str, version: int, by: User, at: datetime
) -> Consultation:
    """Record what an agency answers, once or again while the request is open."""
    request = locked(InformationRequest(pk=consultation.line.request_id))
    row = locked(consultation, version=version)
    if not request.is_open:
        raise Refused(_("This has been decided, so you can no longer answer."))
    row.answer = need(answer, _("Say what your agency answers."), "answer")
    row.answered_by, row.answered_as, row.answered_at = by, by.signature, at
    return history.save_version(row, by=by)


@transaction.atomic
def record_answer(
    *,
    consultation: Consultation,
    answer: str,
    from_whom: str,
    received_on: date,
    version: int,
    by: User,
    at: datetime,
) -> Consultation:
    """Record for an agency what it answered by email or phone, on the day that it came.

    Raise `Refused` if the agency answered here itself, and for a day before it was asked or after today.
    """
    request = locked(InformationRequest(pk=consultation.line.request_id))
    row = locked(consultation, version=version, related=("agency",))
    check_open(request)
    if row.answered_at and RECORDED_BY not in row.answered_as:
        raise Refused(
            _("{agency} has given its own answer here. Ask it to change that.").format(
                agency=row.agency.short_name
            )
        )
    check_day(request, received_on, at, "received_on")
    if received_on < row.asked_on:
        raise Refused(
            _("The agency was asked on {day}, after that day.").format(day=long_date(row.asked_on)),
            "received_on",
        )
    row.answer = need(answer, _("Enter what the agency answered."), "answer")
    name = need(from_whom, _("Say who answered."), "from_whom")
    row.answered_by = by
    row.answered_as = f"{name}, {row.agency.short_name}{RECORDED_BY}{by.signature}"
    row.answered_as = row.answered_as[:SIGNATURE_LENGTH]
    is_today = received_on == timezone.localdate(at)
    row.answered_at = at if is_today else noon_of(received_on)
    return history.save_version(row, by=by)


def noon_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
