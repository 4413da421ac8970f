"""What needs work in a draft, at the paragraph where it is: warnings about it, what it leaves out, and its length."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.checks.check import Check
from reports.compose.achievements import MAIN_RESULTS
from reports.compose.finding_facts import FINDING
from reports.compose.paragraphs import key as key_of
from reports.drafting.changed_records import SUMMARIES
from reports.drafting.draft import CLOSING, Origin, Part
from reports.drafting.page import Mark, NextMark, Offer, Page
from reports.drafting.paper import Drafted
from reports.workshop.sentences_to_take import (
    as_asked,
    is_repeated,
    not_to_add,
    offers,
    to_add,
    to_cut,
)
from workitems.terms.sentence_ends import sentences

# Of a paper that is too long, so many paragraphs are marked at most.
MOST_SHORTENED = 3
# Sections of which no paragraph is marked because a paper is too long.
NEEDED = (*SUMMARIES, "delay", "mitigation", CLOSING)
# Records of what a paragraph says that stays: what was decided and what follows from it, what was asked for, what an audit
# found and which returns are missing.
STAYS = {
    *("reports.response", "reports.followup", "workitems.variation", "workitems.decision"),
    *("workitems.return", FINDING),
}
# The key of the paragraph of the main dates ahead.
DATES_AHEAD = key_of("p", "dates")
# Checks that the page shows at the paragraph in its own way.
SHOWN = ("drift", "reference")
# What to do, by the first word of a check's key.
REMEDIES = {
    "long": gettext_lazy("Split it."),
    "empty": gettext_lazy("Leave the sentence out, or say what was done, by whom and when."),
    "twice": gettext_lazy("Keep the sentence in one of the two."),
    "past": gettext_lazy("Say what happened, or give the new date."),
    "incomplete": gettext_lazy("Ask the agency for what is missing, or write it here."),
    "edit": gettext_lazy("Correct it, or accept the warning with a reason under “Checks”."),
}


def marked(page: Page, found: Iterable[Check]) -> Page:
    """Return the page with the marks of its paragraphs. `found` are the failed checks."""
    marks = _marks(page.drafted, list(found))
    names = {key: str(number) for key, number in page.drafted.draft.numbers.items()}
    names |= {each.key: each.name for each in page.asks if each.number}
    wanting = marks.keys() | set(page.drifted)
    keys = [key for key in names if key in wanting]
    following = {key: NextMark(after, names[after]) for key, after in pairwise(keys)}
    return replace(
        page,
        asks=tuple(
            replace(each, marks=tuple(marks.get(each.key, ())), next=following.get(each.key))
            for each in page.asks
        ),
        chapters=tuple(
            replace(
                chapter,
                blocks=tuple(
                    replace(
                        block,
                        marks=tuple(marks.get(block.key, ())),
                        next=following.get(block.key),
                    )
                    if block.key in wanting
                    else block
                    for block in chapter.blocks
                ),
            )
            for chapter in page.chapters
        ),
    )


def _marks(drafted: Drafted, found: list[Check]) -> dict[str, list[Mark]]:
    marks: dict[str, list[Mark]] = defaultdict(list)
    parts = {part.key: part for part in drafted.draft.parts()}
    asks = drafted.draft.shown_asks
    for check in found:
        kind, key = check.key.partition("-")[0], check.paragraph
        if key in asks and check.is_open and kind not in SHOWN:
            (says, *_what) = sentences(_at_it(check))
            offered = [offer for mark in marks[key] for offer in mark.offers]
            new = tuple(each for each in as_asked(drafted, key) if each not in offered)
            marks[key].append(Mark(says, "" if new else REMEDIES.get(kind, ""), new))
        if key in parts and check.is_open and kind not in SHOWN:
            found_offers = offers(drafted, parts[key], check)
            remedy = "" if found_offers else REMEDIES.get(kind, "")
            marks[key].append(Mark(_at_it(check), remedy, found_offers))
        for key, words in check.at.items() if check.is_open else ():
            found_offers = offers(drafted, parts[key], check)
            remedy = _("Explain it in the glossary") if check.mend_url else ""
            marks[key].append(Mark(words, remedy, found_offers, check.mend_url))
        for key, rest in check.left_out.items() if check.is_open else ():
            untrue = not_to_add(drafted, parts[key], rest)
            if more := to_add(drafted, parts[key], rest, untrue):
                not_offered = " ".join(
                    _("Not offered: “{sentence}” {record}").format(sentence=each, record=says)
                    for each, says in untrue.items()
                )
                marks[key].append(Mark(_("An agency wrote more than this."), not_offered, more))
    if any(check.key == "words" and check.is_open for check in found):
        for key, mark in _to_shorten(drafted):
            marks[key].append(mark)
    return marks


def _at_it(check: Check) -> str:
    """Return the words of a check as they stand at its paragraph, which they need not name."""
    words = check.words.removeprefix(check.place).lstrip()
    return f"{words[:1].upper()}{words[1:]}"


def _to_shorten(drafted: Drafted) -> Iterator[tuple[str, Mark]]:
    """Yield the paragraphs with words that can go from a paper that is too long: first what another paragraph says, then
    the last results, then most words. Not what the Minister must know or decided, the main results, the dates ahead, a
    late key item, or what a check asks for."""
    assert drafted.document is not None and drafted.briefing.kind is not None
    over = drafted.words - drafted.briefing.kind.most_words
    found: list[tuple[tuple[bool, int, int], str, Offer]] = []
    for portion in drafted.draft.portions:
        is_of_results = portion.content == "achievements"
        for place, part in enumerate(
            portion.shown if portion.content not in NEEDED else (), start=1
        ):
            is_list = part.origin == Origin.GENERATED and "\n" in part.text
            if is_list or _stays(drafted, part):
                continue
            for offer in to_cut(drafted, part):
                cut = " ".join(strand.text for strand in offer.strands if strand.is_removed)
                order = (is_repeated(drafted, part, cut), place * is_of_results, len(cut.split()))
                found.append((order, part.key, offer))
    for _order, key, offer in sorted(found, reverse=True)[:MOST_SHORTENED]:
        words = _("The paper is {over:,} words too long, and these can go:").format(over=over)
        yield key, Mark(words, offers=(offer,))


def _stays(drafted: Drafted, part: Part) -> bool:
    """Whether a paragraph has the main results, the dates ahead or a late key item, or is written from what `STAYS`."""
    generated = {taken.key for taken in part.taken}
    records = [(source.model, source.pk) for source in part.sources]
    return (
        bool(generated & {MAIN_RESULTS, DATES_AHEAD})
        or any(model in STAYS for model, _pk in records)
        or any(item.is_key and item.is_late for item in drafted.items_of(records))
    )
