"""Section Background: the plan's standing text, who coordinates it, how it changed, and the Minister's last answer."""

import re

from reports.compose.budget import Room
from reports.compose.citations import item_source
from reports.compose.consulted import answer_paragraphs
from reports.compose.decided_changes import changes_of_plan
from reports.compose.facts import Follows
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Paragraph, Section, SectionKind
from reports.document.markup import to_source
from reports.document.wording import capitalised, count_in_words, join_words, mentions

# Items whose numbers are listed.
MAX_NUMBERS = 8


def background(writer: Writer) -> Section:
    """Return the section. The standing text is the plan's own and is printed as it is, but for the Minister who reads it; unless it
    mentions the coordinating agency, a sentence on it and the size of its working group follows."""
    facts, room = writer.facts, writer.room("background")
    paragraphs = []
    with errors_naming(facts.plan_source):
        for index, block in enumerate(writer.blocks(_to_you(writer, facts.plan.background))):
            room.use(to_source(block.text, block.bullets))
            paragraphs.append(
                writer.paragraph(block.text, about=f"background {index}", bullets=block.bullets)
            )
    if facts.follows is not None:
        paragraphs.append(_carried_over(writer, facts.follows, room))
    coordinator = facts.coordinator
    writer.note_introduction(coordinator, facts.plan.background)
    if not mentions(facts.plan.background, [coordinator.name, coordinator.short_name]):
        sentence = f"{capitalised(writer.agency(coordinator))} coordinates the Plan"
        if len(facts.members) > 1:
            sentence += f" for a working group of {count_in_words(len(facts.members), 'agency', 'agencies')}"
        room.use(sentence)
        paragraphs.append(writer.paragraph(f"{sentence}.", about="members"))
    paragraphs += [
        writer.paragraph(
            text, about=f"changes of the plan {place}", sources=[facts.plan_source, *sources]
        )
        for place, (text, sources) in enumerate(changes_of_plan(writer, room))
    ]
    if facts.answer is not None:
        paragraphs += answer_paragraphs(writer, facts.answer)
    return Section(SectionKind.BACKGROUND, "Background", tuple(paragraphs))


def _to_you(writer: Writer, text: str) -> str:
    """Return the standing text with "reports to you" for the Minister whose paper it is."""
    portfolio = re.escape(writer.facts.plan.portfolio)
    return re.sub(rf"(\breports? (?:back )?to) the {portfolio}\b(?![’'])", r"\1 you", text)


def _carried_over(writer: Writer, follows: Follows, room: Room) -> Paragraph:
    """Return the sentence on the plan that this one follows: how many items it carries on, and their
    numbers here if they are few."""
    items = follows.items
    sentence = f"The Plan follows the {follows.title.removeprefix('The ')}"
    if items:
        sentence += f" and carries over {count_in_words(len(items), 'work item')}"
        if len(items) <= MAX_NUMBERS:
            are = f"item{'s' if len(items) > 1 else ''}"
            sentence += f" from it: {are} {join_words([item.number for item in items])}"
        else:
            sentence += " from it"
    else:
        sentence += ", and carries over none of its work items"
    sentence += "."
    room.use(sentence)
    sources = [writer.facts.plan_source, *map(item_source, items)]
    return writer.paragraph(sentence, about="carried over", sources=sources)
