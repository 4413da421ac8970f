"""Checks that only warn. The coordinator may accept a warning with a reason."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial

from django.utils.translation import gettext, ngettext

from reports.checks.blockers import PEOPLE, is_named, numbers_of
from reports.checks.check import WARNING, Check, fingerprint
from reports.checks.length import pages
from reports.checks.material import (
    BRIEFING,
    CLEARANCE,
    COVER,
    UPDATE_PAGE,
    WORD_COPIES,
    WORKSHOP,
    Material,
)
from reports.checks.paper_dates import called_future
from reports.compose.ahead import plans
from reports.document import markup, words
from reports.document.dates import add_months, long_date
from reports.document.wording import capitalised, join_words, number
from reports.drafting.draft import Part, printed
from reports.models import Briefing
from workitems.models import Update

MOST_PAGES = 10
# Words in one paragraph or bullet.
MOST_WORDS = 150
UPDATE = "workitems.update"
AHEAD = "next_steps"
# The paper is with the agencies or with the authorising manager.
WITH_OTHERS = (Briefing.State.IN_CONSULTATION, Briefing.State.AWAITING)

warn = partial(Check, severity=WARNING)


def warnings(material: Material, today: date) -> list[Check]:
    """Return all warnings. None before drafting or if the records cannot be composed."""
    if material.drafted.found is None:
        return []
    return [
        *_length(material),
        *_past_plans(material),
        *_short_bridges(material),
        *_stale(material),
        *_unused(material),
        *_paragraphs(material),
        *_phones(material),
        *_answers(material),
        *_suggestions(material),
        *_dated_ahead(material, today),
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
                "The paper has {count:,} words before its annexes. The limit for this kind of briefing is "
                "{most:,}."
            ).format(count=length, most=kind.most_words),
            url=material.urls[WORKSHOP],
            place=gettext("The whole paper"),
            about=fingerprint(str(length)),
        )


def _past_plans(material: Material) -> Iterator[Check]:
    """Yield plans that the next steps leave out, because they may be past."""
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


def _short_bridges(material: Material) -> Iterator[Check]:
    """Yield late milestones whose open actions all end more than a month before the new date."""
    assert material.drafted.found is not None
    for entry in material.drafted.found.facts.late:
        for slip in entry.slips:
            step = slip.milestone
            rows = [
                row for delay in slip.delays for row in delay.mitigations if row.done_on is None
            ]
            ends = [row.due_on for row in rows if row.due_on is not None]
            if not step.is_late or len(ends) < len(rows) or not ends:
                continue
            if add_months(max(ends), 1) < step.forecast_due:
                yield warn(
                    key=f"bridge-{step.pk}",
                    words=gettext(
                        "The actions against the delay of milestone {milestone} of item {item} end by "
                        "{day}; its new date is {new_date}."
                    ).format(
                        milestone=step.number,
                        item=entry.item.number,
                        day=long_date(max(ends)),
                        new_date=step.forecast,
                    ),
                    url=f"{material.urls[WORKSHOP]}#mitigation",
                    place=gettext("Item {number}").format(number=entry.item.number),
                    about=fingerprint(max(ends).isoformat(), step.forecast.code),
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
    """Yield updates marked as key achievements that no shown paragraph uses."""
    assert material.drafted.found is not None
    ahead = {each.key for each in material.drafted.composed if each.content == AHEAD}

    def may_report(part: Part) -> bool:
        """Return False for text about next steps: it has the same update as a source, but not the achievement."""
        return not part.taken or any(taken.key not in ahead for taken in part.taken)

    reported = {
        source.pk
        for part in material.shown
        if may_report(part)
        for source in part.sources
        if source.model == UPDATE
    }
    for item in material.drafted.found.facts.items:
        for update in material.drafted.found.facts.updates_of(item):
            is_key = update.key_achievement != Update.KeyAchievement.NO and update.achieved.strip()
            if is_key and update.pk not in reported:
                yield warn(
                    key=f"unused-{update.pk}",
                    words=gettext(
                        "{agency} calls its report on item {item} a key achievement ({round}), but no "
                        "paragraph mentions it."
                    ).format(
                        agency=update.of_return.agency,
                        item=item.number,
                        round=update.of_return.round,
                    ),
                    url=f"{material.urls[WORKSHOP]}#achievements",
                    place=gettext("Item {number}").format(number=item.number),
                    about=fingerprint(update.achieved),
                )


def _paragraphs(material: Material) -> Iterator[Check]:
    """Yield long paragraphs, and past dates that the text calls future."""
    on = material.drafted.briefing.dated
    for part in material.shown:
        text = printed(material.drafted.draft, part.text).replace("**", "")
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
            is_of_clearance=True,
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


def _dated_ahead(material: Material, today: date) -> Iterator[Check]:
    """Yield a warning if the paper would be signed before its date, as records made until then
    would be missing."""
    briefing, dated = material.drafted.briefing, material.drafted.briefing.dated
    # A correction goes to authorisation without consultation.
    may_go_up = briefing.is_open and briefing.is_corrected
    if dated > today and (may_go_up or briefing.state in WITH_OTHERS):
        yield warn(
            key="dated-ahead",
            words=gettext(
                "The briefing is dated {day}, which has not come yet. If it is signed before that day, "
                "it will not have what is recorded until then."
            ).format(day=long_date(dated)),
            url=material.urls[BRIEFING],
            place=gettext("Cover, its date"),
            about=fingerprint(dated.isoformat()),
            mend_url=f"{material.urls[COVER]}#id_dated",
        )
