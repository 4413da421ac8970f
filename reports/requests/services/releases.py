"""Release the papers of a decided request, and publish them or take them back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records import history
from reports.document.dates import long_date
from reports.models.issue import sha256
from reports.requests.letters import letter_from, lines_of, public_copy
from reports.requests.letters.letter import Letter, Purpose
from reports.requests.models import (
    InformationRequest,
    LineCopy,
    PublicLetter,
    PublicPage,
    Redaction,
    Release,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.redaction.report import Report
from reports.requests.services import earlier_releases
from reports.requests.services.deciding import (
    Warned,
    obstacles_of_papers,
    signatory_obstacle,
)
from reports.requests.services.other_papers import readable_elsewhere
from reports.requests.services.recording import need, not_now, record
from reports.requests.services.requests import given_reasons, move
from reports.requests.services.schedule import names_requester
from workitems.models import Plan
from workitems.plan.attachments import clean_name
from workitems.plan.services.refusals import Conflict, Refused, locked

State = InformationRequest.State
Kind = RequestEvent.Kind
NAMES_REQUESTER = gettext_lazy(
    "{document} has the requester’s name or address in it. Nothing is published with it."
)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The file of one schedule line as it would be released, and the gate's report on it."""

    line: ScheduleLine
    pdf: bytes
    file_name: str
    pages: int
    report: Report


@transaction.atomic
def release(
    *,
    request: InformationRequest,
    papers: Sequence[Prepared],
    on: date,
    by: User,
    at: datetime,
    warnings_left: Mapping[str, str] | None = None,
) -> Release:
    """Store what is released: all of what the decision gives, in one transaction. A request has one release, and
    another only if that one is corrected (`begin_correction`).

    `warnings_left` are reasons for words that are withheld in one paper and stay readable in another. Raise `Refused`
    before the decision is notified, for a second release, for a paper too few or too many, for a file without the
    gate's passing report on exactly these bytes, and for a correction by somebody who prepared it.
    """
    row = locked(request)
    notified = row.events.in_force().of_kind(Kind.DECISION_NOTIFIED).first()
    if notified is None:
        raise Refused(
            _(
                "The requester has not been told of the decision yet. Papers are released after that."
            )
        )
    before = row.release
    if before is not None and row.state != State.CORRECTING:
        raise Refused(_("This request was already released. Reload the page."))
    if row.state not in (State.DECIDED, State.CORRECTING):
        raise not_now(row, _("only a decided request is released"))
    if on < notified.happened_on:
        raise Refused(
            _("The decision was notified on {day}, after that day.").format(
                day=long_date(notified.happened_on)
            ),
            "on",
        )
    if before is not None:
        _check_correction(row, before, on, by)
    given = {line.pk: line for line in row.lines.given().in_order()}
    _check_papers(row, given, papers)
    made = Release(
        request=row,
        kind=Release.Kind.PROACTIVE if row.is_own_initiative else Release.Kind.OIA,
        released_on=on,
        schedule=schedule_of(row),
        corrects=before,
        reason=_why_corrected(before) if before is not None else "",
        released_by=by,
        released_as=by.signature,
        released_at=at,
    )
    made.save(force_insert=True)
    for prepared in papers:
        line = given[prepared.line.pk]
        withheld = withheld_by_ground(line)
        ReleasedPaper(
            release=made,
            line=line,
            number=line.number,
            title=line.title,
            file_name=prepared.file_name,
            pdf=prepared.pdf,
            pdf_sha256=sha256(prepared.pdf),
            pages=prepared.pages,
            gate_report=prepared.report.as_plain,
            gate_sha256=prepared.report.sha256,
            grounds=" ".join(dict.fromkeys((*line.ground_codes, *withheld))),
            withheld=withheld,
        ).save(force_insert=True)
    row.warnings_left = {**row.warnings_left, **given_reasons(warnings_left)}
    if before is None:
        record(row, Kind.RELEASED, on=on, by=by, at=at, release=made)
        if warnings_left:
            history.save_version(row, by=by)
        return made
    record(row, Kind.CORRECTED, on=on, by=by, at=at, release=made, note=made.reason)
    move(row, State.DECIDED, by=by, reason=made.reason)
    return made


