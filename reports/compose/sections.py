"""Sections Purpose, Figures, Background and Achievements."""

from collections.abc import Iterator
from dataclasses import replace

from reports.compose.consulted import answer_paragraphs
from reports.compose.facts import Facts, UpdateFacts, item_source
from reports.compose.paragraphs import Writer, errors_naming, quoted
from reports.document import Bullet, Paragraph, Run, Section, SectionKind, Text, words
from reports.document.dates import long_date, months_in, period
from reports.document.markup import to_source
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    join_words,
    mentions,
    number,
    numbers,
    opened,
    some,
    the,
)
from workitems.models import Update
from workitems.models.item import Stage
from workitems.plan_at import ItemAt

# Limits on the completed items named in a sentence and, if there are more, in each pillar's bullet.
MAX_COMPLETED = 12
MAX_COMPLETED_OF_PILLAR = 3
# Limit on the agencies that one sentence introduces by their full names.
MAX_MEMBERS = 20

STANDING = {
    Stage.COMPLETE: ("is complete", "are complete"),
    Stage.UNDER_WAY: ("is under way", "are under way"),
    Stage.ONGOING: ("is ongoing work", "are ongoing work"),
    Stage.NOT_STARTED: ("has not started", "have not started"),
    Stage.WITHDRAWN: ("has been withdrawn", "have been withdrawn"),
}
# Annexes that list all work items.
SHOW_EVERY_ITEM = ("progress", "items", "items_texts")


def purpose(writer: Writer) -> Section:
    facts, briefing = writer.facts, writer.facts.briefing
    plan = the(facts.plan.title)
    span = period(briefing.period_start, briefing.period_end)
    opening = (
        f"This paper is your annual report on progress with {plan} (the Plan), which was released "
        f"on {long_date(facts.plan.released_on)}. It covers {span}."
        if months_in(briefing.period_start, briefing.period_end) == 12
        else f"This paper reports to you on progress with {plan} (the Plan), which was released on "
        f"{long_date(facts.plan.released_on)}. It covers {span}."
    )
    first = writer.paragraph(opening, about="purpose")
    return Section(SectionKind.PURPOSE, "Purpose", (first, _in_figures(writer)))


def figures(writer: Writer) -> Section:
    """Return the figures alone, for sections whose standing text states the purpose."""
    return Section(SectionKind.OTHER, "Figures", (_in_figures(writer),))


def _in_figures(writer: Writer) -> Paragraph:
    facts = writer.facts
    return writer.paragraph(
        f"{_figures(facts)}{_where_to_look(writer)}",
        about="figures",
        sources=[item_source(item) for item in facts.items] or None,
    )


def _figures(facts: Facts) -> str:
    """Return the number of items at each stage and of late items, in two or three sentences."""
    on, total = long_date(facts.briefing.dated), len(facts.items)
    if not total:
        return f"On {on}, the Plan has no work items."
    stages = [item.stage for item in facts.items]
    found = [(stages.count(stage), STANDING[stage]) for stage in STANDING if stage in stages]
    if len(found) == 1:
        every = "both work items" if total == 2 else f"all {count_in_words(total, 'work item')}"
        who = "the Plan’s one work item" if total == 1 else every
        first = f"On {on}, {who} {agree(total, *found[0][1])}."
    else:
        figures = numbers([total, *(count for count, _ in found)])
        parts = [
            f"{figure} {agree(count, *standing)}"
            for figure, (count, standing) in zip(figures[1:], found, strict=True)
        ]
        parts[0] = parts[0].replace(
            figures[1], f"{figures[1]} of the Plan’s {figures[0]} work items", 1
        )
        first = f"On {on}, {join_words(parts)}."
    late = [item for item in facts.items if item.is_late]
    return f"{first} {_late(late)}"


