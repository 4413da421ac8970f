"""Record what came back in a return's workbook. The answers are written by the services of answers."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from workitems.models import Return, ReturnSheet, Update
from workitems.plan.services.refusals import Refused, locked
from workitems.returns.services.milestone_answers import open_return
from workitems.returns.sheet.sheet_reading import read_workbook


@transaction.atomic
def take_out(of_return: Return) -> None:
    """Close the open history rows of the answers, so that the downloaded versions can be found again.

    Raise `Refused` if the return is not with its agency in an open round.
    """
    of_return = open_return(of_return)
    history.end_pauses(Update, of_return=of_return.pk)


def receive_file(
    *, of_return: Return, file: BinaryIO, name: str, by: User, at: datetime
) -> ReturnSheet:
    """Read a workbook that came back, and keep what it says. Nothing changes in the return.

    Raise `WorkbookRefused` if it cannot be read, and `Refused` if the return is locked.
    """
    read = read_workbook(file, name, of_return, _name_of)
    return receive(of_return=of_return, name=name, read=asdict(read), by=by, at=at)


def _name_of(pk: int) -> str:
    found = Return.objects.filter(pk=pk).select_related("round", "agency").first()
    return str(found) if found else _("one that is not in this register")


@transaction.atomic
def receive(*, of_return: Return, name: str, read: Any, by: User, at: datetime) -> ReturnSheet:
    """Keep what a workbook says. Nothing changes in the return; raise `Refused` if it is locked."""
    of_return = open_return(of_return)
    sheet = ReturnSheet(
        of_return=of_return, name=name, read=read, uploaded_by=by, uploaded_as=by.signature,
        uploaded_at=at,
    )  # fmt: skip
    return history.save(sheet, by=by, at=at)


def waiting(sheet: ReturnSheet) -> ReturnSheet:
    """Return the locked row. Raise `Refused` if it was taken in or discarded already."""
    sheet = locked(sheet)
    if sheet.taken_at is not None:
        raise Refused(_("This workbook was already taken into the return."))
    if sheet.discarded_at is not None:
        raise Refused(
            _("{person} has already discarded this workbook.").format(person=sheet.discarded_as)
        )
    return sheet


@transaction.atomic
def finish(*, sheet: ReturnSheet, taken: Any, by: User, at: datetime) -> ReturnSheet:
    """Record the outcome of each difference. Raise `Refused` if that was done already."""
    sheet = waiting(sheet)
    sheet.taken, sheet.taken_by, sheet.taken_as, sheet.taken_at = taken, by, by.signature, at
    return history.save(sheet, by=by, at=at)


@transaction.atomic
def discard(*, sheet: ReturnSheet, by: User, at: datetime) -> ReturnSheet:
    """Discard a workbook that waits to be compared. Nothing changes in the return.

    Raise `Refused` if it was taken in or discarded already.
    """
    sheet = waiting(sheet)
    sheet.discarded_by, sheet.discarded_as, sheet.discarded_at = by, by.signature, at
    return history.save(sheet, by=by, at=at)