@transaction.atomic
def begin_correction(
    *, request: InformationRequest, reason: str, by: User, at: datetime
) -> InformationRequest:
    """Open the papers of a release with a mistake again, so that corrected ones are released in its place.

    The release stays as it was. Raise `Refused` without a reason, before there is one, and while it is published.
    """
    row = locked(request)
    reason = need(reason, _("Say what is wrong with the release."), "reason")
    made = row.release
    if row.state not in (State.DECIDED, State.CLOSED):
        raise not_now(row, _("only what was released is corrected"))
    if made is None:
        raise Refused(_("Nothing is released yet, so there is nothing to correct."))
    if row.purged_on is not None:
        raise Refused(
            _("The requester’s details were removed, so no corrected papers can be sent to them.")
        )
    if Release.objects.published().filter(pk=made.pk).exists():
        raise Refused(
            _(
                "These papers are published. Withdraw the publication first, so that nobody reads them."
            )
        )
    row.closed_on = None
    move(row, State.CORRECTING, by=by, reason=reason)
    today = timezone.localdate(at)
    record(row, Kind.CORRECTION_BEGUN, on=today, by=by, at=at, note=reason, release=made)
    return row


@transaction.atomic
def cancel_correction(
    *, request: InformationRequest, reason: str, by: User, at: datetime
) -> InformationRequest:
    """Return a request whose correction was begun by mistake to where it was. What was released counts again.

    Raise `Refused` without a reason, and if its papers are no longer as they were released.
    """
    row = locked(request)
    reason = need(reason, _("Say why the correction is cancelled."), "reason")
    if row.state != State.CORRECTING:
        raise not_now(row, _("only a correction is cancelled"))
    versions = InformationRequest.history.filter(id=row.pk)
    was = versions.exclude(state=State.CORRECTING).latest("history_date", "history_id")
    begun = versions.filter(state=State.CORRECTING, history_id__gt=was.history_id)
    since = begun.earliest("history_id").history_date
    copied = row.events.of_kind(Kind.CORRECTION_BEGUN).latest("pk").recorded_at
    if changed := _changed_since(row, since, copied_after=copied):
        raise Refused(
            _(
                "Document {number}, “{title}”, was changed since the correction began. Change it back, or release the corrected papers."
            ).format(number=changed.number, title=changed.title)
        )
    row.closed_on = was.closed_on
    move(row, was.state, by=by, reason=reason)
    today = timezone.localdate(at)
    made = row.release
    record(row, Kind.CORRECTION_CANCELLED, on=today, by=by, at=at, note=reason, release=made)
    return row


# What a line says and what was decided on it.
OF_LINES = ("title", "dated", "decision", "grounds", "reason", "public_interest")


def _changed_since(
    request: InformationRequest, since: datetime, *, copied_after: datetime
) -> ScheduleLine | None:
    """Return the first paper of a schedule that is not as it was at a moment: in what it says, what is decided on
    it, its redactions or its copy."""
    then = {
        line.id: tuple(getattr(line, name) for name in OF_LINES)
        for line in ScheduleLine.history.filter(
            request=request.pk, history_date__lte=since
        ).order_by("history_date", "history_id")
    }
    standing = (Redaction.State.PROPOSED, Redaction.State.AGREED)
    redactions = Redaction.history.filter(line__request=request.pk, history_date__lte=since)
    states = {row.id: row.state for row in redactions.order_by("history_date", "history_id")}
    states = {pk: state for pk, state in states.items() if state in standing}
    rows = Redaction.objects.of_request(request).standing()
    now = {row.pk: (row.state, row.line_id) for row in rows}
    lines = {row.pk: row.line_id for row in Redaction.objects.of_request(request)}
    changed = {lines[pk] for pk in {*states, *now} if states.get(pk) != now.get(pk, ("",))[0]}
    changed |= set(
        LineCopy.objects.filter(line__request=request, added_at__gt=copied_after).values_list(
            "line", flat=True
        )
    )
    for line in request.lines.in_order():
        is_now = tuple(getattr(line, name) for name in OF_LINES)
        if line.pk in changed or then.get(line.pk) != is_now:
            return line
    return None


def _why_corrected(before: Release) -> str:
    return before.events.filter(kind=Kind.CORRECTION_BEGUN).order_by("pk").last().note  # type: ignore[union-attr]


def _check_correction(row: InformationRequest, before: Release, on: date, by: User) -> None:
    """Raise `Refused` for a correction that is not ready, or that its own preparer would release."""
    if on < before.released_on:
        raise Refused(
            _("The first papers were released on {day}, after that day.").format(
                day=long_date(before.released_on)
            ),
            "on",
        )
    if refusal := signatory_obstacle(row, by):
        raise Refused(refusal)
    for refusal in obstacles_of_papers(row):
        raise Refused(refusal)


