"""What needs work in a draft, at the paragraph where it is: warnings about it, what it leaves out, and its length."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.checks.check import Check
from reports.compose.paragraphs import length
from reports.drafting.changed_records import SUMMARIES
from reports.drafting.draft import Origin
from reports.drafting.page import Mark, NextMark, Page
from reports.drafting.paper import Drafted
from reports.workshop.sentences_to_take import as_asked, offers, to_add, to_leave_out
from workitems.terms.sentence_ends import sentences

# The longest paragraphs of a paper that is too long are marked: at most so many.
MOST_LONG = 3
# Sections of which no paragraph is offered to be left out because a paper is too long.
NEEDED = (*SUMMARIES, "delay", "mitigation")
# Checks that the page shows at the paragraph in its own way.
SHOWN = ("drift", "reference")
# What to do, by the first word of a check's key.
REMEDIES = {
    "long": gettext_lazy("Split it, or leave words out."),
    "empty": gettext_lazy("Leave the sentence out, or say what was done, by whom and when."),
    "twice": gettext_lazy("Keep the sentence in one of the two."),
    "past": gettext_lazy("Say what happened, or give the new date."),
    "incomplete": gettext_lazy("Ask the agency for what is missing, or write it here."),
    "edit": gettext_lazy("Correct it, or accept the warning with a reason under “Checks”."),
}


def marked(page: Page, found: Iterable[Check]) -> Page:
    """Return the page with the marks of its paragraphs. `found` are the failed checks."""
    marks = _marks(page.drafted, list(found))
    numbers = page.drafted.draft.numbers
    wanting = marks.keys() | set(page.drifted)
    keys = [key for key in numbers if key in wanting]
    following = {key: NextMark(after, numbers[after]) for key, after in pairwise(keys)}
    return replace(
        page,
        asks=tuple(replace(each, marks=tuple(marks.get(each.key, ()))) for each in page.asks),
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
    summaries = {
        part.key
        for each in drafted.draft.portions
        if each.content in SUMMARIES
        for part in each.parts
    }
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
            remedy = _("Explain it in the glossary")
            marks[key].append(Mark(words, remedy, url=check.mend_url))
        for key, rest in check.left_out.items() if check.is_open else ():
            more = to_add(drafted, parts[key], rest)
            # What sums up prints a part of everything.
            if more and key not in summaries:
                marks[key].append(Mark(_("An agency wrote more than this."), offers=more))
    if any(check.key == "words" and check.is_open for check in found):
        for key, count, over in _longest(drafted):
            words = _("The paper is {over:,} words too long. This paragraph has {count:,}.")
            words = words.format(over=over, count=count)
            may_go = drafted.draft.portion_of(key).content not in NEEDED
            marks[key].append(Mark(words, REMEDIES["long"], (to_leave_out(),) if may_go else ()))
    return marks


def _at_it(check: Check) -> str:
    """Return the words of a check as they stand at its paragraph, which they need not name."""
    words = check.words.removeprefix(check.place).lstrip()
    return f"{words[:1].upper()}{words[1:]}"


def _longest(drafted: Drafted) -> list[tuple[str, int, int]]:
    """Return the longest paragraphs that a paper can do without, which have twice the words that are too many, or the
    longest few: key, length, and the words that are too many. A generated list is none: its bullets are read one by one.
    Nor is what the Minister must know: what the paper is, what is late and what is done about it, unless it was edited."""
    assert drafted.document is not None and drafted.briefing.kind is not None
    over = drafted.words - drafted.briefing.kind.most_words
    generated = {part.key for part in drafted.draft.parts() if part.origin == Origin.GENERATED}
    needed = {
        part.key
        for portion in drafted.draft.portions
        if portion.content in NEEDED
        for part in portion.parts
    } & generated
    lengths = {
        each.key: length(each)
        for each in drafted.document.paragraphs()
        if each.key not in needed and not (each.bullets and each.key in generated)
    }
    chosen: list[tuple[str, int, int]] = []
    for key in sorted(lengths, key=lengths.__getitem__, reverse=True)[:MOST_LONG]:
        if sum(count for _key, count, _over in chosen) < 2 * over:
            chosen.append((key, lengths[key], over))
    return chosen
