"""Runs the notices of a day as the timer would, and tells what went out."""

from datetime import UTC, date, datetime

from django.core import mail

from workitems.models import Notice
from workitems.notices import send_notices

NOON = datetime(2010, 7, 1, tzinfo=UTC)


def run(on: date) -> list[tuple[str, str]]:
    """Who was told what that they had not been told: (name, reason), as the log has it.

    One mail must have gone to each of them.
    """
    before, known = len(mail.outbox), set(Notice.objects.values_list("pk", flat=True))
    send_notices(on=on, at=NOON)
    new = Notice.objects.exclude(pk__in=known).select_related("recipient")
    addresses = sorted({notice.recipient.email for notice in new})
    assert sorted(to for sent in mail.outbox[before:] for to in sent.to) == addresses
    return sorted((notice.recipient.name, notice.reason) for notice in new)
