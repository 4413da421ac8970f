"""Next steps: agencies' plans, milestones due within 12 months, and open risks."""

from collections.abc import Iterator
from datetime import date

from reports.compose.facts import item_source, milestone_source, version_of
from reports.compose.paragraphs import Writer, errors_naming, quoted
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import add_months
from reports.document.wording import agree, capitalised, cited, count_in_words, some
from workitems.known_dates import KnownDate
from workitems.models import Pillar
from workitems.plan_at import ItemAt

# Limit on the steps in a pillar's paragraph, to keep the list readable.
MAX_STEPS = 12
MONTHS_AHEAD = 12


def next_steps(writer: Writer) -> Section:
    facts = writer.facts
    late = [item for item in facts.items if item.is_key and item.is_late]
    opening = "The working group will continue to meet, to carry out the Plan and to monitor its progress."
    if late:
        opening += (
            f" Over the next {MONTHS_AHEAD} months it will give most attention to the late key "
            f"{agree(len(late), 'item', 'items')}: {some([quoted(item) for item in late])}."
        )
    paragraphs = [
        writer.paragraph(
            opening,
            about="next steps",
            sources=[item_source(item) for item in late] or None,
        )
    ]
    for pillar in facts.pillars:
        steps = [
            step
            for item in facts.items
            if item.pillar == pillar.pk and item.is_live and (step := Step(writer, item)).is_any
        ]
        if steps:
            paragraphs += _pillar_ahead(writer, pillar, steps)
    if facts.risks:
        paragraphs += _risks(writer)
    paragraphs.append(
        writer.paragraph(
            "You will be told of any new risk to the Plan, or of anything else under it that needs "
            "your attention, as soon as it is identified.",
            about="standing sentence on risks",
        )
    )
    return Section(SectionKind.NEXT_STEPS, "Next steps", tuple(paragraphs))


class Step:
    """Next steps of an item: its agency's latest plan, and milestones due within 12 months."""

    def __init__(self, writer: Writer, item: ItemAt) -> None:
        self.item = item
        self.update = next(
            (u for u in reversed(writer.facts.updates_of(item)) if u.planned_next.strip()), None
        )
        on = writer.facts.briefing.dated
        until = add_months(on, MONTHS_AHEAD)
        self.due = sorted(
            (
                (step.forecast_due, step)
                for step in item.milestones
                if step.is_open and on < step.forecast_due <= until
            ),
            key=lambda pair: pair[0],
        )

    @property
    def is_any(self) -> bool:
        return bool(self.update or self.due)

    @property
    def urgency(self) -> tuple[bool, bool, date]:
        return (
            not self.item.is_key,
            not self.item.is_late,
            self.due[0][0] if self.due else date.max,
        )

    def sources(self, writer: Writer) -> list[Source]:
        said = [self.update.source] if self.update else []
        return [*said, *(milestone_source(self.item, step) for _, step in self.due)]

    def bullet(self, writer: Writer) -> Bullet:
        """Return the item's title, its plan, and due dates that the plan does not mention."""
        row = self.item
        head = writer.text(writer.bold(row.title), f" ({row.number}): ")
        if not self.update:
            due = some([f"“{step.description}” due {step.forecast}" for _, step in self.due])
            return Bullet(writer.text(head, f"{due}."))
        with errors_naming(self.update.source):
            planned = capitalised(writer.flat(self.update.planned_next))
        untold = dict.fromkeys(
            str(step.forecast) for _, step in self.due if not _names(planned, step.forecast)
        )
        if untold:
            planned = cited(
                planned, f"{agree(len(untold), 'milestone', 'milestones')} due {some(list(untold))}"
            )
        return Bullet(writer.text(head, planned))


def _names(text: str, due: KnownDate) -> bool:
    return any(words in text for words in (str(due), due.on, due.by))


def _pillar_ahead(writer: Writer, pillar: Pillar, steps: list[Step]) -> Iterator[Paragraph]:
    chosen = {id(step) for step in sorted(steps, key=lambda step: step.urgency)[:MAX_STEPS]}
    shown = [step for step in steps if id(step) in chosen]
    more = f" (the {len(shown)} most pressing of {len(steps):,})" if len(shown) < len(steps) else ""
    return writer.paragraphs(
        writer.text("Under ", writer.bold(pillar.title), f", agencies plan the following{more}:"),
        about=f"pillar ahead {pillar.pk}",
        bullets=[(step.bullet(writer), step.sources(writer)) for step in shown],
    )


def _risks(writer: Writer) -> Iterator[Paragraph]:
    facts = writer.facts
    bullets = []
    for risk in facts.risks:
        source = version_of(risk, "risk", f"Risk {risk.number}")
        with errors_naming(source):
            text = capitalised(writer.flat(risk.description))
            if risk.response:
                text += f" {capitalised(writer.flat(risk.response))}"
            owner = facts.agencies[risk.owner].short_name
            bullets.append((Bullet(writer.text(cited(text, f"owner: {owner}"))), [source]))
    count = len(bullets)
    return writer.paragraphs(
        f"{capitalised(count_in_words(count, 'risk'))} {agree(count, 'has', 'have')} been raised with you "
        f"and {agree(count, 'remains', 'remain')} open:",
        about="risks",
        bullets=bullets,
    )


def risks(writer: Writer) -> Section:
    """Return the risks escalated to the Minister, or a sentence that there are none."""
    none = writer.paragraph("No risk to the Plan is before you.", about="risks")
    told = tuple(_risks(writer)) if writer.facts.risks else (none,)
    return Section(SectionKind.RISKS, "Risks", told)