def _where_to_look(writer: Writer) -> str:
    """Return a sentence about the annexes that show every item, if there are any."""
    behind = [name for name in writer.annexes if name in SHOW_EVERY_ITEM]
    if not behind or not writer.facts.items:
        return ""
    return f" The {agree(len(behind), 'annex shows', 'annexes show')} how each item stands."


def _late(late: list[ItemAt]) -> str:
    keys = sum(item.is_key for item in late)
    if not late:
        return "None is late."
    start = f"{capitalised(number(len(late)))} {agree(len(late), 'is', 'are')} late"
    if not keys:
        return (
            f"{start}; {agree(len(late), 'it is not a key item', 'none of those is a key item')}."
        )
    if len(late) == 1:
        return f"{start}, and it is a key item."
    if keys == len(late):
        return f"{start}, {'both' if keys == 2 else 'all'} of them key items."
    return f"{start}, {number(keys)} of them {agree(keys, 'a key item', 'key items')}."


def background(writer: Writer) -> Section:
    facts = writer.facts
    paragraphs = []
    with errors_naming(facts.plan_source):
        for index, block in enumerate(writer.blocks(facts.plan.background)):
            paragraphs.append(
                writer.paragraph(block.text, about=f"background {index}", bullets=block.bullets)
            )
    coordinator = facts.coordinator
    others = [agency for agency in facts.members if agency.pk != coordinator.pk]
    who = writer.agency(coordinator)
    told = mentions(facts.plan.background, [coordinator.name])
    members = join_words(
        [writer.agency(agency) for agency in others]
        if len(others) <= MAX_MEMBERS
        else [agency.short_name for agency in others]
    )
    if others and told:
        sentence = f"Besides {who}, {count_in_words(len(others), 'agency', 'agencies')} "
        sentence += f"{agree(len(others), 'belongs', 'belong')} to the working group: {members}."
    elif others:
        sentence = f"{capitalised(who)} coordinates the Plan on behalf of its working group, "
        sentence += f"to which {members} also {agree(len(others), 'belongs', 'belong')}."
    else:
        sentence = f"{capitalised(who)} coordinates the Plan."
    paragraphs.append(writer.paragraph(sentence, about="members"))
    if facts.answer is not None:
        paragraphs += answer_paragraphs(writer, facts.answer)
    return Section(SectionKind.BACKGROUND, "Background", tuple(paragraphs))


def achievements(writer: Writer) -> Section:
    facts = writer.facts
    span = period(facts.briefing.period_start, facts.briefing.period_end)
    said = [
        (item, update)
        for item in facts.items
        for update in facts.updates_of(item)
        if update.achieved
    ]
    headlines = [
        (item, update)
        for item, update in said
        if update.key_achievement == Update.KeyAchievement.HEADLINE
    ]
    paragraphs: list[Paragraph] = []
    if headlines:
        is_are = agree(len(headlines), "achievement was", "achievements were")
        sources = [[update.source] for _, update in headlines]
        paragraphs += writer.paragraphs(
            f"In {span} the working group’s main {is_are}:",
            about="headlines",
            bullets=zip(_headlines(writer, headlines), sources, strict=True),
        )
    for item, update in said:
        if update.key_achievement == Update.KeyAchievement.YES:
            paragraphs += _own_words(writer, item, update)
    completed = [
        item
        for item in facts.items
        if item.completed_on
        and facts.briefing.period_start <= item.completed_on <= facts.briefing.period_end
    ]
    if completed:
        paragraphs += _completed(writer, completed)
    if not paragraphs:
        paragraphs.append(_nothing_achieved(writer, span))
    return Section(SectionKind.ACHIEVEMENTS, "Achievements", tuple(paragraphs))


