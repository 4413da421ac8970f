"""Words of papers by section, with their bars: papers read to the end are short.

Measured are both papers of the demo, a paper on a plan whose agencies write much, and, for comparison, the
paper that the Minister received in 2010.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from typing import Any, NamedTuple

# The paper on the demo's plan of 2009 as the Department of Labour wrote it (tracker number 10/96252, released
# under the Official Information Act in 2013): words from Purpose to the signature, and paragraphs.
RELEASED_WORDS, RELEASED_PARAGRAPHS = 784, 18


class Bars(NamedTuple):
    words: int
    paragraphs: int | None = None
    # In one paragraph's text or one of its bullets.
    in_one: int | None = None


@dataclass(frozen=True)
class Measured:
    """A paper's words from Purpose to Recommendation, and its paragraphs."""

    name: str
    sections: dict[str, int]
    paragraphs: int
    in_one: int = 0
    bars: Bars | None = None
    repeated: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        return sum(self.sections.values())

    def missed(self) -> Iterator[str]:
        """Yield a sentence for each bar that is missed."""
        if self.bars is None:
            return
        for what, found, most in (
            ("words", self.words, self.bars.words),
            ("paragraphs", self.paragraphs, self.bars.paragraphs),
            ("words in one paragraph", self.in_one, self.bars.in_one),
        ):
            if most is not None and found > most:
                yield f"{self.name}: {found:,} {what}, more than {most:,}."
        for sentence in self.repeated:
            yield f"{self.name} says twice: {sentence}"


RELEASED = Measured("released in 2010", {"In all": RELEASED_WORDS}, RELEASED_PARAGRAPHS)
BARS_OF_2010, BARS_OF_TODAY = Bars(1000, 20), Bars(1100)
BARS_OF_LONG_PLAN = Bars(1300, in_one=150)


def measured(name: str, document: Any, bars: Bars) -> Measured:
    """Count a document's words."""
    from reports.document import words
    from reports.document.wording import sentences

    blocks: dict[str, list[str]] = {}
    for section in document.sections:
        texts = blocks.setdefault(section.heading, [])
        for paragraph in section.paragraphs:
            texts.append(words(paragraph.text))
            texts += [words(each.text) for each in paragraph.bullets]
    closing = document.recommendation
    blocks["Recommendation"] = [
        words(closing.lead.text),
        *(f"{ask.verb} {words(ask.text)}" for ask in closing.items),
    ]
    said = [one for texts in blocks.values() for text in texts for one in sentences(text)]
    return Measured(
        name,
        {heading: sum(len(text.split()) for text in texts) for heading, texts in blocks.items()},
        len(list(document.paragraphs())),
        max(len(text.split()) for texts in blocks.values() for text in texts),
        bars,
        tuple(dict.fromkeys(each for each in said if said.count(each) > 1)),
    )


def of_the_demo(today: date) -> list[Measured]:
    """Measure the papers on both of the demo's plans, which must be loaded as on this day."""
    from reports.compose import compose
    from reports.drafting.cover import draft
    from workitems.demo.demo_plans import CURRENT_PLAN, PLAN_OF_2009
    from workitems.models import Plan

    plans = Plan.objects.select_related("coordinating_agency").in_bulk(field_name="slug")
    end_of_2010 = date(2010, 7, 30)
    old = draft(
        plans[PLAN_OF_2009],
        period_start=date(2009, 7, 31), period_end=end_of_2010, dated=end_of_2010,
        tracker_number="10/96252",
    )  # fmt: skip
    first, second = plans[CURRENT_PLAN].rounds.order_by("period_start")[:2]
    new = draft(
        plans[CURRENT_PLAN],
        period_start=first.period_end + timedelta(days=1), period_end=second.period_end,
        dated=today, tracker_number="1",
    )  # fmt: skip
    return [
        measured("demo, plan of 2009", compose(old), BARS_OF_2010),
        measured("demo, current plan", compose(new), BARS_OF_TODAY),
    ]


def of_a_long_plan() -> Measured:
    # The tests' own, which have no types.
    paper = import_module("tests.reports.in_memory").paper
    long_plan = import_module("tests.reports.long_plan").long_plan
    return measured("20 items, long updates", paper(long_plan()), BARS_OF_LONG_PLAN)


def fill() -> None:
    """Load the demo's plans."""
    from django.utils import timezone

    from workitems.demo import demo_plans

    demo_plans.load(timezone.now())


def run() -> list[Measured]:
    from django.utils import timezone

    return [RELEASED, *of_the_demo(timezone.localdate()), of_a_long_plan()]


def table(papers: list[Measured]) -> str:
    """Return the words of the papers, a line each, with a column for each section."""
    headings = list(dict.fromkeys(name for paper in papers for name in paper.sections))
    headings.remove("In all")
    lines = [["", *headings, "In all", "Paragraphs", "Longest"]]
    for paper in papers:
        sections = [str(paper.sections.get(heading, "")) for heading in headings]
        longest = str(paper.in_one or "")
        lines.append([paper.name, *sections, str(paper.words), str(paper.paragraphs), longest])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
