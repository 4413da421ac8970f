"""The daily email to one person, as plain text and HTML, most urgent first.

It contains rounds, briefings, agencies, dates, counts, and what notes say, which go only to their readers.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.wording.translation import list_in_words
from workitems.models import Notice
from workitems.notices.news import Entry, News, absolute, one_line

Reason = Notice.Reason

MOST_URGENT_FIRST = (
    *(Reason.REQUEST_LATE, Reason.REQUEST_DUE),
    Reason.ASKED_IN_NOTE,
    *(Reason.OVERDUE, Reason.SENT_BACK, Reason.ASKED_AGAIN, Reason.ACTION_REOPENED),
    *(Reason.REMINDED, Reason.READY, Reason.ENTERED, Reason.DUE_DAY, Reason.DUE_WEEK),
    *(
        Reason.PROPOSED,
        Reason.TO_RELEASE,
        Reason.EXTENDED,
        Reason.ALONE,
        Reason.OPENED,
        Reason.ASKED,
        Reason.CONSULTED,
        Reason.FINDING,
        Reason.GIVEN,
    ),
    *(Reason.DATE_LONG_PASSED, Reason.DATE_PASSED, Reason.DATE_WEEK),
    *(Reason.OUT_OF_SESSION, Reason.ACTION, Reason.ACTION_DONE, Reason.OUT_TO_CLOSE),
    *(Reason.REPLIED, Reason.ANSWERED, Reason.SUBMITTED, Reason.ACCEPTED),
    *(Reason.AUDIT, Reason.MEETING, Reason.PACK, Reason.MINUTES, Reason.DECIDED),
    *(Reason.OUT_CLOSED, Reason.ACTION_CONFIRMED),
    *(Reason.WAIT_MOVED, Reason.WAIT_ASKED, Reason.WAIT_IF, Reason.WAIT_ANSWERED),
    *(Reason.DATE_MONTH, Reason.MOVED, Reason.ESCALATED, Reason.NOTE),
)
# The rest is on the desk.
ENTRIES_AT_MOST = 20


def in_order(lines: Sequence[News]) -> list[News]:
    return sorted(
        lines,
        key=lambda line: (
            MOST_URGENT_FIRST.index(line.reason),
            line.due_on,
            line.agency.short_name,
            line.subject,
        ),
    )


def entries_of(lines: Sequence[News], on: date) -> list[Entry]:
    """Return the entries of an email with this news, most urgent first."""
    by_subject: dict[str, list[News]] = defaultdict(list)
    for line in in_order(lines):
        by_subject[line.subject].append(line)
    return [own[0].entry(own, on) for own in by_subject.values()]


def compose(
    recipient: User,
    lines: Sequence[News],
    entries: Sequence[Entry],
    on: date,
    *,
    at_once: str = "",
) -> EmailMultiAlternatives:
    """Return the email to a person. `lines` is their news, at least one, and `entries` those of it. `at_once` distinguishes
    an email that is not that of the day."""
    # An answer to an email about several things would be about one of them, so only what has one thing is answered so.
    reply_to = entries[0].address if len(entries) == 1 else ""
    seats = sorted(
        {
            _("{role} at {agency}").format(
                role=_within(str(line.role.label)), agency=line.seat_agency
            )
            for line in lines
        }
    )
    context = {
        "recipient": recipient,
        "entries": entries[:ENTRIES_AT_MOST],
        "reply_to": reply_to,
        "others": len(entries[ENTRIES_AT_MOST:]),
        "seats": list_in_words(list(seats)),
        "desk_url": absolute("/"),
        "emails_url": absolute(reverse("following:emails")),
        "support_email": settings.SUPPORT_EMAIL,
    }
    mail = EmailMultiAlternatives(
        subject=one_line(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{headline(entries)}"),
        body=render_to_string("notices/digest.txt", context),
        to=[recipient.email],
        reply_to=[reply_to] if reply_to else [],
        headers={
            # Prevent out-of-office replies, the second those of Exchange.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Unsubscribe": f"<{absolute(reverse('following:emails'))}>",
            # The same for a repeated attempt, so that a mailbox can drop the duplicate.
            "Message-ID": f"<notices.{on.isoformat()}.{recipient.pk}{at_once}@{mail_host()}>",
        },
    )
    mail.attach_alternative(render_to_string("notices/digest.html", context), "text/html")
    for entry in entries[:ENTRIES_AT_MOST]:
        for attachment in entry.attachments:
            mail.attach(*attachment)
    return mail


def _within(label: str) -> str:
    """Return a role as a sentence says it: "approver", "OIA adviser"."""
    return label if label[1:2].isupper() else label.lower()


def headline(entries: Sequence[Entry]) -> str:
    first, others = entries[0].headline, len(entries) - 1
    return _("{first}, and {count} more").format(first=first, count=others) if others else first


def mail_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
