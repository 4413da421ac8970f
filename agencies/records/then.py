"""Read what another row was when something was written, such as which agency held a return then."""

from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def then(model: type[Any], row: str, column: str, *, at: str, now: str) -> Coalesce:
    """Return the text of a column in the last history row of `model` by `at`. Before the first one it is that of the first,
    and without an instant it is `now`.

    `row`, `at` and `now` are lookups of the outer query: the id of the row, the instant, and the text today.
    """
    rows = model.history.filter(id=OuterRef(row)).values(column)
    newest = rows.filter(history_date__lte=OuterRef(at)).order_by("-history_date", "-history_id")
    first = rows.filter(history_date__gt=OuterRef(at)).order_by("history_date", "history_id")
    then, begun = Subquery(newest[:1]), Subquery(first[:1])
    return Coalesce(then, begun, F(now), output_field=CharField())
