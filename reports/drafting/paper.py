"""The briefing as it would be printed now, from its draft or, before drafting, from the records."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext

from reports.compose import CONTENTS, USUAL_ANNEXES, Generated, Share, compose, generate
from reports.compose.bad_characters import errors_with_places, with_places
from reports.compose.paragraphs import key, length
from reports.compose.standing_text import filled
from reports.document import (
    Document,
    DocumentError,
    Paragraph,
    Recommendation,
    Recommendations,
    Section,
    SectionKind,
    markup,
)
from reports.drafting import draft_rows
from reports.drafting.changed_records import ITEM, SUMMARIES, Record, records_of, settled
from reports.drafting.draft import (
    CLOSING,
    Composed,
    Draft,
    Drift,
    Part,
    drifts,
    home_of,
    outdated,
    printed,
    record_of,
)
from reports.drafting.draft_rows import Stored
from reports.models import Briefing
from workitems.plan.plan_at import ItemAt


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """A briefing as it is now: what is drafted, and what the records say beside it.

    It is read and composed once; pages, checks and the authorisation are handed it. `found` and
    `composed` are what the records give, None and empty if they cannot be composed and before
    drafting. `document` is what would be printed. If it is None, `fault` says why.
    """

    briefing: Briefing
    rows: Stored = field(repr=False)
    found: Generated | None
    composed: tuple[Composed, ...]
    document: Document | None
    fault: str

    @property
    def draft(self) -> Draft:
        return self.rows.draft

    @cached_property
    def drifts(self) -> tuple[Drift, ...]:
        """The edited paragraphs whose records have changed since."""
        return tuple(drifts(self.draft, self.composed)) if self.found else ()

    @cached_property
    def outdated(self) -> dict[str, tuple[str, str]]:
        """What an update from the records would change: the text now and then, by key."""
        return outdated(self.draft, self.composed) if self.found else {}

    @cached_property
    def homes(self) -> dict[Record, Record]:
        """The item of each record; of a risk to the whole plan, the risk."""
        facts = self.found.facts if self.found else None
        return {record: home for record, _version, home in records_of(facts)} if facts else {}

    @cached_property
    def _items(self) -> dict[Record, tuple[int, ItemAt]]:
        items = self.found.facts.items if self.found else ()
        return {(ITEM, item.pk): (place, item) for place, item in enumerate(items)}

    def items_of(self, records: Iterable[Record]) -> tuple[ItemAt, ...]:
        """Return the items of these records, in the plan's order."""
        homes = {self.homes[record] for record in records if record in self.homes}
        found = sorted(self._items[home] for home in homes if home in self._items)
        return tuple(item for _place, item in found)

    @cached_property
    def generated_on(self) -> dict[Record, list[str]]:
        """The texts generated from each record, now and when the draft took them. Those that sum up are left out."""
        found: dict[Record, list[str]] = defaultdict(list)
        texts = [
            (each.text, each.sources) for each in self.composed if each.content not in SUMMARIES
        ]
        texts += [
            (taken.text, part.sources)
            for portion in self.draft.portions
            if portion.content not in SUMMARIES
            for part in portion.parts
            for taken in part.taken
        ]
        for text, sources in texts:
            for source in sources:
                found[source.model, source.pk].append(text)
        return found

    @cached_property
    def words(self) -> int:
        """The words of the paper before its annexes; 0 if it cannot be printed."""
        return sum(map(length, self.document.paragraphs())) if self.document else 0


def read_drafted(briefing: Briefing, today: date | None = None) -> Drafted:
    """Read the draft, compose the records' current text, and assemble the paper.

    The number of queries is fixed.
    """
    rows = draft_rows.read_draft(briefing) if briefing.kind_id else Stored(Draft(()), {}, {}, {})
    found: Generated | None = None
    composed: tuple[Composed, ...] = ()
    document: Document | None = None
    fault = ""
    try:
        if briefing.kind_id is None:
            document = compose(briefing, today)
        else:
            made = generate(briefing, contents_of(rows.draft), briefing.annexes, today=today)
            composed = settled(briefing, rows.draft, composed_from(made, rows.patterns), made.facts)
            found = made
            document = assembled(rows.draft, made)
    except DocumentError as error:
        fault = with_places(briefing.plan, str(error), error.character)
    return Drafted(
        briefing=briefing,
        rows=rows,
        found=found,
        composed=composed,
        document=document,
        fault=fault,
    )


def document_of(briefing: Briefing, today: date | None = None) -> Document:
    """Return the document that is read, printed and signed.

    Raise `DocumentError` as `generate` does, and if there is no recommendation to print.
    """
    drafted = read_drafted(briefing, today)
    if drafted.document is None:
        raise DocumentError(drafted.fault)
    return drafted.document


def contents_of(draft: Draft) -> list[str]:
    """Return the contents of the draft's sections that are generated, in order."""
    return [each.content for each in draft.portions if each.content in CONTENTS]


