"""What a draft could tell as a main result and does not, why, and the list that a press adds it to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.checks.contradicted import contradiction, without_evidence
from reports.checks.values import dates_in
from reports.compose.achievements import (
    MAIN_RESULTS,
    introduced,
    reported_to,
    without_month,
)
from reports.compose.facts import Facts
from reports.compose.reported import MAX_HEADLINES, WhyNot
from reports.compose.results import is_told
from reports.compose.results_left_out import PassedOver, passed_over
from reports.compose.writing_out import write_out_after
from reports.document import Source
from reports.document.dates import month_of
from reports.document.wording import cited
from reports.drafting.draft import BULLETS, Draft, printed
from reports.drafting.page import ACHIEVEMENTS
from reports.drafting.paper import Drafted
from workitems.terms.sentence_ends import sentences

UPDATE = "workitems.update"
# Limit on what is offered.
MOST_OFFERED = 10
# Words of a bullet shown to identify it.
FIRST_WORDS = 7

REASONS: dict[WhyNot, StrOrPromise] = {
    WhyNot.NOTHING: gettext_lazy("It says nothing that the paper can print."),
    WhyNot.TALK: gettext_lazy("A meeting or an announcement is no result."),
    WhyNot.ONGOING: gettext_lazy("It says only that work goes on."),
    WhyNot.SAME_ITEM: gettext_lazy(
        "The list takes one report on an item, and another one on it came before."
    ),
    WhyNot.BEHIND: gettext_lazy("Other results came before it, and the list takes {most}."),
    WhyNot.SAID: gettext_lazy("Another report says the same."),
    WhyNot.ELSEWHERE: gettext_lazy(
        "There was no room for it in the list. Another paragraph has it."
    ),
    WhyNot.NO_ROOM: gettext_lazy("There was no room for it in the paper."),
    WhyNot.NEWER: gettext_lazy(
        "Its agency did not mark it as a headline, and has reported on the item again since."
    ),
    WhyNot.UNSUPPORTED: gettext_lazy("An audit found that the evidence does not support it."),
    WhyNot.TOO_LITTLE: gettext_lazy(
        "Its agency did not mark it as a headline. Without the mark, a result says two of these: what there is now, "
        "what was completed, how many, and of how many."
    ),
    WhyNot.OTHERS_MARKED: gettext_lazy(
        "Its agency did not mark it as a key achievement, and enough others are marked."
    ),
    WhyNot.WE: gettext_lazy(
        "Its agency did not mark it as a headline, and it would have to be reworded: it speaks as “we”."
    ),
    WhyNot.LIST: gettext_lazy(
        "Its agency did not mark it as a headline, and it would have to be reworded: it is a list."
    ),
    WhyNot.NO_SENTENCE: gettext_lazy(
        "Its agency did not mark it as a headline, and it would have to be reworded: it is no whole sentence."
    ),
    WhyNot.SHORTHAND: gettext_lazy(
        "It has abbreviations that neither the paper nor the plan’s glossary explains, so clearer results came before it."
    ),
    WhyNot.TOO_LONG: gettext_lazy("Its first sentence is too long for the list."),
}


# Of a report with a whole sentence after a first one that is none.
UNMARKED = gettext_lazy("Its agency did not mark it as a headline.")
# Of what the records have in the list and the draft does not.
TAKEN_OUT = gettext_lazy("It was in the list until you took it out.")
# Of what the records have in the list now.
NEW = gettext_lazy("It would be in the list if the paper were drafted now.")


class Offered(NamedTuple):
    """A report that could be a main result: its words as a bullet ("" if it says nothing), and why it is none."""

    pk: int
    source: Source
    item: str
    agency: str
    text: str
    reason: StrOrPromise
    # Whether a press may put it in the list: no measure contradicts it, and no audit found it without evidence.
    is_offered: bool = True

    @property
    def plain(self) -> str:
        """The text without its marks, for the page."""
        return self.text.replace("**", "")


@dataclass(frozen=True)
class MainResults:
    """What was passed over, likeliest first, and the list of main results: its key ("" if the paper has none), and the
    place and first words of each bullet."""

    offered: tuple[Offered, ...]
    not_shown: int
    key: str = ""
    bullets: tuple[tuple[int, str], ...] = ()
    # The words above the list if one more is told, unless they were edited.
    lead: str = ""


def main_results(drafted: Drafted) -> MainResults | None:
    """Return what was passed over; None if that is nothing, or the records cannot be read. No query."""
    draft = drafted.draft
    if drafted.found is None or all(each.content != ACHIEVEMENTS for each in draft.portions):
        return None
    key = _list_of(draft)
    told = _updates(
        {part.key for p in draft.portions if p.content == ACHIEVEMENTS for part in p.shown}, draft
    )
    found, not_shown = passed_over(
        drafted.found.facts, _updates({key}, draft), told, MOST_OFFERED, drafted.found.sections
    )
    if not found:
        return None
    now = drafted.found.lines.get(MAIN_RESULTS, ())
    reasons: dict[int, StrOrPromise] = {source.pk: NEW for line in now for source in line}
    for taken in draft.part(key).taken if key else ():
        names = [name.split() for line in taken.lines for name in line]
        reasons |= {int(pk): TAKEN_OUT for model, pk in names if model == UPDATE}
    above, *bullets = BULLETS.split(printed(draft, draft.part(key).text)) if key else [""]
    month = reported_to(above)
    before, after = (introduced(drafted.found.facts, len(bullets) + more, month) for more in (0, 1))
    facts = drafted.found.facts
    return MainResults(
        offered=tuple(
            _offered(facts, each, _dated(each, above, month), reasons.get(each.update.pk, ""))
            for each in found
        ),
        not_shown=not_shown,
        key=key,
        lead=after if above == before else "",
        bullets=tuple((place, _beginning(bullet)) for place, bullet in enumerate(bullets)),
    )


def as_bullet(
    drafted: Drafted, offered: Offered, key: str, place: int | None
) -> tuple[str, list[Source]]:
    """Return an offered report as a bullet of the list `key`, in place of one or as the last, with the acronyms written
    out that its section does not have before; and the entries of the glossary that these are from."""
    assert drafted.found is not None
    draft = drafted.draft
    shown = draft.portion_of(key).shown
    at = next(n for n, part in enumerate(shown) if part.key == key)
    above, *bullets = BULLETS.split(shown[at].text)
    earlier = [*(part.text for part in shown[:at]), above, *bullets[:place]]
    return write_out_after(earlier, offered.text, drafted.found.facts)


def _offered(facts: Facts, each: PassedOver, text: str, reason: StrOrPromise) -> Offered:
    said = sentences(text)
    found = (contradiction(facts, each.item, sentence) for sentence in said)
    against = next((str(one.words) for one in found if one), "")
    against = against or without_evidence(facts, each.item)
    if each.reason == WhyNot.NO_SENTENCE and any(map(is_told, said[1:])):
        reason = reason or UNMARKED
    return Offered(
        each.update.pk,
        each.update.source,
        each.item.number,
        each.update.of_return.agency.short_name,
        text,
        against or reason or _in_words(each.reason),
        is_offered=bool(text) and not against,
    )


def _dated(each: PassedOver, above: str, month: str) -> str:
    """Return a report's text as the list takes it: without its month if the words above the list have that, and with it if they
    have another one."""
    text = without_month(each.text, above)
    ended = each.update.of_return.round.period_end
    if not text or not month or ended is None or month == month_of(ended) or dates_in(text):
        return text
    return cited(text, month_of(ended))


def _in_words(reason: WhyNot) -> str:
    return str(REASONS[reason]).format(most=MAX_HEADLINES)


def _list_of(draft: Draft) -> str:
    """Return the key of the paragraph of the main results, or "" if the paper has none."""
    found = (
        part.key
        for portion in draft.portions
        for part in portion.shown
        if any(taken.key == MAIN_RESULTS for taken in part.taken)
    )
    return next(found, "")


def _updates(keys: Collection[str], draft: Draft) -> set[int]:
    """Return the ids of the updates that paragraphs cite."""
    return {
        source.pk
        for part in draft.parts()
        if part.key in keys
        for source in part.sources
        if source.model == UPDATE
    }


def _beginning(bullet: str) -> str:
    words = bullet.removeprefix("- ").replace("**", "").split()
    return f"{' '.join(words[:FIRST_WORDS])}{' …' if len(words) > FIRST_WORDS else ''}"
