"""The two ways in which a service says no, and how rows are locked for a change."""

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Refused(Exception):
    """The change breaks a rule. `field` names the form field at fault, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Conflict(Refused):
    """Somebody else saved first. `current` is the row as it is now, to be shown beside theirs."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            "Somebody saved this while you were writing. Nothing of yours is lost: compare the two "
            "below and save again."
        )
        self.current = current


def locked(row: Row, *, version: int | None = None, related: tuple[str, ...] = ()) -> Row:
    """The row as it is now, locked until the transaction ends.

    `version` is the version that the person's page was made from; a newer one is a `Conflict`.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",))
    current = rows.select_related(*related).get(pk=row.pk)
    if version is not None and current.version != version:  # type: ignore[attr-defined]
        raise Conflict(current)
    return current