def _check_papers(
    request: InformationRequest, given: dict[int, ScheduleLine], papers: Sequence[Prepared]
) -> None:
    numbers = Counter(prepared.line.pk for prepared in papers)
    for pk, line in given.items():
        if numbers[pk] != 1:
            raise Refused(
                _("Document {number}, “{title}”, is to be released, so it needs one file.").format(
                    number=line.number, title=line.title
                )
            )
    if len(papers) != len(given):
        raise Refused(_("Only papers that the decision releases can be released."))
    names = Counter(prepared.file_name.casefold() for prepared in papers)
    for prepared in papers:
        which = _("Document {number}").format(number=given[prepared.line.pk].number)
        if prepared.report.sha256 != sha256(prepared.pdf):
            raise Refused(
                _("{document}: another file was checked. Check this one.").format(document=which)
            )
        if not prepared.report.passes:
            raise Refused(f"{which}: {prepared.report.findings[0].sentence}")
        if prepared.file_name != clean_name(prepared.file_name) or not prepared.file_name:
            raise Refused(
                _("{document}: its file needs a name without folders.").format(document=which)
            )
        if names[prepared.file_name.casefold()] > 1:
            raise Refused(
                _("{document}: another file of this release has the same name.").format(
                    document=which
                )
            )
        if names_requester(request, prepared.file_name):
            raise Refused(
                _("{document}: the file’s name has the requester’s name in it.").format(
                    document=which
                )
            )


def withheld_by_ground(line: ScheduleLine) -> dict[str, int]:
    """Return how often each ground is used within a paper. One query, and those of what an answer repeats."""
    rows = (*line.redactions.agreed().in_order(), *line.repeats)
    return dict(Counter(code for row in rows for code in row.ground_codes))


def schedule_of(request: InformationRequest) -> list[dict[str, Any]]:
    """Return the schedule as plain data, without our reasons and without who asked. Two queries."""
    lines = request.lines.in_order().prefetch_related("redactions")
    return [
        {
            "number": line.number,
            "kind": line.kind,
            "title": line.title,
            "dated": line.dated.isoformat() if line.dated else None,
            "decision": line.told,
            # To whom, as the letter with the decision says too.
            "reason": line.reason if line.decision == ScheduleLine.Decision.TRANSFERRED else "",
            "grounds": list(line.printed_grounds()),
        }
        for line in lines
    ]


@transaction.atomic
def publish(
    *,
    release: Release,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    with_letters: bool = False,
    warnings_left: Mapping[str, str] | None = None,
) -> RequestEvent:
    """Publish a release on its plan's public page, with the letters that brought it (`public_letters`) if they are
    wanted. Raise `Refused` if it names the requester, and for withheld words that can be read in another paper and a
    difference to an earlier release that nobody gave a reason for.

    The gate searches the files again, a second or more each.
    """
    row = locked(InformationRequest(pk=release.request_id))
    if row.plan_id is None:
        raise Refused(
            _("First say which plan this request is about. Papers are published by plan.")
        )
    if Release.objects.published().filter(pk=release.pk).exists():
        raise Refused(_("This is already published."))
    if row.state == State.CORRECTING:
        raise Refused(_("This release is being corrected. Publish the corrected papers."))
    if row.release != release:
        raise Refused(_("Another release corrects this one. Publish that."))
    if row.purged_on is not None:
        # What names somebody whom we no longer know cannot be found any more.
        raise Refused(
            _(
                "The requester’s details were removed, so we cannot check that the papers do not name them."
            )
        )
    if on < release.released_on:
        raise Refused(
            _("It was released on {day}, after that day.").format(
                day=long_date(release.released_on)
            ),
            "on",
        )
    if names_requester(row, note):
        raise Refused(_("The note names the requester, and everyone can read it."), "note")
    _leave_differences(row, warnings_left or {}, by=by)
    _check_names_nobody(row, release)
    for letter, content in public_letters(release) if with_letters else ():
        if names_requester(row, *lines_of(content)):
            raise Refused(NAMES_REQUESTER.format(document=_("The letter")), "with_letters")
        PublicLetter.objects.get_or_create(
            release=release, letter=letter, defaults={"content": content.as_plain()}
        )
    event = record(row, Kind.PUBLISHED, on=on, by=by, at=at, note=note, release=release)
    if row.is_own_initiative and row.state == State.DECIDED:
        # Nobody waits for anything else.
        row.closed_on = on
        move(row, State.CLOSED, by=by)
    return event


# What of a letter is for the requester alone, or stands beside it on the public page.
NOT_PUBLIC = (Purpose.CONTACT, Purpose.SCHEDULE)


def public_letters(release: Release) -> list[tuple[RequestLetter, Letter]]:
    """Return the letters that were sent with a decision or papers, oldest first, each with its public copy."""
    request = release.request
    if request.is_own_initiative:
        return []  # a memo is for whoever signs
    kinds = {*RequestLetter.DECIDING, *RequestLetter.RELEASING}
    rows = request.letters.sent().filter(kind__in=kinds, is_purged=False).defer("pdf", "docx")
    return [
        (row, _for_anyone(letter_from(row.content)))
        for row in rows.order_by("sent_on", "pk")
        if row.content
    ]


