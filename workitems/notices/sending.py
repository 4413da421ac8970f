"""Log each person's news and send it, in one transaction per person: daily, or at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

import structlog
from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from agencies.models import User
from workitems.models import Notice
from workitems.notices.answer_keys import with_addresses
from workitems.notices.digest import ENTRIES_AT_MOST, compose, entries_of, in_order
from workitems.notices.news import News, news

log = structlog.get_logger(__name__)

# Errors that concern one email only; the others can still be sent.
ABOUT_ONE_MAIL = (BadHeaderError, SMTPRecipientsRefused, SMTPDataError)


@dataclass(frozen=True)
class Outcome:
    """Number of emails sent, and number left for the next run."""

    sent: int
    failed: int


def send_notices(*, on: date, at: datetime) -> Outcome:
    """Send each person at most one email for the day, with all their news.

    `on` is a New Zealand date. It is safe to run repeatedly and in two processes at once. An
    email that the server refuses is not logged, so the next run tries again. If the server
    itself cannot be reached, the run stops.
    """
    by_person: dict[int, list[News]] = defaultdict(list)
    for line in news(on):
        by_person[line.recipient.pk].append(line)
    new = _without_logged(by_person)
    connection = get_connection()
    sent = failed = 0
    for number, (person, lines) in enumerate(new.items()):
        try:
            sent += _send(person, lines, connection, on=on, at=at)
        except (SMTPException, BadHeaderError, OSError) as fault:
            log.warning("notice_not_sent", user_id=person, fault=type(fault).__name__)
            connection.close()
            if not isinstance(fault, ABOUT_ONE_MAIL):
                failed += len(new) - number
                break
            failed += 1
    connection.close()
    return Outcome(sent=sent, failed=failed)


def _without_logged(by_person: dict[int, list[News]]) -> dict[int, list[News]]:
    """Drop news that the log has. One query, so that a run without news locks no rows."""
    logged = set(
        Notice.objects.filter(recipient__in=by_person).values_list(
            "recipient", "reason", "of_return", "about", "occasion"
        )
    )
    new = {
        person: [line for line in lines if (person, *line.key) not in logged]
        for person, lines in by_person.items()
    }
    return {person: lines for person, lines in new.items() if lines}


@transaction.atomic
def _send(
    person: int, lines: list[News], connection: BaseEmailBackend, *, on: date, at: datetime
) -> bool:
    """Log and send a person's email. Return False if the day's email has been sent already.

    The log rows are written first and the email is sent last, before the commit. If sending
    fails, the log rows are rolled back and the next run tries again. An email is sent twice only
    if the commit fails afterwards: a repeated reminder does less harm than a missing one.
    """
    # Lock the person's row, so that a second run waits here and then finds the log rows.
    recipient = User.objects.select_for_update().get(pk=person)
    sent_today = Notice.objects.filter(recipient=person, told_on=on, at_once=False)
    if not recipient.is_active or sent_today.exists():
        return False
    return _log_and_mail(recipient, lines, connection, on=on, at=at) > 0


def log_as_told(
    recipient: User, lines: Sequence[News], *, on: date, at: datetime, at_once: bool
) -> Notice:
    """Log news that the recipient is told, at least one line, and return its last row."""
    for number, line in enumerate(lines, start=1):
        _, of_return, about, _ = line.key
        row = Notice.objects.create(
            recipient=recipient,
            told_as=line.role,
            of_return_id=of_return,
            about=about,
            reason=line.reason,
            occasion=line.occasion,
            told_on=on,
            line=number,
            sent_at=at,
            at_once=at_once,
        )
    return row


def _log_and_mail(
    recipient: User,
    lines: list[News],
    connection: BaseEmailBackend,
    *,
    on: date,
    at: datetime,
    at_once: bool = False,
) -> int:
    """Log and send the news that the log does not have yet. Return the number of lines sent."""
    lines = in_order(_without_logged({recipient.pk: lines}).get(recipient.pk, []))
    if not lines:
        return 0
    row = log_as_told(recipient, lines, on=on, at=at, at_once=at_once)
    entries = entries_of(lines, on)
    shown = with_addresses(entries[:ENTRIES_AT_MOST], recipient, on)
    entries[:ENTRIES_AT_MOST] = shown
    mail = compose(recipient, lines, entries, on, at_once=f".{row.pk}" if at_once else "")
    mail.connection = connection
    mail.send()
    return len(lines)


def mail_at_once(found: Callable[[], Iterable[News]], *, on: date, at: datetime) -> None:
    """Email the news that a function finds once the transaction is committed.

    Each person gets an email besides that of the day. News that the log has are left out.
    """
    transaction.on_commit(lambda: _send_at_once(found(), on=on, at=at), robust=True)


def _send_at_once(found: Iterable[News], *, on: date, at: datetime) -> None:
    by_person: dict[int, list[News]] = defaultdict(list)
    for line in found:
        by_person[line.recipient.pk].append(line)
    connection = get_connection()
    for person, lines in by_person.items():
        try:
            with transaction.atomic():
                recipient = User.objects.select_for_update().get(pk=person)
                _log_and_mail(recipient, lines, connection, on=on, at=at, at_once=True)
        except (SMTPException, BadHeaderError, OSError) as fault:
            log.warning("notice_not_sent", user_id=person, fault=type(fault).__name__)
            connection.close()
            if not isinstance(fault, ABOUT_ONE_MAIL):
                break
    connection.close()
