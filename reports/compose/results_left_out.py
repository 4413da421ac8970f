"""The reports that could be main results of a paper and are none, with why."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from agencies.wording.translation import in_english
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paragraphs import Writer
from reports.compose.reported import (
    MAX_HEADLINES,
    Achieved,
    Reports,
    WhyNot,
    has_mark,
    is_completed,
    is_only_talk,
    why_unfit_as_it_is,
)
from reports.compose.results import (
    counts,
    headline,
    own_words,
    passage,
)
from reports.compose.told_results import achieved_in_words, dated_by_round, told_with_name
from reports.document.wording import (
    capitalised,
    closed,
    first_sentences,
    opened,
)
from workitems.models import Update
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt
from workitems.terms.stems import says_nothing, without_announcements

# The longest first sentence offered as a main result.
MOST_SHOWN_WORDS = 150


class PassedOver(NamedTuple):
    """A report that is no main result, with its first sentence ("" if it says nothing)."""

    item: ItemAt
    update: UpdateFacts
    text: str
    reason: WhyNot


def _weight(pair: Achieved) -> tuple[bool, bool]:
    """Order results: what has no number after what has one, then what is of no key item."""
    item, update = pair
    return not any(map(str.isdigit, update.achieved)), not item.is_key


@in_english
def passed_over(
    facts: Facts,
    main: Collection[int],
    told: Collection[int],
    most: int,
    contents: Iterable[str] = (),
) -> tuple[list[PassedOver], int]:
    """Return what could be a main result of a paper of these `contents` and is none, the likeliest first, and the number of
    those beyond `most`.

    `main` are the ids of the updates that are main results, `told` of those that the section has in any paragraph.
    Passed over is what an agency calls a headline; and of what is not told: what it calls a key achievement, and of an
    item's last report what begins with a number, or completed the item in the period.
    """
    found = []
    for item in facts.items:
        updates = facts.updates_of(item) if item.stage != Stage.WITHDRAWN else ()
        for pair in ((item, update) for update in updates if update.pk not in main):
            update = pair[1]
            is_wished = has_mark(pair, Update.KeyAchievement.HEADLINE)
            if update.pk in told and not is_wished:
                continue
            is_likely = not has_mark(pair, Update.KeyAchievement.NO) or (
                update is updates[-1]
                and (
                    is_completed(facts, item)
                    or counts(passage(own_words(update.achieved), MOST_SHOWN_WORDS).least)
                )
            )
            if is_wished or (is_likely and not says_nothing(update.achieved)):
                found.append(pair)
    found.sort(
        key=lambda pair: (not has_mark(pair, Update.KeyAchievement.HEADLINE), *_weight(pair))
    )
    writer = Writer(facts, contents=contents)
    shown = []
    for item, update in found[:most]:
        whole = achieved_in_words(writer, item, update)
        text = headline(whole) or first_sentences(whole, 1, MOST_SHOWN_WORDS)
        text = (
            dated_by_round(facts, update, text, told_with_name(writer, item, text)) if text else ""
        )
        reason = _why_not(writer, (item, update), text, told, len(main))
        if not text and reason != WhyNot.NOTHING:
            text = first_sentences(writer.flat(update.achieved), 1, MOST_SHOWN_WORDS)
        shown.append(PassedOver(item, update, closed(capitalised(text)), reason))
    return shown, len(found[most:])


def _why_not(
    writer: Writer, pair: Achieved, text: str, told: Collection[int], count: int
) -> WhyNot:
    """Return why a report with this sentence is no main result. `told` are the ids of the updates that the section
    has; `count` is the number of main results."""
    item, update = pair
    reports = writer.facts.once(Reports)
    if not text:
        if says_nothing(update.achieved):
            return WhyNot.NOTHING
        return WhyNot.ONGOING if without_announcements(update.achieved) else WhyNot.TALK
    if is_only_talk(pair):
        return WhyNot.TALK
    if pair not in reports.can_be_results:
        return _why_unfit(reports, pair)
    if pair not in reports.results:
        return WhyNot.SAME_ITEM
    line = opened(headline(achieved_in_words(writer, item, update)))
    before = reports.results[: reports.results.index(pair)]
    if any(line == opened(headline(achieved_in_words(writer, *other))) for other in before):
        return WhyNot.SAID
    if reports.is_shorthand(headline(own_words(update.achieved))):
        return WhyNot.SHORTHAND
    if count >= MAX_HEADLINES:
        return WhyNot.BEHIND
    if update.pk in told:
        return WhyNot.ELSEWHERE
    is_left_out = pair not in reports.main and len(reports.main) < MAX_HEADLINES
    return WhyNot.OTHERS_MARKED if is_left_out else WhyNot.NO_ROOM


def _why_unfit(reports: Reports, pair: Achieved) -> WhyNot:
    """Return why a report cannot be a main result as it is."""
    item, update = pair
    own = own_words(update.achieved)
    if item.pk in reports.facts.unsupported:
        return WhyNot.UNSUPPORTED
    if own and not headline(own):
        return WhyNot.TOO_LONG
    if has_mark(pair, Update.KeyAchievement.HEADLINE):
        return WhyNot.NOTHING
    agency = update.of_return.agency_id
    last = [
        each for of, each in reports.achieved if of is item and each.of_return.agency_id == agency
    ][-1:]
    if last and last[0] is not update:
        return WhyNot.NEWER
    return why_unfit_as_it_is(item, update) or WhyNot.TOO_LITTLE
