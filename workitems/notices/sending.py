"""Claims each person's news in the log and sends it, in one transaction a person."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

import structlog
from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from agencies.models import User
from workitems.models import Notice
from workitems.notices.digest import compose, in_order
from workitems.notices.timetable import News, news

log = structlog.get_logger(__name__)

# Of one mail only: the others may still go.
ABOUT_ONE_MAIL = (BadHeaderError, SMTPRecipientsRefused, SMTPDataError)


@dataclass(frozen=True)
class Outcome:
    """Numbers of mails: those that went out, and those that wait for the next run."""

    sent: int
    failed: int


def send_notices(*, on: date, at: datetime) -> Outcome:
    """Send each person at most one mail for the day, about all that is new for them.

    `on` is a New Zealand date. Safe to run again, and from two processes at once. Mail that the
    server does not take is not counted as told, and the next run sends it. When the server
    itself is away, the run ends there.
    """
    by_person: dict[int, list[News]] = defaultdict(list)
    for line in news(on):
        by_person[line.recipient.pk].append(line)
    new = _without_told(by_person)
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


def _without_told(by_person: dict[int, list[News]]) -> dict[int, list[News]]:
    """One query, so that a run with nothing new locks nobody's row."""
    told = set(
        Notice.objects.filter(recipient__in=by_person).values_list(
            "recipient", "reason", "of_return", "about", "occasion"
        )
    )
    new = {
        person: [line for line in lines if (person, *line.key) not in told]
        for person, lines in by_person.items()
    }
    return {person: lines for person, lines in new.items() if lines}


@transaction.atomic
def _send(
    person: int, lines: list[News], connection: BaseEmailBackend, *, on: date, at: datetime
) -> bool:
    """Whether a mail went out. None does where the day's mail has gone already.

    The log is written first and the mail goes last, before the commit. So a mail that fails takes
    its log rows with it and is tried again; one is doubled only if the commit itself fails after
    the server took it. A reminder twice does less harm than one that never comes.
    """
    # The person's row is the lock: another run waits here, and then finds the log written.
    recipient = User.objects.select_for_update().get(pk=person)
    if not recipient.is_active or Notice.objects.filter(recipient=person, told_on=on).exists():
        return False
    lines = in_order(_without_told({person: lines}).get(person, []))
    if not lines:
        return False
    for number, line in enumerate(lines, start=1):
        _, of_return, about, _ = line.key
        Notice.objects.create(
            recipient=recipient,
            told_as=line.told_as,
            of_return_id=of_return,
            about=about,
            reason=line.reason,
            occasion=line.occasion,
            told_on=on,
            line=number,
            sent_at=at,
        )
    mail = compose(recipient, lines, on)
    mail.connection = connection
    mail.send()
    return True
