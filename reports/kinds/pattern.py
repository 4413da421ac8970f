"""Preview of a kind of briefing, composed from the plan's records. Nothing is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reports.compose import CONTENTS, generate
from reports.compose.paragraphs import key
from reports.document import Document, Verb
from reports.drafting import asks as ask_acts
from reports.drafting import cover
from reports.drafting.draft import CLOSING, Ask, Draft, Portion, home_of, refresh
from reports.drafting.paper import assembled, composed_from
from reports.models import Briefing, KindSection
from workitems.models import Plan

# Shown in place of a tracker number.
TRACKER_NUMBER = "Preview"


@dataclass(frozen=True)
class Preview:
    """A preview.

    `places` maps the key of each section that prints anything to its first paragraph's key.
    """

    briefing: Briefing
    document: Document
    places: Mapping[str, str]


def preview_briefing(plan: Plan, today: date, title: str) -> Briefing:
    """Return an unsaved briefing to preview a kind with: its dates are those of the plan's last
    briefing or, without one, of the first briefing due."""
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
    most_words: int = 0,
    in_full: bool = False,
    today: date | None = None,
) -> Preview:
    """Compose the paper as a draft begun now would print it.

    Annexes are made only if `in_full`. Without `most_words`, the paper has the usual length. Raise `DocumentError` as `reports.compose.generate` does.
    """
    rows = sorted(sections, key=lambda row: row.content == CLOSING)
    contents = [row.content for row in rows if row.content in CONTENTS]
    found = generate(
        briefing, contents, annexes, most_words=most_words, in_full=in_full, today=today
    )
    begun = ask_acts.begun(found.asks)
    sought = cover.action_sought(briefing.action_sought, begun)
    found = replace(found, cover=replace(found.cover, action_sought=sought))
    empty = Draft(
        portions=tuple(
            Portion(row.key, row.heading, home_of(row.content, row.key)) for row in rows
        ),
        asks=(
            *begun,
            *(
                Ask(key=key("r", f"ask {place}"), verb=Verb(ask["verb"]), text=ask["text"])
                for place, ask in enumerate(asks)
            ),
        ),
    )
    patterns = [(row.key, row.content, row.standing_text) for row in rows]
    draft = refresh(empty, composed_from(found, patterns))
    return Preview(
        briefing=briefing,
        document=assembled(draft, found),
        places={portion.key: portion.shown[0].key for portion in draft.portions if portion.shown},
    )
