"""The exceptions that services raise to refuse, and how they lock rows that have a version."""

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from agencies.typed.fields import Refusal
from agencies.wording.translation import StrOrPromise

Row = TypeVar("Row", bound=models.Model)


class Refused(Refusal):
    """A refused change. The message says which rule it would break and what to do."""


class Conflict(Refused):
    """Another user saved first. `current` is the row as it is now, to show beside the user's text."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            _(
                "This was changed elsewhere while you had this page open. Check what is saved now, then try "
                "again. Nothing that you entered is lost."
            )
        )
        self.current = current


def need_reason(reason: str, sentence: StrOrPromise) -> None:
    """Raise `Refused` with the sentence if no reason was given."""
    if not reason:
        raise Refused(sentence, "reason")


def locked(row: Row, *, version: int | None = None, related: tuple[str, ...] = ()) -> Row:
    """Return the current row, locked until the transaction ends.

    `version` is the version that the user's page was made from. Raise `Conflict` if the row has
    another one now. `related` is passed to `select_related`.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",))
    current = rows.select_related(*related).get(pk=row.pk)
    if version is not None and current.version != version:  # type: ignore[attr-defined]
        raise Conflict(current)
    return current
