"""Helpers for tests of seats and invitations: the day, and what an action left behind."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.urls import reverse

from agencies.people.services import SeatRefused

YESTERDAY, TODAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
# Late in New Zealand's day, so that a UTC day would be the wrong one from tomorrow on.
NIGHT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def link() -> str:
    """Return the path of the link in the last email."""
    found = re.search(r"http://\S+?(/invitation/\S+/)", mail.outbox[-1].body)
    assert found is not None
    return found[1]


def token() -> str:
    return link().split("/")[2]


def refusal(act) -> tuple[str, str | None]:
    """Return the message of the refusal and its field."""
    with pytest.raises(SeatRefused) as refused:
        act()
    return str(refused.value), refused.value.field


def record(row) -> list[tuple[str, str]]:
    """Return author and reason of each history row, oldest first."""
    rows = row.history.order_by("history_id")
    return list(rows.values_list("history_actor", "history_change_reason"))


def url(name, *args) -> str:
    return reverse(f"agencies:{name}", args=args)