def _for_anyone(letter: Letter) -> Letter:
    copy = public_copy(letter)
    return replace(copy, parts=tuple(each for each in copy.parts if each.purpose not in NOT_PUBLIC))


def differences(request: InformationRequest) -> list[tuple[ScheduleLine, Warned]]:
    """Return which withheld words can be read in another paper, how the papers differ from earlier releases of them,
    and which are of another plan than the page, with the reasons given so far."""
    signed = request.letters.deciding().values_list("warnings_left", flat=True).first() or {}
    lines = list(request.lines.for_list().select_related("issued", "request__plan"))
    signed = {**request.warnings_left, **signed}
    elsewhere = readable_elsewhere(request)
    return [
        (
            each.line,
            Warned(
                each.key,
                each.sentence,
                each.line.warnings_left.get(each.key) or signed.get(each.key, ""),
            ),
        )
        for each in elsewhere
    ] + [
        (line, Warned(key, sentence, line.warnings_left.get(key) or signed.get(key, "")))
        for line in lines
        for key, sentence in (*earlier_releases.differences(line), *_of_other_plan(line))
    ]


def _of_other_plan(line: ScheduleLine) -> Iterator[tuple[str, str]]:
    """Yield the papers of other plans that would be published on the page of this one."""
    plan, other = line.request.plan, line.other_plan
    if line.is_given and plan is not None and other is not None:
        yield (
            f"plan-{line.number}-{plan.pk}",
            _(
                "Document {number}, “{title}”, is a paper of “{other}”. It is published on the page of “{plan}”."
            ).format(number=line.number, title=line.title, other=other.title, plan=plan.title),
        )


def _leave_differences(
    request: InformationRequest, reasons: Mapping[str, str], *, by: User
) -> None:
    for line, warned in differences(request):
        why = reasons.get(warned.key, "").strip()
        if not why and not warned.reason:
            raise Refused(
                _("{sentence} Say why you leave it.").format(sentence=warned.sentence),
                "warnings_left",
            )
        if why and why != warned.reason:
            line.warnings_left = {**line.warnings_left, warned.key: why}
            history.save_version(line, by=by)


def _check_names_nobody(request: InformationRequest, release: Release) -> None:
    if not request.requester:
        return
    # With it comes pikepdf, which a web process may never need.
    from reports.requests.redaction.gate import examine

    titles = [
        str(line[name]) for line in release.schedule for name in ("title", "reason") if name in line
    ]
    if names_requester(request, request.reference, *titles):
        raise Refused(NAMES_REQUESTER.format(document=_("The schedule")))
    for paper in release.papers.select_related("line").order_by("number"):
        report = examine(
            bytes(paper.pdf),
            needles=request.requester,
            file_name=paper.file_name,
            pages=paper.pages,
            stamp="",
        )
        # A file that another program made passed a check of its own, which asks for other things.
        names = not report.passes if paper.line.is_ours else report.has_words
        if names or names_requester(request, paper.title, paper.file_name):
            raise Refused(
                NAMES_REQUESTER.format(document=_("Document {number}").format(number=paper.number))
            )


@transaction.atomic
def change_public_page(
    *, plan: Plan, is_open: bool, is_indexed: bool, version: int, by: User, reason: str = ""
) -> PublicPage:
    """Open or close the public page of a plan, and say whether search engines may list it.

    `version` is 0 for a page that was never opened. Closing one needs a reason.
    """
    locked(plan)  # so that no two are made
    row = PublicPage.objects.select_for_update().filter(plan=plan).first() or PublicPage(plan=plan)
    if row.version != version:
        raise Conflict(row)
    if row.is_open and not is_open:
        need(reason, _("Say why the page is closed."), "reason")
    if is_indexed and not is_open:
        raise Refused(_("A closed page cannot be listed by search engines."), "is_indexed")
    row.is_open, row.is_indexed = is_open, is_indexed
    return history.save_version(row, by=by, reason=reason.strip())


@transaction.atomic
def unpublish(*, release: Release, reason: str, on: date, by: User, at: datetime) -> RequestEvent:
    """Take a publication back. A tombstone stays in its place, with the reason."""
    row = locked(InformationRequest(pk=release.request_id))
    reason = need(reason, _("Say why it is withdrawn. The reason is shown in its place."), "reason")
    if not Release.objects.published().filter(pk=release.pk).exists():
        raise Refused(_("This is not published."))
    if names_requester(row, reason):
        raise Refused(_("The reason names the requester, and everyone can read it."), "reason")
    return record(row, Kind.UNPUBLISHED, on=on, by=by, at=at, note=reason, release=release)
