"""The history of an agency, an account or a portfolio as sentences. Reads only."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Appointment, User
from agencies.people.seating import Entry, entries_of
from agencies.wording.translation import StrOrPromise, day_words

AGENCY_WORDS = {
    "short_name": gettext_lazy("the short name"),
    "name": gettext_lazy("the name"),
    "name_mi": gettext_lazy("the te reo name"),
    "valid_from": gettext_lazy("the first day"),
    "valid_to": gettext_lazy("the last day"),
    "successor_id": gettext_lazy("the successor"),
}
APPOINTMENT_WORDS = {
    "minister": gettext_lazy("the Minister"),
    "portfolio": gettext_lazy("the portfolio"),
    "from_on": gettext_lazy("the first day"),
    "to_on": gettext_lazy("the last day"),
}


def history_of_agency(agency: Agency) -> list[Entry]:
    """Return what happened to an agency's names and days, newest first. Two queries."""
    names = dict(Agency.objects.values_list("pk", "short_name"))

    def sentence(was: Any, now: Any) -> str:
        return (
            _changes(was, now, AGENCY_WORDS, names)
            or (was is None and _("added the agency."))
            # The version rises alone where its work is handed over.
            or (now.version > was.version and _("handed its work over to its successor."))
            or ""
        )

    return _newest_first(agency.history, sentence)


def history_of_account(user: User) -> list[Entry]:
    """Return what happened to a person's account, newest first. One query."""
    return _newest_first(user.history, _account)


def history_of_portfolio(portfolio: str) -> list[Entry]:
    """Return what happened to the appointments to a portfolio, newest first. One query."""

    def sentence(was: Any, now: Any) -> str:
        if was is None:
            if now.to_on:
                return _("recorded {minister}, from {first_day} to {date}.").format(
                    minister=now.minister,
                    first_day=day_words(now.from_on),
                    date=day_words(now.to_on),
                )
            return _("recorded {minister}, from {first_day}.").format(
                minister=now.minister, first_day=day_words(now.from_on)
            )
        changes = _changes(was, now, APPOINTMENT_WORDS)
        return f"{changes.removesuffix('.')} ({now.minister})." if changes else ""

    return _newest_first(Appointment.history.filter(portfolio=portfolio), sentence)


def _newest_first(rows: Any, sentence: Callable[[Any, Any], str]) -> list[Entry]:
    return list(entries_of(rows.all(), sentence))[::-1]


def _account(was: Any, now: Any) -> str:
    if was is None:
        return _("opened the account.")
    parts = []
    if was.name != now.name:
        parts.append(_("changed the name from {old} to {new}").format(old=was.name, new=now.name))
    if was.email != now.email:
        parts.append(
            _("changed the email address from {old} to {new}").format(old=was.email, new=now.email)
        )
    if was.is_superuser != now.is_superuser:
        parts.append(
            _("made them an administrator")
            if now.is_superuser
            else _("removed them as an administrator")
        )
    if was.is_active != now.is_active:
        parts.append(_("opened the account again") if now.is_active else _("closed the account"))
    if was.second_step_reset_at != now.second_step_reset_at:
        parts.append(_("reset the second step"))
    return f"{'; '.join(parts)}." if parts else ""


def _changes(
    was: Any, now: Any, words: Mapping[str, StrOrPromise], names: dict[int, str] | None = None
) -> str:
    """Return "changed the name from A to B; changed …", or "" for a first row or no change."""
    if was is None:
        return ""

    def shown(value: Any) -> str:
        if isinstance(value, date):
            return day_words(value)
        return str((names or {}).get(value, value) if value else _("none"))

    parts = [
        _("changed {what} from {old} to {new}").format(
            what=label, old=shown(getattr(was, field)), new=shown(getattr(now, field))
        )
        for field, label in words.items()
        if getattr(was, field) != getattr(now, field)
    ]
    return f"{'; '.join(parts)}." if parts else ""
