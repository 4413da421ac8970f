"""Checks that only warn. The coordinator may accept a warning with a reason."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from agencies.wording.translation import list_in_words
from reports.checks.blockers import PEOPLE, is_named, numbers_of
from reports.checks.check import WARNING, Check, fingerprint
from reports.checks.contradicted import contradicted_in
from reports.checks.edits import disagreements
from reports.checks.item_records import ItemRecords
from reports.checks.length import pages
from reports.checks.material import (
    ANNEXES,
    BRIEFING,
    CLEARANCE,
    COVER,
    GLOSSARY,
    UPDATE_PAGE,
    WORD_COPIES,
    WORKSHOP,
    Material,
)
from reports.checks.measure_checks import of_findings, of_measures
from reports.checks.paper_dates import called_future
from reports.checks.recorded import NEARLY_ALL, Recorded, is_told_in, plain, recorded, sentences_of
from reports.compose.at_risk_text import has_reason
from reports.compose.decisions import DECISIONS_KEY, Lacks, ask_key, missing_in
from reports.compose.facts import Facts
from reports.compose.late_words import meant_by, needs_decision
from reports.compose.paragraphs import CONTINUED, Writer
from reports.compose.planned import plans
from reports.compose.subjects import at_risk, has_new_date
from reports.compose.subjects import numbers_of as item_numbers
from reports.document import Verb, markup, words
from reports.document.dates import long_date
from reports.document.wording import capitalised, count_in_words, join_words, number
from reports.document.wording import named as with_article
from reports.drafting.changed_records import ITEM, SUMMARIES
from reports.drafting.draft import Origin, Part, printed
from reports.models import Briefing, CheckOverride
from workitems.measures.completion import Completion
from workitems.models import Update
from workitems.plan.known_acronyms import named
from workitems.terms.acronyms import abbreviated, acronyms_in, lacking, writes_out
from workitems.terms.date_order import (
    after_new_date,
    before_due,
    comes_before,
    ends_before,
    gap,
    order_in_words,
    same_time,
    two_dates,
    unexplained,
)
from workitems.terms.sentence_ends import without_capital
from workitems.terms.shorthand import shorthand_acronyms, shorthand_in
from workitems.terms.stems import says_nothing, says_we

MOST_PAGES = 10
# Words in one paragraph or bullet.
MOST_WORDS = 150
# Items of which it is said what the paper leaves out.
MOST_LISTED = 4
# Sentences that are quoted of those that a paragraph leaves out.
MOST_QUOTED = 2
UPDATE = "workitems.update"
AHEAD = "next_steps"
# Records with an agency's own words.
OF_AGENCIES = (UPDATE, "workitems.delay", "workitems.mitigation", "workitems.risk")
# Words for something that an earlier paragraph named.
POINTS_BACK = re.compile(
    r"(?:It|They|He|She)\b(?! is recommended)"
    r"|(?:This|These|Those|Both)(?= (?:are|was|were|has|have|had|will|would|can|may|must|means?)\b)"
)
# An agency that gives its Ministers' wishes as the cause.
PRIORITIES = re.compile(
    r"\b(?:Minist(?:erial|ers?)|Cabinet)(?:[’']s?)? (?:\w+ )?priorit", re.IGNORECASE
)
FOR_INFORMATION = re.compile(r"\binformation\b|\bto note\b|\bnoting\b", re.IGNORECASE)
# The paper is with the agencies or with the authorising manager.
WITH_OTHERS = (Briefing.State.IN_CONSULTATION, Briefing.State.AWAITING)

warn = partial(Check, severity=WARNING)


def warnings(material: Material, held: Mapping[str, CheckOverride]) -> list[Check]:
    """Return all warnings. None before drafting or if the records cannot be composed. `held` are the overrides in
    force, by key."""
    if material.drafted.found is None:
        return []
    told = _told(material, material.drafted.found.facts)
    return [
        *_decisions(material),
        *_unexplained(material),
        *_recommended(material),
        *_incomplete(material),
        *_length(material),
        *_later(material),
        *_past_plans(material),
        *_dates_of_delays(material),
        *_out_of_order(material),
        *_not_shown(material),
        *of_measures(material),
        *of_findings(material),
        *_stale(material),
        *_unused(material),
        *_unprinted(material, told),
        *_shortened(material, told, held),
        *_voice(material),
        *_acronyms(material),
        *_asks(material),
        *_paragraphs(material),
        *_subjects(material),
        *_edits(material),
        *_contradicted(material),
        *_shorthand(material),
        *_phones(material),
        *_answers(material),
        *_suggestions(material),
    ]


def _length(material: Material) -> Iterator[Check]:
    if material.drafted.document is None:
        return
    count = pages(material.drafted.document)
    if count > MOST_PAGES:
        yield warn(
            key="pages",
            words=gettext(
                "The paper has about {count} pages before its annexes. More than {most} is too "
                "long."
            ).format(count=count, most=MOST_PAGES),
            url=material.urls[WORKSHOP],
            place=gettext("The whole paper"),
            about=fingerprint(str(count)),
        )
    length = material.drafted.words
    kind = material.drafted.briefing.kind
    if kind and length > kind.most_words:
        yield warn(
            key="words",
            words=gettext(
                "The paper has {count:,} words before its annexes; the limit for this kind of briefing is {most:,}."
            ).format(count=length, most=kind.most_words),
            url=material.urls[WORKSHOP],
            place=gettext("The whole paper"),
            about=fingerprint(str(length)),
        )


def _later(material: Material) -> Iterator[Check]:
    """Yield rounds that end after the period although returns of them are accepted."""
    rounds = {row.round_id: row.round for row in material.later}
    for pk, of_round in rounds.items():
        count = sum(row.round_id == pk for row in material.later)
        yield warn(
            key=f"later-{pk}",
            words=ngettext(
                "{count} accepted return of “{round}” is left out, because that round ends after the period.",
                "{count} accepted returns of “{round}” are left out, because that round ends after the period.",
                count,
            ).format(count=count, round=of_round.name),
            url=material.urls[COVER],
            place=gettext("Cover"),
            about=fingerprint(str(count)),
        )


def _past_plans(material: Material) -> Iterator[Check]:
    """Yield plans that the paper leaves out, because they may be past."""
    found = material.drafted.found
    assert found is not None
    for item, update, past in plans(found.facts):
        if past:
            yield warn(
                key=f"plan-{update.pk}",
                words=gettext(
                    "What {agency} plans next for item {item} is left out, because {reason}."
                ).format(agency=update.of_return.agency, item=item.number, reason=past),
                url=f"{material.urls[WORKSHOP]}#next_steps",
                place=gettext("Item {number}").format(number=item.number),
                about=fingerprint(update.planned_next, past),
            )


def _dates_of_delays(material: Material) -> Iterator[Check]:
    """Yield late milestones whose open actions and interim measures do not last until the new date, actions that are due
    after it, causes that do not explain it, and what has two dates."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    for entry in facts.late:
        for slip in entry.slips:
            step = slip.milestone
            # A date that has passed is no new date; the paper says that none is set.
            if not step.is_late or not has_new_date(step):
                continue
            rows = [
                row for delay in slip.delays for row in delay.mitigations if row.done_on is None
            ]
            bridges = [(each.pk, each.meanwhile) for each in slip.delays if each.is_open]
            ends = [row.due_on for row in rows]
            found = {
                f"bridge-{step.pk}": gap(ends, " ".join(text for _, text in bridges), step.forecast)
            }
            found |= {f"after-{row.pk}": after_new_date(row.due_on, step.forecast) for row in rows}
            found |= {f"until-{pk}": ends_before(text, step.forecast) for pk, text in bridges}
            for each in slip.delays if has_new_date(step) else ():
                if each.is_open and each == (entry.main_delay or (None, None))[1]:
                    says = unexplained(each.explanation, step.agreed, step.forecast)
                    found[f"span-{each.pk}"] = says and gettext(
                        "{says} What takes the rest?"
                    ).format(says=says)
                meant = meant_by(each.effect, entry) if each.effect else step
                says = before_due(each.effect, meant.agreed)
                found[f"effect-{each.pk}"] = says and gettext(
                    "{says} It is left out: which years does the delay cost?"
                ).format(says=says)
                if each.is_open:
                    found[f"needs-{each.pk}"] = two_dates(each.needs, each.settling_by)
            found |= {
                f"same-{row.pk}": says
                and gettext("{says} Which of them comes first?").format(says=says)
                for each in slip.delays
                for row in each.mitigations
                if row.done_on is None
                for says in [same_time(each.explanation, row.due_on) if each.is_open else ""]
            }
            found |= {f"dates-{row.pk}": two_dates(row.description, row.due_on) for row in rows}
            for key, says in found.items():
                if not says:
                    continue
                yield warn(
                    key=key,
                    words=gettext("Milestone {milestone} of item {item}: {says}").format(
                        milestone=step.number, item=entry.item.number, says=says
                    ),
                    url=f"{material.urls[WORKSHOP]}#mitigation",
                    place=gettext("Item {number}").format(number=entry.item.number),
                    about=fingerprint(says),
                )