def _completed(writer: Writer, completed: list[ItemAt]) -> Iterator[Paragraph]:
    """Yield all completed items in one sentence if they fit, else some of each pillar."""
    start = f"{capitalised(count_in_words(len(completed), 'work item'))} "
    start += f"{agree(len(completed), 'was', 'were')} completed in the period"
    if len(completed) <= MAX_COMPLETED:
        yield writer.paragraph(
            f"{start}: {join_words(quoted(item) for item in completed)}.",
            about="completed",
            sources=[item_source(item) for item in completed],
        )
        return
    bullets = []
    for pillar in writer.facts.pillars:
        items = [item for item in completed if item.pillar == pillar.pk]
        if items:
            shown = sorted(items, key=lambda item: not item.is_key)
            names = some([quoted(item) for item in shown], MAX_COMPLETED_OF_PILLAR)
            head = f" ({count_in_words(len(items), 'item')}): "
            text = writer.text(writer.bold(pillar.title), head, f"{names}.")
            bullets.append((Bullet(text), [item_source(item) for item in items]))
    yield from writer.paragraphs(
        f"{start}; the annexes show each:", about="completed", bullets=bullets
    )


def _nothing_achieved(writer: Writer, span: str) -> Paragraph:
    facts = writer.facts
    heard = [item for item in facts.items if facts.updates_of(item)]
    if not heard:
        sentence = (
            f"No agency’s report on {span} had been accepted by "
            f"{long_date(writer.facts.briefing.dated)}, so this paper can name no achievement."
        )
    else:
        sentence = (
            f"Agencies reported on {count_in_words(len(heard), 'work item')} in {span}. "
            "None of the accepted reports names a key achievement."
        )
    return writer.paragraph(
        sentence,
        about="no achievement",
        sources=[update.source for item in heard for update in facts.updates_of(item)] or None,
    )


def _headlines(writer: Writer, said: list[tuple[ItemAt, UpdateFacts]]) -> list[Bullet]:
    """Return a bullet a headline: fragments if all were typed as fragments, else sentences."""
    bullets = []
    for _, update in said:
        with errors_naming(update.source):
            blocks = writer.blocks(update.achieved)
            text = writer.text(" ".join(to_source(block.text) for block in blocks))
            inner = [bullet for block in blocks for bullet in block.bullets]
            # The document allows only one more level, so deeper bullets move up.
            flat = [b for bullet in inner for b in (replace(bullet, bullets=()), *bullet.bullets)]
            bullets.append(Bullet(text, tuple(flat)))
    fragments = all(words(bullet.text)[:1].islower() for bullet in bullets)
    last = len(bullets) - 1
    return [
        bullet
        if bullet.bullets
        else replace(bullet, text=_ended(bullet.text, fragments, i == last))
        for i, bullet in enumerate(bullets)
    ]


def _ended(text: Text, fragments: bool, last: bool) -> Text:
    """Return a bullet's text with a full stop, or with none before the last fragment."""
    if not fragments:
        text = (_saying(text[0], capitalised(text[0].text)), *text[1:])
    ending = (closed if last or not fragments else opened)(text[-1].text)
    if not ending and len(text) > 1:  # the last run was only a full stop, after bold text
        return text[:-1]
    return (*text[:-1], _saying(text[-1], ending))


def _saying(run: Run, text: str) -> Run:
    """Return the run with another text, or itself if it has that text."""
    return run if run.text == text else replace(run, text=text)


def _own_words(writer: Writer, item: ItemAt, update: UpdateFacts) -> Iterator[Paragraph]:
    """Yield the update in the agency's words, with a citation unless they mention the agency."""
    source = update.source
    agency = update.of_return.agency
    is_named = mentions(update.achieved, [agency.name, agency.short_name, agency.name_mi])
    with errors_naming(source):
        for index, block in enumerate(writer.blocks(update.achieved)):
            text = block.text
            if not block.bullets:
                text = _ended(text, fragments=False, last=True)
                if index == 0 and not is_named:
                    citation = f"{agency.short_name}, item {item.number}"
                    text = (*text[:-1], replace(text[-1], text=cited(text[-1].text, citation)))
            yield writer.paragraph(
                text,
                about=f"update {update.pk} {index}",
                bullets=block.bullets,
                sources=[source],
            )
