"""Runs the notices of a day like the timer, and returns what was sent."""

from datetime import UTC, date, datetime

from django.core import mail

from workitems.models import Notice
from workitems.notices import send_notices

NOON = datetime(2010, 7, 1, tzinfo=UTC)


def run(on: date) -> list[tuple[str, str]]:
    """Return new entries of the log: (name, reason).

    Assert that each recipient got one mail.
    """
    before, known = len(mail.outbox), set(Notice.objects.values_list("pk", flat=True))
    send_notices(on=on, at=NOON)
    new = Notice.objects.exclude(pk__in=known).select_related("recipient")
    addresses = sorted({notice.recipient.email for notice in new})
    assert sorted(to for sent in mail.outbox[before:] for to in sent.to) == addresses
    return sorted((notice.recipient.name, notice.reason) for notice in new)