def _out_of_order(material: Material) -> Iterator[Check]:
    """Yield open milestones that are expected before one that was to be reached before them."""
    assert material.drafted.found is not None
    plan = material.drafted.briefing.plan
    for item in material.drafted.found.facts.items:
        for step in item.milestones if item.is_live else ():
            first = comes_before(item.milestones, step) if step.is_open else None
            if first is None:
                continue
            yield warn(
                key=f"order-{step.pk}",
                words=order_in_words(item.number, step, first),
                url=f"{material.urls[WORKSHOP]}#{AHEAD}",
                place=gettext("Item {number}").format(number=item.number),
                mend_url=reverse(
                    "workitems:milestone", args=[plan.slug, item.number, first.number]
                ),
                about=fingerprint(step.forecast.code, first.forecast.code),
            )


def _not_shown(material: Material) -> Iterator[Check]:
    """Yield that milestones were completed in the period without evidence, or that the reviewer questions them."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    rows = [
        row
        for row in facts.completions
        if row.completed_on >= facts.briefing.period_start
        and row.completion in (Completion.QUESTIONED, Completion.WITHOUT)
    ]
    if not rows:
        return
    count = len(rows)
    items = list({row.item.pk: row.item for row in rows}.values())
    yield warn(
        key="not-shown",
        words=ngettext(
            "{count} milestone was completed in the period without evidence, as an annex says. (Item {numbers}.)",
            "{count} milestones were completed in the period without evidence, as an annex says. (Items {numbers}.)",
            count,
        ).format(count=capitalised(number(count)), numbers=item_numbers(items)),
        url=reverse("dashboard:completed", args=[facts.plan.slug]) + "?shown=without",
        place=gettext("Completed milestones"),
        about=fingerprint(*(str(row.pk) for row in rows)),
    )


def _stale(material: Material) -> Iterator[Check]:
    """Yield edited paragraphs whose records changed, and generated ones that would change."""
    for drift in material.drafted.drifts:
        if drift.key in material.drafted.draft.numbers:
            yield warn(
                key=f"drift-{drift.key}",
                words=gettext("{place} was edited, and its records have changed since.").format(
                    place=material.drafted.draft.place_of(drift.key)
                ),
                url=f"{material.urls[WORKSHOP]}#{drift.key}",
                place=material.drafted.draft.place_of(drift.key),
                about=fingerprint(
                    drift.was, drift.now, material.drafted.draft.part(drift.key).text
                ),
            )
    changed = material.drafted.outdated
    numbers = material.drafted.draft.numbers
    stale = sorted(
        (numbers[key], key) for key, (was, _) in changed.items() if was and key in numbers
    )
    if stale:
        count, first = len(stale), stale[0][1]
        yield warn(
            key="stale",
            words=ngettext(
                "Paragraph {numbers} differs from the records. Update the draft.",
                "Paragraphs {numbers} differ from the records. Update the draft.",
                count,
            ).format(numbers=join_words(str(number) for number, _ in stale)),
            url=f"{material.urls[WORKSHOP]}#{first}",
            place=gettext("The draft"),
            about=fingerprint(*(words for _, key in stale for words in (key, *changed[key]))),
            mend_url=material.urls[UPDATE_PAGE],
        )
    fresh = [now for was, now in changed.values() if not was]
    if fresh:
        yield warn(
            key="refresh",
            words=ngettext(
                "The records give {count} further paragraph that are not in the draft. Update the draft.",
                "The records give {count} further paragraphs that are not in the draft. Update the draft.",
                len(fresh),
            ).format(count=number(len(fresh))),
            url=material.urls[WORKSHOP],
            place=gettext("The draft"),
            about=fingerprint(*fresh),
            mend_url=material.urls[UPDATE_PAGE],
        )


def _unused(material: Material) -> Iterator[Check]:
    """Yield that no shown paragraph uses some updates that are marked as key achievements."""
    assert material.drafted.found is not None
    ahead = {each.key for each in material.drafted.composed if each.content == AHEAD}

    def may_report(part: Part) -> bool:
        """Return False for text about next steps: it has the same update as a source, but not the achievement."""
        return not part.taken or any(taken.key not in ahead for taken in part.taken)

    sources = {
        (source.model, source.pk)
        for part in material.shown
        if may_report(part)
        for source in part.sources
        if source.model == UPDATE
    }
    # One that is named as completed is told of too.
    achieved = {
        (source.model, source.pk)
        for portion in material.drafted.draft.portions
        if portion.content == "achievements"
        for part in portion.shown
        for source in part.sources
    }
    facts = material.drafted.found.facts
    texts = _texts_on(material)
    unused = [
        (item, update)
        for item in facts.items
        if (ITEM, item.pk) not in achieved
        # Another report on the item is told.
        and not any((UPDATE, update.pk) in sources for update in facts.updates_of(item))
        for update in facts.updates_of(item)
        if update.key_achievement != Update.KeyAchievement.NO
        and update.achieved.strip()
        and not any(
            is_told_in(sentence, text)
            for text in texts[item.pk]
            for sentence in sentences_of(update.achieved)[:1]
        )
    ]
    if unused:
        items = dict.fromkeys(
            f"{item.number} ({update.of_return.agency.short_name})" for item, update in unused
        )
        yield warn(
            key="unused",
            words=ngettext(
                "No paragraph mentions the key achievement that is reported on item {items}.",
                "No paragraph mentions the key achievements that are reported on items {items}.",
                len(items),
            ).format(items=join_words(items)),
            url=f"{material.urls[WORKSHOP]}#achievements",
            place=gettext("Achievements"),
            about=fingerprint(*(update.achieved for _item, update in unused)),
        )


def _texts_on(material: Material) -> Mapping[int, list[str]]:
    """Return what is printed on each item, by its id, without what sums the paper up."""
    found: dict[int, list[str]] = defaultdict(list)
    for portion in material.drafted.draft.portions:
        for part in portion.shown if portion.content not in SUMMARIES else ():
            for item in material.drafted.items_of([(each.model, each.pk) for each in part.sources]):
                found[item.pk].append(material.texts[part.key])
    return found


class _Told(NamedTuple):
    """What agencies recorded, each with its sentences that the paper does not print; and the texts of the paper's
    paragraphs, by key, in which they were sought."""

    rows: list[tuple[Recorded, list[str]]]
    texts: dict[str, str]


def _told(material: Material, facts: Facts) -> _Told:
    """Seek the sentences that agencies recorded in the paper, in which acronyms and agencies may be written out."""
    agencies = {each.short_name: with_article(each.name) for each in facts.agencies.values()}
    texts = {}
    for part in material.shown:
        text = abbreviated(material.texts[part.key], facts.glossary)
        forms = dict.fromkeys((text, abbreviated(text, agencies)))
        texts[part.key] = "\n".join(map(plain, forms))
    paper = "\n".join(texts.values())
    rows = [
        (row, [sentence for end, sentence in row.ends.items() if end not in paper])
        for row in recorded(facts)
    ]
    return _Told(rows, texts)


def _unprinted(material: Material, told: _Told) -> Iterator[Check]:
    """Yield that texts of the period are neither in a shown paragraph nor in an annex: those on late key items and on
    what needs a decision by item, the others as a number of items."""
    assert material.drafted.found is not None
    missing: dict[str, list[str]] = defaultdict(list)
    for row, rest in told.rows:
        if len(rest) == len(row.ends) and row.annex not in material.drafted.briefing.annexes:
            missing[row.item].append(row.what)
    if not missing:
        return
    facts = material.drafted.found.facts
    by_item = {number: ", ".join(dict.fromkeys(found)) for number, found in missing.items()}
    grave = [
        entry.item
        for entry in facts.late
        if entry.is_late and (entry.item.is_key or needs_decision(entry))
    ]
    shown = [item for item in grave if item.number in by_item][:MOST_LISTED]
    others = len(by_item) - len(shown)
    says = gettext("What agencies wrote is neither in the text nor in an annex, on {items}.")
    counted = [count_in_words(len(shown), "late item")] if shown else []
    counted += [count_in_words(others, "other item" if shown else "item")] if others else []
    yield warn(
        key="unprinted",
        words=says.format(items=join_words(counted)),
        url=material.urls[WORKSHOP],
        place=gettext("The whole paper"),
        about=fingerprint(*by_item.values()),
        lines=[
            gettext("{number}, {item}: {texts}").format(
                number=item.number, item=item.as_told or item.title, texts=by_item[item.number]
            )
            for item in shown
        ],
        mend_url=material.urls[ANNEXES],
        remedy=gettext("Add the annex that has it, or read it on the pages of the items."),
    )


def _left_out(material: Material, told: _Told) -> dict[str, list[tuple[str, str]]]:
    """Return the paragraphs that print only a part of what an agency wrote on an item that they cite, in order, each
    with the sentences that the paper leaves out, and the end of what it prints before them. What an edited paragraph
    says in other words is not left out."""
    partly = [(row, rest) for row, rest in told.rows if 0 < len(rest) < len(row.ends)]
    citing: dict[str, list[str]] = defaultdict(list)
    # What sums up prints a part of everything.
    shown = [
        part
        for portion in material.drafted.draft.portions
        if portion.content not in SUMMARIES
        for part in portion.shown
    ]
    for part in shown if partly else ():
        records = [(source.model, source.pk) for source in part.sources]
        for item in material.drafted.items_of(records):
            citing[item.number].append(part.key)
    found: dict[str, list[tuple[str, str]]] = {key: [] for key in told.texts}
    for row, rest in partly:
        for key in citing.get(row.item, ()):
            if printed_ends := [end for end in row.ends if end in told.texts[key]]:
                found[key] += [(sentence, printed_ends[-1]) for sentence in rest]
    edited = [
        material.texts[part.key] for part in material.shown if part.origin != Origin.GENERATED
    ]
    return {
        key: wanting
        for key, rest in found.items()
        if (
            wanting := [
                pair
                for pair in dict.fromkeys(rest)
                if not any(is_told_in(pair[0], text) for text in edited)
                and not is_told_in(pair[0], material.texts[key], NEARLY_ALL)
            ]
        )
    }


def not_needed_key(key: str) -> str:
    """Return the key of the override that says of a paragraph that what it leaves out is not needed."""
    return f"more-{key}"


def _shortened(
    material: Material, told: _Told, held: Mapping[str, CheckOverride]
) -> Iterator[Check]:
    """Yield the paragraphs that print only a part of what an agency wrote, and those of which somebody has said that the
    rest is not needed. That override has the sentences: one that an agency writes later is not among them."""
    draft = material.drafted.draft
    left_out: dict[str, Sequence[tuple[str, str]]] = {}
    for key, rest in _left_out(material, told).items():
        row = held.get(not_needed_key(key))
        not_needed = row.words.split("\n") if row else ()
        if wanting := [pair for pair in rest if pair[0] not in not_needed]:
            left_out[key] = wanting
        elif row:
            name = draft.place_of(key)
            yield warn(
                key=row.key,
                words=gettext("{place} prints only a part of what an agency wrote.").format(
                    place=name
                ),
                url=f"{material.urls[WORKSHOP]}#{key}",
                place=name,
                about=row.about,
            )
    if keys := list(left_out):
        yield warn(
            key="shortened",
            words=ngettext(
                "Paragraph {numbers} leaves out a part of what an agency wrote.",
                "Paragraphs {numbers} leave out a part of what agencies wrote.",
                len(keys),
            ).format(numbers=join_words(str(draft.numbers[key]) for key in keys)),
            lines=[_what_is_left_out(draft.place_of(key), left_out[key]) for key in keys],
            url=f"{material.urls[WORKSHOP]}#{keys[0]}",
            place=gettext("The draft"),
            about=fingerprint(*(plain(material.texts[key]) for key in keys)),
            left_out=left_out,
        )


def _what_is_left_out(place: str, rest: Sequence[tuple[str, str]]) -> str:
    """Return "Paragraph 6 leaves out: “They liked it.”", with the first sentences."""
    quoted = list_in_words([f"“{sentence}”" for sentence, _end in rest[:MOST_QUOTED]])
    more = len(rest) - MOST_QUOTED
    if more <= 0:
        return gettext("{place} leaves out {sentences}").format(place=place, sentences=quoted)
    return ngettext(
        "{place} leaves out {sentences} and one more sentence.",
        "{place} leaves out {sentences} and {count} more sentences.",
        more,
    ).format(place=place, sentences=quoted, count=number(more))


def _voice(material: Material) -> Iterator[Check]:
    """Yield paragraphs in which an agency says "we", that have a sentence without content, or one that stands in an
    earlier paragraph too."""
    earlier: dict[str, str] = {}
    assert material.drafted.found is not None
    agencies = plain("\n".join(row.text for row in recorded(material.drafted.found.facts)))
    for part in material.shown:
        found = sentences_of(material.texts[part.key])
        name = material.drafted.draft.place_of(part.key)
        empty = next(filter(says_nothing, found), "")
        repeated = next((each for each in found if each in earlier), "")
        faults = {}
        of_agencies = any(source.model in OF_AGENCIES for source in part.sources)
        if of_agencies and "priorit" in part.text.casefold() and any(map(PRIORITIES.search, found)):
            faults["priorities"] = gettext(
                "{place} tells the Minister of Ministers’ or Cabinet’s priorities in an agency’s words. Ask for "
                "another reason."
            )
        if of_agencies and says_we("\n".join(_as_they_came(part, found, agencies))):
            faults["we"] = gettext("{place} says “we” of an agency. Write its name.")
        if empty:
            faults["empty"] = gettext("{place} has a sentence that says nothing: “{empty}”")
        if repeated:
            faults["twice"] = gettext("{place} repeats a sentence of {other}: “{repeated}”")
        for key, fault in faults.items():
            other = earlier.get(repeated, "").casefold()
            yield warn(
                key=f"{key}-{part.key}",
                words=fault.format(place=name, empty=empty, repeated=repeated, other=other),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text),
                sentence={"empty": empty, "twice": repeated}.get(key, ""),
            )
        earlier |= dict.fromkeys(found, name)


def _as_they_came(part: Part, found: Sequence[str], agencies: str) -> list[str]:
    """Return the sentences of a paragraph that are generated or an agency's, not those of its author. `agencies` is all
    that agencies recorded, plain."""
    if part.origin == Origin.GENERATED:
        return list(found)
    generated = plain("\n".join(taken.text for taken in part.taken))
    return [each for each in found if plain(each) in generated or plain(each) in agencies]


def _acronyms(material: Material) -> Iterator[Check]:
    """Yield the acronyms that the paper does not explain, and paragraphs that use one before it is written out."""
    assert material.drafted.found is not None
    facts, draft = material.drafted.found.facts, material.drafted.draft
    asked = (printed(draft, ask.text) for ask in draft.shown_asks.values())
    # Shorthand is marked by itself.
    known = {*facts.terms, *named(facts.agencies.values()), *shorthand_acronyms()}
    if found := lacking(["\n".join((*material.texts.values(), *asked))], known):
        yield warn(
            key="acronyms",
            words=gettext("The paper does not say what {acronyms} means.").format(acronyms=found[0])
            if len(found) == 1
            else gettext("The paper does not say what {acronyms} mean.").format(
                acronyms=join_words(found)
            ),
            url=material.urls[WORKSHOP],
            place=gettext("The whole paper"),
            about=fingerprint(*found),
            at={
                key: gettext("Says {acronym}, which the paper does not explain.").format(
                    acronym=join_words(there)
                )
                for key, text in material.texts.items()
                if (there := [each for each in found if each in acronyms_in(text)])
            },
            mend_url=f"{material.urls[GLOSSARY]}?{urlencode({'acronyms': ' '.join(found)})}",
            remedy=gettext("Enter it in the glossary, or write it out.")
            if len(found) == 1
            else gettext("Enter them in the glossary, or write them out."),
        )
    done: set[str] = set()
    for part in material.shown:
        text = material.texts[part.key]
        used = [each for each in acronyms_in(text) if facts.glossary.get(each.casefold())]
        plain_there = [
            each for each in used if each.casefold() not in done and not writes_out(text, each)
        ]
        done.update(map(str.casefold, used))
        # An update from the records writes it out.
        if plain_there and part.key not in material.drafted.outdated:
            name = draft.place_of(part.key)
            yield warn(
                key=f"acronym-{part.key}",
                words=gettext("{place} uses {acronyms}, not written out there or before.").format(
                    place=name, acronyms=join_words(plain_there)
                ),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text, *plain_there),
            )


def _asks(material: Material) -> Iterator[Check]:
    """Yield that the cover says that the paper is for information, but its recommendations ask for more."""
    document, sought = material.drafted.document, material.drafted.briefing.action_sought
    verbs = {item.verb for item in document.recommendation.items} if document else set()
    more = sorted(verbs - {Verb.NOTE, Verb.FORWARD})
    if more and FOR_INFORMATION.search(sought):
        yield warn(
            key="asks",
            words=gettext(
                "The cover says “{sought}”, but the Minister is asked to {verbs}."
            ).format(sought=sought, verbs=join_words(more)),
            url=material.urls[BRIEFING],
            place=gettext("Cover, the action sought"),
            about=fingerprint(sought, *more),
            mend_url=f"{material.urls[COVER]}#id_action_sought",
        )


def _decisions(material: Material) -> Iterator[Check]:
    """Yield that the paper says of new dates that they need a decision, and neither asks the Minister for one nor
    recommends to note it."""
    assert material.drafted.found is not None
    asks = material.drafted.draft.shown_asks
    waiting = [
        item
        for ask in material.drafted.found.asks
        for item in ask.items
        if not {ask.key, DECISIONS_KEY} & asks.keys()
    ]
    if not waiting or {ask.verb for ask in asks.values()} - {Verb.NOTE, Verb.FORWARD}:
        return
    items = item_numbers(waiting)
    yield warn(
        key="decisions",
        words=ngettext(
            "The paper says that the new date of item {items} needs a decision, and asks the Minister for none.",
            "The paper says that the new dates of items {items} need decisions, and asks the Minister for none.",
            len(waiting),
        ).format(items=items),
        url=f"{material.urls[WORKSHOP]}#recommendations",
        place=gettext("Recommendations"),
        about=fingerprint(items),
        remedy=gettext("Recommend it, or say in the paper who decides."),
    )


def _unexplained(material: Material) -> Iterator[Check]:
    """Yield that no record says why some items are at risk: the paper can only count them."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    writer = Writer(facts)
    bare = [
        item
        for item in at_risk([each for each in facts.items if each.is_live])
        if not has_reason(writer, item)
    ]
    if not bare:
        return
    yield warn(
        key="unexplained",
        words=ngettext(
            "{items} is at risk, and no record says why.",
            "{items} are at risk, and no record says why.",
            len(bare),
        ).format(items=item_numbers(bare)),
        url=f"{material.urls[WORKSHOP]}#purpose",
        place=gettext("The summary"),
        about=fingerprint(*(str(item.pk) for item in bare)),
        remedy=gettext("Ask the lead agency for its challenges, or the reviewer for the reason."),
    )


