"""Publish a plan's progress, and take it down."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import User
from reports.models import PublicProgress
from reports.progress.published_content import digest_of
from workitems.models import Plan
from workitems.plan.services.refusals import Refused, locked

REPLACED = "Replaced by page {number}."


@transaction.atomic
def publish_progress(
    *, plan: Plan, content: dict[str, Any], seen_sha256: str, by: User, at: datetime
) -> PublicProgress:
    """Freeze the content and put it up; the page that was up before is taken down as replaced.

    Raise `Refused` without a part, and if `seen_sha256`, of what was previewed, is another.
    """
    locked(plan)  # so that no two are up
    if not set(content) & set(PublicProgress.Part.values):
        raise Refused(_("Choose at least one part."), "parts")
    digest = digest_of(content)
    if digest != seen_sha256:
        raise Refused(
            _("The records have changed since your preview. Look at it again, then publish.")
        )
    pages = PublicProgress.objects.filter(plan=plan)
    number = (pages.aggregate(last=Max("number"))["last"] or 0) + 1
    up = pages.up().first()
    if up is not None and up.content_sha256 == digest:
        raise Refused(_("This is already published."))
    if up is not None:
        _take_down(up, reason=REPLACED.format(number=number), by=by, at=at)
    row = PublicProgress(
        plan=plan,
        number=number,
        content=content,
        content_sha256=digest,
        published_by=by,
        published_as=by.signature,
        published_at=at,
    )
    row.save(force_insert=True)
    return row


@transaction.atomic
def take_down_progress(
    *, page: PublicProgress, reason: str, by: User, at: datetime
) -> PublicProgress:
    locked(page.plan)
    row = locked(page)
    if row.taken_down_at is not None:
        raise Refused(_("This page is already taken down."))
    if not reason.strip():
        raise Refused(_("Say why the page is taken down."), "reason")
    return _take_down(row, reason=reason.strip(), by=by, at=at)


def _take_down(row: PublicProgress, *, reason: str, by: User, at: datetime) -> PublicProgress:
    row.taken_down_by, row.taken_down_as, row.taken_down_at = by, by.signature, at
    row.reason = reason
    row.save(update_fields=["taken_down_by", "taken_down_as", "taken_down_at", "reason"])
    return row
