"""Read what another row was when something was written, such as which agency held a return then."""

from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def then(model: type[Any], row: str, column: str, *, at: str, now: str) -> Coalesce:
    """Return the text of a column in the last history row of `model` by `at`, or else `now`.

    `row`, `at` and `now` are lookups of the outer query: the id of the row, the instant, and the text today.
    """
    rows = model.history.filter(id=OuterRef(row), history_date__lte=OuterRef(at))
    newest = rows.order_by("-history_date", "-history_id").values(column)
    return Coalesce(Subquery(newest[:1]), F(now), output_field=CharField())