def _recommended(material: Material) -> Iterator[Check]:
    """Yield the draft's generated recommendations that the records no longer support. Edited ones are not checked."""
    assert material.drafted.found is not None
    facts, draft = material.drafted.found.facts, material.drafted.draft
    now = {ask.key: ask for ask in material.drafted.found.asks}
    generated = {DECISIONS_KEY, *map(ask_key, facts.items)}
    composed = {(ask.verb, ask.text) for ask in now.values()}
    for key, ask in draft.shown_asks.items():
        fresh = now.get(key)
        is_edited = material.drafted.rows.asks[key].version > 1
        if key not in generated or is_edited or (ask.verb, ask.text) in composed:
            continue
        place = draft.place_of(key)
        yield warn(
            key=f"ask-{key}",
            words=gettext("{place} no longer agrees with the records. They say: {fresh}.").format(
                place=place, fresh=f"{fresh.verb} {fresh.text}"
            )
            if fresh
            else gettext("{place} no longer follows from the records.").format(place=place),
            url=f"{material.urls[WORKSHOP]}#{key}",
            place=place,
            about=fingerprint(ask.text, fresh.text if fresh else ""),
            remedy=gettext("Change it, or leave it out."),
        )


def _incomplete(material: Material) -> Iterator[Check]:
    """Yield the recommendations on decisions that do not say who takes one, by when or with what money, or what happens if it is
    declined, because no record says so."""
    assert material.drafted.found is not None
    draft, facts = material.drafted.draft, material.drafted.found.facts
    names = [name for agency in facts.agencies.values() for name in agency.names]
    generated = {DECISIONS_KEY, *map(ask_key, facts.items)}
    for key, ask in draft.shown_asks.items():
        says = (
            gettext("who takes it"),
            gettext("by when it is needed"),
            gettext("where the money would come from"),
            gettext("what happens if it is declined"),
        )
        lacks = missing_in(ask, names) if key in generated else Lacks()
        missing = [what for what, is_lacking in zip(says, lacks, strict=True) if is_lacking]
        if not missing:
            continue
        place = draft.place_of(key)
        yield warn(
            key=f"incomplete-{key}",
            words=gettext("{place} is on a decision, and does not say {missing}.").format(
                place=place, missing=list_in_words(missing)
            ),
            url=f"{material.urls[WORKSHOP]}#{key}",
            place=place,
            about=fingerprint(ask.text),
            remedy=gettext(
                "Ask the agency for it under “What it needs” and the boxes below that, or write it in the recommendation."
            ),
        )


