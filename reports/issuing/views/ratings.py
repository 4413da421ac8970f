"""Ministers' ratings of a plan's papers over time, as a chart and a table."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from reports.charts import on_screen
from reports.charts.ratings import rating_rows
from reports.models import Response
from reports.models.issue import IssuedPaperQuerySet
from reports.models.response import RATINGS

# Papers in the chart. With more it is hard to read.
SHOWN = 8


@dataclass(frozen=True)
class Ratings:
    """`papers` are the years of the papers' dates, oldest first.

    `rows` has one entry for each quality.
    """

    papers: list[str]
    rows: list[tuple[str, list[int | None]]]

    @property
    def picture(self) -> SafeString:
        return on_screen(lambda narrow: rating_rows(self.papers, self.rows, narrow=narrow))


def ratings_by_year(papers: IssuedPaperQuerySet) -> Ratings | None:
    """Return ratings from the current answers to the papers, or None without one. One query."""
    answers = (
        Response.objects.uncorrected()
        .filter(issued__in=papers)
        .order_by("-issued__briefing__dated", "-issued__number")
        .values_list("issued__briefing_id", "issued__briefing__dated", *RATINGS)
    )
    rated: dict[int, tuple[str, tuple[int | None, ...]]] = {}
    for briefing, dated, *marks in answers:
        if any(mark is not None for mark in marks):
            rated.setdefault(briefing, (str(dated.year), tuple(marks)))
    if not rated:
        return None
    shown = list(rated.values())[SHOWN - 1 :: -1]
    names = [
        str(Response._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
        for name in RATINGS
    ]
    return Ratings(
        [year for year, _ in shown],
        [(name, [marks[n] for _, marks in shown]) for n, name in enumerate(names)],
    )
