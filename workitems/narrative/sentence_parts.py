"""A sentence about a change, and the words and comparisons that all of them share."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.wording.translation import StrOrPromise, day_words
from workitems.models.item import Confidence
from workitems.narrative.blocks import Change, Field
from workitems.terms.item_texts import Text
from workitems.terms.known_dates import Known, KnownDate
from workitems.terms.word_diff import Strand, short_diff


class Sentence(NamedTuple):
    """What was done. Its subject is that of a creation, unless `field` names another."""

    what: str
    changes: tuple[Change, ...] = ()
    field: Field | None = None


# A boolean column as text, on SQLite and on PostgreSQL.
TRUE = ("1", "true")

Now = dict[str, str]
Was = Now | None
Sentences = Iterator[Sentence]


def confidence_of(code: str) -> str:
    return Confidence(code).label.lower() if code else _("not given")


def day_of(text: str) -> str:
    return day_words(date.fromisoformat(text[:10])) if text else _("no date")


def local_day_of(text: str) -> date:
    """Return the New Zealand day of an instant. The text of a column has no time zone on SQLite."""
    at = datetime.fromisoformat(text)
    return localdate(at if at.tzinfo else at.replace(tzinfo=UTC))


def due_of(row: Now, joined: Known[Any]) -> KnownDate:
    """Return the due date that two columns join."""
    day, known_to = (row[column] for column in joined.columns)
    return KnownDate(date.fromisoformat(day[:10]), known_to)


def differs(was: Was, now: Now, column: str) -> bool:
    return was is None or was[column] != now[column]


def change_of(was: Was, now: Now, column: str, label: str) -> tuple[Change, ...]:
    """Return the diff of a column's text, or () if it did not change."""
    if was is None:
        return (Change(label, [Strand(now[column])]),) if now[column] else ()
    if was[column] == now[column]:
        return ()
    return (Change(label, short_diff(was[column], now[column])),)


def changed_wordings(
    was: Now, now: Now, what: str, field: Field | None = None, /, **labels: StrOrPromise
) -> Sentences:
    """Yield which texts of `what` changed; it is empty for the item itself."""
    says = _("changed the {label} of {what}.") if what else _("changed the {label}.")
    for column, label in labels.items():
        if changes := change_of(was, now, column, label.capitalize()):
            yield Sentence(says.format(label=label, what=what), changes, field)


def names_of(texts: dict[str, Text]) -> dict[str, str]:
    return {column: text.name for column, text in texts.items()}


def day_moved(was: Now, now: Now, column: str, name: str, field: Field | None = None) -> Sentences:
    if was[column] != now[column]:
        says = _("moved {name} from {old_day} to {new_day}.").format(
            name=name, old_day=day_of(was[column]), new_day=day_of(now[column])
        )
        yield Sentence(says, field=field)


def given_to(was: Now, now: Now, agency: str, name: str) -> Sentences:
    if was[agency] != now[agency]:
        says = _("gave {name} from {old} to {new}.")
        yield Sentence(says.format(name=name, old=was[agency], new=now[agency]))