def _paragraphs(material: Material) -> Iterator[Check]:
    """Yield long paragraphs, and past dates that the text calls future."""
    on = material.drafted.briefing.dated
    for part in material.shown:
        text = material.texts[part.key].replace("**", "")
        # Most paragraphs are short as a whole, and need not be parsed.
        is_long = len(text) > 2 * MOST_WORDS and len(text.split()) > MOST_WORDS
        longest = max(_lengths(text), default=0) if is_long else 0
        past = list(dict.fromkeys(called_future(text, on)))
        if longest <= MOST_WORDS and not past:
            continue
        name = material.drafted.draft.place_of(part.key)
        if longest > MOST_WORDS:
            yield warn(
                key=f"long-{part.key}",
                words=gettext(
                    "{place} has {count:,} words in one sentence or bullet. More than {most} words "
                    "are hard to read."
                ).format(place=name, count=longest, most=MOST_WORDS),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text),
            )
        if past:
            yield warn(
                key=f"past-{part.key}",
                words=gettext(
                    "{place} speaks of {dates} as in the future, but the paper is dated {day}."
                ).format(place=name, dates=join_words(past), day=long_date(on)),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text, on.isoformat()),
            )


def _subjects(material: Material) -> Iterator[Check]:
    """Yield paragraphs that begin with a word for something that they do not name."""
    for part in material.shown:
        match = POINTS_BACK.match(part.text.lstrip("*"))
        if match and not part.text.startswith(CONTINUED):
            name = material.drafted.draft.place_of(part.key)
            yield warn(
                key=f"subject-{part.key}",
                words=gettext(
                    "{place} begins with “{word}”. Name what it is about, as it may be read alone."
                ).format(place=name, word=match.group()),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text),
            )


