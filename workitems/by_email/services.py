"""Take an email that answers one of ours, or say on its sender's desk why it was not taken. The one way in.

Nothing is ever mailed about it: an address can be forged, and two programs could answer each other for ever.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.typed.fields import LinesField, UploadField
from workitems.by_email.mime_reading import UNPARSABLE, File, Received
from workitems.by_email.own_words import part_of
from workitems.intake.workbook.faults import WorkbookRefused
from workitems.models import AnswerKey, Note, ReceivedMail, Return
from workitems.models.note import NOTE_LENGTH
from workitems.notes import services as note_services
from workitems.notices.answer_keys import digest_of, find, is_on, plans_that_take
from workitems.notices.digest import mail_host
from workitems.plan.attachments import clean_name
from workitems.plan.services.refusals import Refused
from workitems.returns.services import return_sheet

log = structlog.get_logger(__name__)

Outcome = ReceivedMail.Outcome
MOST_AN_HOUR = 20
WORKBOOK = ".xlsx"
WORDS = LinesField(required=True, max_length=NOTE_LENGTH, error_messages={"required": gettext_lazy("It has no words of yours.")})  # fmt: skip
WHY_LENGTH, PATH_LENGTH = 500, 300


class NotTaken(Exception):
    """Why an email is not taken, for its sender. `why` says it if the outcome does not."""

    def __init__(self, outcome: Outcome, why: str = "") -> None:
        super().__init__(outcome)
        self.outcome, self.why = outcome, why


def take_email(raw: bytes, *, at: datetime) -> str:
    """Take an email as it was received, and return in a word what came of it.

    Whoever sent it is told nothing by email. What a program sent, what came twice, and what names no account of ours is only
    logged. Everything else that is not taken is kept, without its text, for the desk of the person.
    """
    person = None
    try:
        with transaction.atomic():
            outcome, person = _take(Received(raw), at)
    except UNPARSABLE as fault:
        outcome = f"unreadable: {type(fault).__name__}"
    log.info("email_received", outcome=outcome, user_id=person)
    return outcome


def _take(received: Received, at: datetime) -> tuple[str, int | None]:
    own = {settings.MAIL_ANSWERS_TO, parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    if not is_on():
        return "off", None
    if received.why_automatic(own):
        return "automatic", None
    # A lock, so that emails of one person that come at once are counted one after the other.
    people = User.objects.select_for_update().filter(is_active=True)
    sender = people.filter(email__iexact=received.sender).first() if received.sender else None
    if sender is None:
        return "nobody", None
    key = find(received.keys(settings.MAIL_ANSWERS_TO), localdate(at))
    is_vouched_for = received.is_vouched_for(settings.MAIL_VERIFIED)
    is_theirs = key is not None and key.person_id == sender.pk
    if not is_vouched_for and not is_theirs:
        # Anyone can write this address into a letter, so it would fill a desk.
        return "unverified", sender.pk
    # Two people may send one Message-ID, by a fault or on purpose.
    digest = digest_of(f"{sender.pk} {received.identity}")
    if ReceivedMail.objects.filter(message_digest=digest).exists():
        return "again", sender.pk
    row = ReceivedMail(person=sender, message_digest=digest, at=at)
    row.path = _page_of(key) if key is not None and is_theirs else ""
    before = ReceivedMail.objects.filter(person=sender, at__gt=at - timedelta(hours=1))
    # What is forged takes nothing of the number that the person may send.
    is_forged = {"outcome": Outcome.UNVERIFIED}
    same = before.exclude(**is_forged) if is_vouched_for else before.filter(**is_forged)
    if same.count() > MOST_AN_HOUR:
        return "too many", sender.pk
    try:
        if not is_vouched_for:
            raise NotTaken(Outcome.UNVERIFIED)
        if key is None:
            raise NotTaken(Outcome.UNKNOWN)
        if not is_theirs:
            raise NotTaken(Outcome.NOT_YOURS)
        if same.count() >= MOST_AN_HOUR:
            raise NotTaken(Outcome.TOO_MANY)
        with transaction.atomic():
            ACTS[key.act](key, received, row, at)
    except NotTaken as refusal:
        row.outcome, row.why = refusal.outcome, refusal.why[:WHY_LENGTH]
        row.note = row.sheet = None
        row.below, row.left_out = "", 0
    row.save()
    return str(row.outcome), sender.pk


def _page_of(key: AnswerKey) -> str:
    """Return the path of the page on which the person could answer instead."""
    rows = OF_ACTS[key.act]
    row = rows.filter(pk=key.about).first()
    path = row.get_absolute_url() if row is not None else ""
    return path if len(path) <= PATH_LENGTH else ""


def _refuse_of_plan(plan: int, at: datetime) -> None:
    if not plans_that_take([plan], localdate(at)):
        raise NotTaken(Outcome.NOT_HERE)


def _answer_note(key: AnswerKey, received: Received, row: ReceivedMail, at: datetime) -> None:
    """Write what the person wrote above the quoted email as an answer in the conversation."""
    first = Note.objects.readable_by(row.person).on_subjects().filter(pk=key.about).first()
    if first is None or not row.person.has_perm("workitems.answer_note", first):
        raise NotTaken(Outcome.MAY_NOT)
    _refuse_of_plan(first.plan_id, at)
    body = received.body()
    if body is None:
        raise NotTaken(Outcome.REFUSED, _("It has no text that we can read, perhaps because it is encrypted."))  # fmt: skip
    parted = part_of(body, marks_of(row.person), settings.LANGUAGE_CODE)
    if len(parted.own) > NOTE_LENGTH:
        says = _("It has {count:,} characters; a note has {most:,} at most.")
        raise NotTaken(Outcome.REFUSED, says.format(count=len(parted.own), most=NOTE_LENGTH))
    try:
        row.note = note_services.answer(
            first=first, text=WORDS.clean(parted.own), by_email=True, by=row.person, at=at
        )
    except (ValidationError, Refused) as refused:
        raise NotTaken(Outcome.REFUSED, _in_words(refused)) from None
    row.outcome, row.below, row.left_out = Outcome.NOTE, parted.below, len(received.files())


def marks_of(person: User) -> tuple[str, ...]:
    """Return words by which an email of ours to a person is known where it is quoted: how it begins, and its links."""
    return f"{settings.GREETING} {person.name},", mail_host()


def _keep_workbook(key: AnswerKey, received: Received, row: ReceivedMail, at: datetime) -> None:
    """Keep the workbook that came along, to be compared with the return. Nothing in the return changes."""
    of_return = Return.objects.select_related("round__plan", "agency").filter(pk=key.about).first()
    if of_return is None or not row.person.has_perm("workitems.write_update", of_return):
        raise NotTaken(Outcome.MAY_NOT)
    _refuse_of_plan(of_return.round.plan_id, at)
    files = received.files()
    workbooks = [each for each in files if each.name.lower().endswith(WORKBOOK)]
    if len(workbooks) != 1:
        raise NotTaken(Outcome.REFUSED, _("It should have one workbook (.xlsx) attached."))
    try:
        row.sheet = _sheet(workbooks[0], of_return, row.person, at)
    except (ValidationError, WorkbookRefused, Refused) as refused:
        raise NotTaken(Outcome.REFUSED, _in_words(refused)) from None
    row.outcome, row.left_out = Outcome.SHEET, len(files) - 1


def _sheet(file: File, of_return: Return, by: User, at: datetime) -> Any:
    field = UploadField(max_length=255, megabytes=10)
    uploaded = field.clean(SimpleUploadedFile(file.name, file.content))
    return return_sheet.receive_file(
        of_return=of_return, file=uploaded, name=clean_name(file.name), by=by, at=at
    )


def _in_words(refused: Exception) -> str:
    if isinstance(refused, WorkbookRefused):
        return " ".join(str(fault) for fault in refused.faults)
    return " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)


ACTS: dict[str, Callable[[AnswerKey, Received, ReceivedMail, datetime], None]] = {
    AnswerKey.Act.NOTE: _answer_note,
    AnswerKey.Act.RETURN: _keep_workbook,
}
OF_ACTS: dict[str, Any] = {
    AnswerKey.Act.NOTE: Note.objects.select_related("plan"),
    AnswerKey.Act.RETURN: Return.objects.select_related("round__plan"),
}
BELOW_KEPT = timedelta(days=30)


@transaction.atomic
def remove_from_desk(*, mail: ReceivedMail, at: datetime) -> ReceivedMail:
    """Remove the line about an email from its sender's desk."""
    if mail.removed_at is None:
        mail.removed_at = at
        mail.save(update_fields=["removed_at"])
    return mail


def forget_old(at: datetime) -> None:
    """Empty what stood below people's words in emails of 30 days ago and before, and delete the keys that have expired."""
    old = ReceivedMail.objects.filter(at__lt=at - BELOW_KEPT).exclude(below="")
    old.update(below="")
    AnswerKey.objects.filter(last_day__lt=localdate(at)).delete()
