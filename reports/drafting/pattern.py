"""What a kind of briefing would print today: a paper from the plan's records, of which no row is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.compose import CONTENTS, generate
from reports.compose.paragraphs import key
from reports.document import Document, Verb
from reports.drafting import cover
from reports.drafting.draft import CLOSING, Ask, Draft, Portion, home_of, refresh
from reports.drafting.paper import assembled, composed_from
from reports.models import Briefing, KindSection
from workitems.models import Plan

# Where the paper has no number of its own yet.
TRACKER_NUMBER = "Preview"


@dataclass(frozen=True)
class Preview:
    """`places` are the keys of each section's first printed paragraph, by the section's key; one that
    prints nothing has none."""

    briefing: Briefing
    document: Document
    places: Mapping[str, str]


def tried_on(plan: Plan, today: date, title: str) -> Briefing:
    """The briefing to try a kind on, unsaved: of the plan's last one, else of the first that is due."""
    last = plan.briefings.newest_first().first()
    if last:
        start, end, dated = last.period_start, last.period_end, last.dated
    else:
        start, end, dated = cover.next_period(plan, today)
    return cover.draft(
        plan,
        period_start=start,
        period_end=end,
        dated=dated,
        tracker_number=TRACKER_NUMBER,
        title=title,
    )


def preview(
    briefing: Briefing,
    sections: Iterable[KindSection],
    *,
    asks: Sequence[Mapping[str, str]],
    annexes: Sequence[str],
    in_full: bool = False,
) -> Preview:
    """The paper as a draft that is begun now would print. The annexes are made where it is wanted
    `in_full`. Refused with a `DocumentError` as `reports.compose.generate` is."""
    rows = sorted(sections, key=lambda row: row.content == CLOSING)
    contents = [row.content for row in rows if row.content in CONTENTS]
    found = generate(briefing, contents, annexes, in_full=in_full)
    empty = Draft(
        portions=tuple(
            Portion(row.key, row.heading, home_of(row.content, row.key)) for row in rows
        ),
        asks=tuple(
            Ask(key=key("r", f"ask {place}"), verb=Verb(ask["verb"]), text=ask["text"])
            for place, ask in enumerate(asks)
        ),
    )
    patterns = [(row.key, row.content, row.standing_text) for row in rows]
    draft = refresh(empty, composed_from(found, patterns))
    return Preview(
        briefing=briefing,
        document=assembled(draft, found),
        places={portion.key: portion.shown[0].key for portion in draft.portions if portion.shown},
    )
