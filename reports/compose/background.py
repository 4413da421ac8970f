"""Section Background: the plan's standing text, who coordinates it, and the Minister's last answer."""

from reports.compose.consulted import answer_paragraphs
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Section, SectionKind
from reports.document.markup import to_source
from reports.document.wording import capitalised, count_in_words, mentions


def background(writer: Writer) -> Section:
    """Return the section. The standing text is the plan's own and is printed as it is; unless it
    mentions the coordinating agency, a sentence on it and the size of its working group follows."""
    facts, room = writer.facts, writer.room("background")
    paragraphs = []
    with errors_naming(facts.plan_source):
        for index, block in enumerate(writer.blocks(facts.plan.background)):
            room.use(to_source(block.text, block.bullets))
            paragraphs.append(
                writer.paragraph(block.text, about=f"background {index}", bullets=block.bullets)
            )
    coordinator = facts.coordinator
    writer.note_introduction(coordinator, facts.plan.background)
    if not mentions(facts.plan.background, [coordinator.name, coordinator.short_name]):
        sentence = f"{capitalised(writer.agency(coordinator))} coordinates the Plan"
        if len(facts.members) > 1:
            sentence += f" for a working group of {count_in_words(len(facts.members), 'agency', 'agencies')}"
        room.use(sentence)
        paragraphs.append(writer.paragraph(f"{sentence}.", about="members"))
    if facts.answer is not None:
        paragraphs += answer_paragraphs(writer, facts.answer)
    return Section(SectionKind.BACKGROUND, "Background", tuple(paragraphs))