def _edits(material: Material) -> Iterator[Check]:
    """Yield edited and written paragraphs that say something else than their records."""
    further = ItemRecords(material.drafted.briefing.plan)
    for part in material.shown:
        found = disagreements(material.drafted, part, further)
        if found:
            says = [each.sentence for each in found]
            name = material.drafted.draft.place_of(part.key)
            yield warn(
                key=f"edit-{part.key}",
                words=" ".join(
                    (
                        gettext("{place} does not agree with its records: {first}").format(
                            place=name, first=without_capital(says[0])
                        ),
                        *says[1:],
                    )
                ),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(part.text, *says),
                differing=[(each.typed, each.recorded) for each in found if each.typed],
            )


def _contradicted(material: Material) -> Iterator[Check]:
    """Yield paragraphs in which an agency's report says another number than a measure."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    for part in material.shown:
        cited = [(each.model, each.pk) for each in part.sources if each.model == UPDATE]
        items = material.drafted.items_of(cited) if cited and facts.measures.rows else ()
        text = sentences_of(material.texts[part.key]) if items else ()
        for sentence, found in list(contradicted_in(facts, items, text))[:1]:
            name = material.drafted.draft.place_of(part.key)
            yield warn(
                key=f"older-{part.key}",
                words=gettext("{place} says “{sentence}”, but {record}").format(
                    place=name, sentence=sentence.rstrip("."), record=without_capital(found.words)
                ),
                url=f"{material.urls[WORKSHOP]}#{part.key}",
                place=name,
                about=fingerprint(sentence, found.words),
                sentence=sentence,
                instead=found.instead,
            )


def _shorthand(material: Material) -> Iterator[Check]:
    """Yield what is written only in a hurry: "T&Cs", "i.e."."""
    found = {
        part.key: words
        for part in material.shown
        if (words := list(shorthand_in(material.texts[part.key])))
    }
    if not found:
        return
    draft = material.drafted.draft
    yield warn(
        key="shorthand",
        words=gettext("Write out what is short for other words: {words}.").format(
            words=list_in_words(
                [
                    gettext("“{word}” in paragraph {number}").format(
                        word=word, number=draft.numbers[key]
                    )
                    for key, words in found.items()
                    for word in words
                ]
            )
        ),
        url=f"{material.urls[WORKSHOP]}#{next(iter(found))}",
        place=gettext("The draft"),
        about=fingerprint(*(word for words in found.values() for word in words)),
        at={
            key: gettext("Write out {words}.").format(
                words=list_in_words([f"“{word}”" for word in words])
            )
            for key, words in found.items()
        },
    )


def _lengths(text: str) -> Iterator[int]:
    for block in markup.parse(text):
        yield len(words(block.text).split())
        for bullet in block.bullets:
            yield len(words(bullet.text).split())
            yield from (len(words(each.text).split()) for each in bullet.bullets)


def _phones(material: Material) -> Iterator[Check]:
    briefing = material.drafted.briefing
    holders: dict[str, list[str]] = defaultdict(list)
    fields: dict[str, str] = {}
    for person, what in PEOPLE.items():
        for name in numbers_of(person):
            digits = re.sub(r"\D", "", getattr(briefing, name))
            if digits and is_named(briefing, person):
                holders[digits].append(what)
                fields[digits] = name
    for digits, people in holders.items():
        if len(people) > 1:
            who = join_words(gettext(each) for each in dict.fromkeys(people))
            yield warn(
                key=f"phone-{digits[-8:]}",
                words=(
                    gettext("The cover gives one number twice for {who}.")
                    if len(set(people)) == 1
                    else gettext("The cover gives one number for {who}.")
                ).format(who=who),
                url=material.urls[BRIEFING],
                place=gettext("Cover, the numbers"),
                about=fingerprint(digits, *people),
                mend_url=f"{material.urls[COVER]}#id_{fields[digits]}",
            )


def _answers(material: Material) -> Iterator[Check]:
    """Yield agencies asked for clearance that have not answered."""
    assert material.drafted.found is not None
    if material.drafted.briefing.state not in WITH_OTHERS:
        return
    for row in material.drafted.found.facts.clearances:
        if row.is_answered:
            continue
        sentence = (
            gettext(
                "{agency} has not answered. It was asked again because what it cleared has changed. "
                "Its answer is due on {day}."
            )
            if row.reopened_because
            else gettext("{agency} has not answered. Its answer is due on {day}.")
        )
        yield warn(
            key=f"clearance-{row.pk}",
            words=sentence.format(agency=row.agency, day=long_date(row.due_on)),
            url=material.urls[CLEARANCE],
            place=gettext("Clearance"),
            about=fingerprint(row.due_on.isoformat(), row.reopened_because, str(row.version)),
            agency=row.agency.short_name,
            due=row.due_on,
        )


def _suggestions(material: Material) -> Iterator[Check]:
    """Yield that suggestions of Word copies are open: somebody's words may be forgotten."""
    if count := material.suggestions:
        yield warn(
            key="suggestions",
            words=ngettext(
                "{count} suggestion of Word copies is open: neither accepted nor rejected.",
                "{count} suggestions of Word copies are open: neither accepted nor rejected.",
                count,
            ).format(count=capitalised(number(count))),
            url=material.urls[WORD_COPIES],
            place=gettext("Word copies"),
            about=fingerprint(str(count)),
        )
