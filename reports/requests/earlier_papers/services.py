"""Add and correct papers from before the product."""

from datetime import date, datetime

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from reports.models.issue import sha256
from reports.requests.models import EarlierPaper
from reports.requests.services.recording import need
from workitems.models import Plan
from workitems.plan.attachments import clean_name, fault
from workitems.plan.services.refusals import Refused, locked


@transaction.atomic
def add_earlier_paper(
    *,
    agency: Agency,
    title: str,
    kind: str,
    dated: date,
    file: "File[bytes]",
    by: User,
    at: datetime,
    number: str = "",
    plan: Plan | None = None,
    replaces: EarlierPaper | None = None,
) -> EarlierPaper:
    """Store a PDF and how a schedule lists it. One that `replaces` another is its correction.

    Raise `Refused` for a file that is stored already, and for the replacement of a paper that is no longer listed.
    """
    if replaces is not None:
        _check_current(locked(replaces))
    name = clean_name(file.name or "")
    refusal = fault(name, file.size, file.file, ("pdf",), _("a PDF"))
    if refusal:
        raise Refused(refusal, "file")
    file.seek(0)
    pdf = file.read()  # at most 10 MB
    row = EarlierPaper(
        agency=agency,
        file_name=name,
        pdf=pdf,
        pdf_sha256=sha256(pdf),
        added_by=by,
        added_as=by.signature,
        added_at=at,
        replaces=replaces,
    )
    _fill(row, title=title, kind=kind, dated=dated, number=number, plan=plan, at=at)
    before = EarlierPaper.objects.filter(agency=agency, pdf_sha256=row.pdf_sha256).first()
    if before is not None:
        raise Refused(
            _("This file was already added as “{title}”.").format(title=before.title), "file"
        )
    try:
        with transaction.atomic():
            return history.save(row, by=by)
    except IntegrityError as error:
        raise Refused(_("This file was already added."), "file") from error


@transaction.atomic
def change_earlier_paper(
    *,
    paper: EarlierPaper,
    title: str,
    kind: str,
    dated: date,
    version: int,
    by: User,
    at: datetime,
    number: str = "",
    plan: Plan | None = None,
    agency: Agency | None = None,
    reason: str = "",
) -> EarlierPaper:
    """Correct the details of a paper, and which agency holds it; its file never changes.

    Raise `Refused` for an agency that holds the file already.
    """
    row = locked(paper, version=version)
    _check_current(row)
    _fill(row, title=title, kind=kind, dated=dated, number=number, plan=plan, at=at)
    if agency is not None and agency.pk != row.agency_id:
        same = EarlierPaper.objects.filter(agency=agency, pdf_sha256=row.pdf_sha256).first()
        if same is not None:
            raise Refused(
                _("{agency} already has this file, as “{title}”.").format(
                    agency=agency.name, title=same.title
                ),
                "agency",
            )
        row.agency = agency
    columns = ("title", "kind", "dated", "number", "plan", "agency")
    return history.save_version(row, *columns, by=by, reason=reason)


@transaction.atomic
def withdraw_earlier_paper(
    *, paper: EarlierPaper, reason: str, version: int, by: User, at: datetime
) -> EarlierPaper:
    """List a paper no longer. It is kept, and schedules that list it keep it."""
    row = locked(paper, version=version)
    _check_current(row)
    row.withdrawn_because = need(reason, _("Say why the paper is withdrawn."), "reason")
    row.withdrawn_by, row.withdrawn_as, row.withdrawn_at = by, by.signature, at
    return history.save_version(row, by=by, reason=row.withdrawn_because)


def _check_current(row: EarlierPaper) -> None:
    if row.withdrawn_at is not None:
        raise Refused(_("This paper is withdrawn."))
    if EarlierPaper.objects.filter(replaces=row).exists():
        raise Refused(_("This paper is replaced by a correction. Change that one."))


def _fill(
    row: EarlierPaper,
    *,
    title: str,
    kind: str,
    dated: date,
    number: str,
    plan: Plan | None,
    at: datetime,
) -> None:
    if dated > timezone.localdate(at):
        raise Refused(_("That day is in the future."), "dated")
    row.title = need(title, _("Give the paper’s title."), "title")
    row.kind = need(kind, _("Say what kind of paper it is, as “Annual report”."), "kind")
    row.dated, row.number, row.plan = dated, number.strip(), plan
