"""The addresses to which emails can be answered. Each has a key of its own, of which the database keeps only the SHA-256."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.conf import settings

from agencies.models import User
from workitems.models import AnswerKey, Plan
from workitems.notices.news import Answerable, Entry
from workitems.plan.views.lookups import ADDED_TO_PLANS

KEPT_DAYS = 60
KEY_BYTES = 16


def is_on() -> bool:
    """Whether emails can be answered: the operator has named the address, and the header that vouches for senders."""
    return bool(settings.MAIL_ANSWERS_TO and settings.MAIL_VERIFIED)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def plans_that_take(plans: Collection[int], on: date) -> set[int]:
    """Return the ids of the plans whose emails can be answered: they have not ended, have no sensitive paper, and their
    coordinator lets emails quote notes. One query."""
    rows = Plan.objects.filter(pk__in=plans, quotes_notes=True).annotate(**ADDED_TO_PLANS)
    return {
        plan.pk
        for plan in rows
        if not plan.has_ended(on) and not getattr(plan, "is_sensitive", False)
    }


def with_addresses(entries: Sequence[Entry], recipient: User, on: date) -> list[Entry]:
    """Return the entries of an email, each that can be answered with an address for it. Writes a key for each address."""
    asked = {each.answerable.plan for each in entries if each.answerable is not None}
    taking = plans_that_take(asked, on) if asked and is_on() else set()
    return [
        replace(each, address=_new_address(each.answerable, recipient, on))
        if each.answerable is not None and each.answerable.plan in taking
        else each
        for each in entries
    ]


def _new_address(answerable: Answerable, recipient: User, on: date) -> str:
    key = secrets.token_hex(KEY_BYTES)
    AnswerKey.objects.create(
        person=recipient,
        act=answerable.act,
        about=answerable.about,
        digest=digest_of(key),
        last_day=on + timedelta(days=KEPT_DAYS),
    )
    name, _at, domain = settings.MAIL_ANSWERS_TO.partition("@")
    return f"{name}+{key}@{domain}"


def find(keys: Collection[str], on: date) -> AnswerKey | None:
    """Return the one of these keys that we gave and that has not expired; None if there is none, or more than one."""
    rows = AnswerKey.objects.filter(digest__in=[digest_of(key) for key in keys], last_day__gte=on)
    found = list(rows.select_related("person")[:2])
    return found[0] if len(found) == 1 else None