def generated(briefing: Briefing, draft: Draft, today: date | None = None) -> Generated:
    """Compose the draft's sections and annexes from the current records."""
    with errors_with_places(briefing.plan):
        return generate(briefing, contents_of(draft), briefing.annexes, today=today)


def composed(briefing: Briefing, today: date | None = None) -> list[Composed]:
    """Compose the briefing's sections as paragraphs for a draft, as `composed_anew` does."""
    return composed_anew(briefing, today)[0]


def composed_anew(briefing: Briefing, today: date | None = None) -> tuple[list[Composed], Share]:
    """Compose the briefing's sections as paragraphs for a draft, each section's standing text
    first, and return them with what they were composed with. Paragraphs of its draft whose records have not changed
    are as there (see `settled`). Annexes are not made."""
    rows = draft_rows.read_draft(briefing)
    if not rows.sections:
        sections = briefing.kind.sections.live().in_order() if briefing.kind else ()
        patterns = [(s.key, s.content, s.standing_text) for s in sections]
        annexes = briefing.kind.annexes if briefing.kind else briefing.annexes
        made = generated_for(briefing, patterns, annexes, today=today)
        return composed_from(made, patterns), made.share
    with errors_with_places(briefing.plan):
        made = generate(
            briefing, contents_of(rows.draft), briefing.annexes, in_full=False, today=today
        )
    now = settled(briefing, rows.draft, composed_from(made, rows.patterns), made.facts)
    return list(now), made.share


def generated_for(
    briefing: Briefing,
    sections: list[tuple[str, str, str]],
    annexes: Iterable[str] = USUAL_ANNEXES,
    *,
    most_words: int = 0,
    today: date | None = None,
) -> Generated:
    """Compose sections given as (key, content, standing text), in order, without annexes. `most_words` is the kind's
    limit, if the briefing has no kind yet."""
    contents = [content for _, content, _ in sections if content in CONTENTS]
    with errors_with_places(briefing.plan):
        return generate(
            briefing, contents, annexes, most_words=most_words, in_full=False, today=today
        )


def composed_from(found: Generated, sections: list[tuple[str, str, str]]) -> list[Composed]:
    """Return paragraphs for the sections, from what `generate` returned."""
    result = []
    for name, content, standing in sections:
        home = home_of(content, name)
        standing = filled(standing, found.facts.briefing)
        blocks = markup.parse(standing)
        if content == CLOSING and blocks:
            # Standing text replaces the default sentence, as there can be only one.
            text = markup.to_source(blocks[0].text, blocks[0].bullets)
            result.append(Composed(home, found.lead.key, text))
            continue
        for index, block in enumerate(blocks):
            text = markup.to_source(block.text, block.bullets)
            result.append(Composed(home, key("p", f"standing {name} {index}"), text))
        paragraphs: tuple[Paragraph, ...] = ()
        if content == CLOSING:
            paragraphs = (found.lead,)
        elif content in found.sections:
            paragraphs = found.sections[content].paragraphs
        result += [
            Composed(
                home,
                each.key,
                markup.to_source(each.text, each.bullets),
                each.sources,
                tuple(tuple(map(record_of, line)) for line in found.lines.get(each.key, ())),
            )
            for each in paragraphs
        ]
    return result


def assembled(draft: Draft, found: Generated) -> Document:
    """Return the document: cover, numbered draft and annexes.

    Raise `DocumentError` without a recommendation.
    """
    closing = next((each for each in draft.portions if each.content == CLOSING), None)
    asks = draft.shown_asks.values()
    if closing is None or not closing.shown or not asks:
        raise DocumentError(gettext("The briefing has no recommendation. Write one."))
    maori = found.facts.maori
    return Document.assemble(
        plan_title=found.facts.plan.title,
        cover=found.cover,
        sections=[
            Section(
                _kind_of(portion.content),
                portion.heading,
                tuple(_paragraphs(draft, portion.shown, maori)),
            )
            for portion in draft.portions
            if portion is not closing and portion.shown
        ],
        recommendation=Recommendations(
            lead=next(_paragraphs(draft, closing.shown, maori)),
            items=tuple(
                Recommendation(
                    key=ask.key,
                    verb=ask.verb,
                    text=markup.inline(printed(draft, ask.text), maori=maori),
                    options=ask.options,
                )
                for ask in asks
            ),
            heading=closing.heading,
        ),
        annexes=found.annexes,
        language=settings.LANGUAGE_TAG,
        paper_size=settings.PAPER_SIZE,
    )


def _paragraphs(
    draft: Draft, parts: tuple[Part, ...], maori: tuple[str, ...]
) -> Iterator[Paragraph]:
    for part in parts:
        blocks = markup.parse(printed(draft, part.text), maori=maori)
        if len(blocks) != 1:
            raise DocumentError(
                gettext("A paragraph of the draft cannot be printed as it is. Open it and save it.")
            )
        yield Paragraph(
            key=part.key, text=blocks[0].text, bullets=blocks[0].bullets, sources=part.sources
        )


def _kind_of(content: str) -> SectionKind:
    return SectionKind(content) if content in set(SectionKind) else SectionKind.OTHER
