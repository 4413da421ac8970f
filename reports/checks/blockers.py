"""Checks that block a step. Each function yields the problems it finds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext, gettext_noop

from agencies.wording.translation import StrOrPromise
from reports.checks.check import BLOCKING, Check, Gate
from reports.checks.material import ANNEXES, BRIEFING, CLEARANCE, COVER, WORKSHOP, Material
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.drafting.draft import Part
from reports.models import Briefing
from workitems.models import Return
from workitems.plan.plan_at.rows import DelayAt

RETURN = "workitems.return"
# Fields of the cover that must not be blank. If nothing applies, "N/A" is typed.
REQUIRED_FIELDS = {
    "title": gettext_noop("the title"),
    "action_sought": gettext_noop("the action sought"),
    "copied_to": gettext_noop("who gets a copy"),
    "manager_name": gettext_noop("the authorising manager"),
}
# Each person on the cover needs at least one of two phone numbers.
PEOPLE = {
    "contact": gettext_noop("the first contact"),
    "second_contact": gettext_noop("the second contact"),
    "manager": gettext_noop("the authorising manager"),
}
NUMBERS = {
    "contact": gettext_noop("the number of the first contact"),
    "second_contact": gettext_noop("the number of the second contact"),
    "manager": gettext_noop("the number of the authorising manager"),
}
# A marking within text: in capitals, as separate words.
MARKED = re.compile(
    r"(?<![\w-])(TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED|SENSITIVE|IN[ -]CONFIDENCE)(?![\w-])"
)
# Every marking has one of these.
OF_MARKS = ("SECRET", "CONFIDEN", "RESTRICTED", "SENSITIVE")
MARKING_RANK = {
    "UNCLASSIFIED": 0,
    "IN CONFIDENCE": 1,
    "SENSITIVE": 2,
    "RESTRICTED": 3,
    "CONFIDENTIAL": 4,
    "SECRET": 5,
    "TOP SECRET": 6,
}


@cache
def _marked(of_country: tuple[str, ...]) -> tuple[re.Pattern[str], tuple[str, ...], dict[str, int]]:
    """Return what finds a marking in text, of which every marking has a word, and the markings' ranks.

    The country's words for the three markings of papers count beside those that are usual.
    """
    if of_country == tuple(Briefing.Marking.values):
        return MARKED, OF_MARKS, MARKING_RANK
    higher = of_country[1:]
    usual = [mark for mark, rank in MARKING_RANK.items() if rank and mark not in of_country]
    pattern = "|".join(re.escape(mark) for mark in sorted((*higher, *usual), key=len, reverse=True))
    ranks = {**MARKING_RANK, **{words: rank for rank, words in enumerate(of_country)}}
    return re.compile(rf"(?<![\w-])({pattern})(?![\w-])"), (*OF_MARKS, *higher), ranks


stop = partial(Check, severity=BLOCKING)


def stops(material: Material) -> list[Check]:
    if material.drafted.briefing.kind_id is None:
        url = material.urls[WORKSHOP]
        return [
            stop(
                key="draft",
                words=gettext("The briefing is not drafted yet."),
                url=url,
                place=gettext("The paper"),
            )
        ]
    return [
        *_paper(material),
        *_cover(material),
        *_returns(material),
        *_late(material),
        *_marking(material),
        *_references(material),
        *_comments(material),
        *_dissents(material),
        *_dated_ahead(material),
    ]


def _paper(material: Material) -> Iterator[Check]:
    """Yield a problem if the paper cannot be made or has no recommendation."""
    if not material.drafted.draft.shown_asks:
        yield stop(
            key="recommendation",
            words=gettext(
                "The paper recommends nothing. Write at least one recommendation, with its verb."
            ),
            url=f"{material.urls[WORKSHOP]}#recommendations",
            place=gettext("Recommendation"),
        )
    elif material.drafted.fault:
        yield stop(
            key="paper",
            words=material.drafted.fault,
            url=material.urls[WORKSHOP],
            place=gettext("The whole paper"),
            # If the records cannot be composed, the cover's date or period must be changed.
            mend_url="" if material.drafted.found else material.urls[COVER],
        )


def _cover(material: Material) -> Iterator[Check]:
    """Yield what the cover lacks, which is filled in on one page: what stops the consultation, and what only stops
    authorisation."""
    gaps = list(_gaps(material))
    for gate in Gate:
        found = [(name, what) for name, what, stops in gaps if stops == gate]
        if not found:
            continue
        names = [name for name, _what in found]
        words = [
            gettext("Fill in the cover: {what}.").format(
                what=join_words(gettext(what) for _name, what in found)
            )
        ]
        if names != ["tracker_number"]:
            words.append(gettext("Where there is none, write N/A."))
        yield stop(
            key=f"cover-{'-'.join(names)}",
            words=" ".join(words),
            url=material.urls[BRIEFING],
            place=gettext("Cover"),
            mend_url=f"{material.urls[COVER]}#id_{names[0]}",
            stops=gate,
        )


def _gaps(material: Material) -> Iterator[tuple[str, str, Gate]]:
    """Yield the empty fields of the cover, what each is for, and the step that it blocks."""
    briefing = material.drafted.briefing
    for name, what in REQUIRED_FIELDS.items():
        if not getattr(briefing, name).strip():
            yield name, what, Gate.CONSULTATION
    if not briefing.tracker_number:
        # The register often gives it when the paper is nearly done.
        yield "tracker_number", gettext_noop("the tracker number"), Gate.AUTHORISATION
    if not is_named(briefing, "contact"):
        yield "contact_name", gettext_noop("who to contact"), Gate.CONSULTATION
    if material.drafted.found and not material.drafted.found.cover.agencies_consulted:
        # The agencies can be asked before this is filled in.
        yield (
            "agencies_consulted",
            gettext_noop("which agencies were consulted"),
            Gate.AUTHORISATION,
        )
    for person, what in NUMBERS.items():
        if is_named(briefing, person) and not any(
            getattr(briefing, name).strip() for name in numbers_of(person)
        ):
            yield f"{person}_phone", what, Gate.CONSULTATION


def is_named(briefing: Briefing, person: str) -> bool:
    """Return whether the cover has this person, by name or role."""
    return bool((getattr(briefing, f"{person}_name") + getattr(briefing, f"{person}_role")).strip())


def numbers_of(person: str) -> tuple[str, str]:
    """Return the fields with the telephone numbers of a person."""
    return f"{person}_phone", f"{person}_mobile"


def _returns(material: Material) -> Iterator[Check]:
    """Yield returns that were not accepted and that no shown paragraph has as a source."""
    reported = {
        source.pk for part in material.shown for source in part.sources if source.model == RETURN
    }
    missing: list[Return] = [row for row in material.missing if row.pk not in reported]
    for row in missing:
        yield stop(
            key=f"return-{row.pk}",
            words=gettext(
                "The return of {agency}, {round}, was not accepted by {day}, and the paper does not "
                "say so."
            ).format(
                agency=row.agency, round=row.round, day=long_date(material.drafted.briefing.dated)
            ),
            url=f"{row.round.get_absolute_url()}#return-{row.agency_id}",
            place=gettext("Return of {agency}").format(agency=row.agency.short_name),
            # Only its agency can read a return that is not submitted.
            mend_url=row.get_absolute_url() if row.submitted_at else "",
            remedy=gettext(
                "Add a paragraph saying so, or date the paper after the return is accepted."
            )
            if row.round.is_open
            else gettext(
                "Add a paragraph saying so. The round is closed, so the return can only be accepted if you reopen it."
            ),
            is_listable=True,
            agency=row.agency.short_name,
        )


def _late(material: Material) -> Iterator[Check]:
    """Yield open milestones, late on the paper's date, without a recorded cause or mitigation."""
    if material.drafted.found is None:
        return
    plan = material.drafted.briefing.plan.slug
    items = reverse("workitems:detail", args=[plan, "0"]).removesuffix("0/")
    for item in material.drafted.found.facts.items:
        for step in item.milestones:
            if not (item.is_live and step.is_late):
                continue
            delays = [delay for delay in step.delays if delay.is_open] or step.delays
            if not delays:
                words = gettext(
                    "“{milestone}” (item {item}) is late on {day} without a cause recorded by that day."
                )
            elif not any(delay.mitigations for delay in delays):
                words = gettext(
                    "“{milestone}” (item {item}) is late on {day} without a mitigation recorded by that "
                    "day."
                )
            else:
                continue
            yield stop(
                key=f"late-{step.pk}",
                words=words.format(
                    milestone=step.description,
                    item=item.number,
                    day=long_date(material.drafted.found.facts.as_at),
                ),
                url=f"{items}{quote(item.number)}/#milestone-{step.number}",
                place=gettext("Item {number}").format(number=item.number),
                mend_url=_recording_of(plan, item.number, step.number, delays),
                remedy=gettext(
                    "Ask {agency} to record it, or record what it told you. What is recorded after that day counts once "
                    "the briefing is dated later."
                ).format(agency=material.drafted.found.facts.agencies[step.responsible].short_name),
            )


def _recording_of(plan: str, item: str, milestone: int, delays: Sequence[DelayAt]) -> StrOrPromise:
    """Return where the coordinator records for the agency what a late milestone lacks: its delay, or what is done
    about that. Most pages only count the checks, so the address is made when it is shown."""
    place = [plan, item, milestone]
    if not delays:
        return reverse_lazy("workitems:record-delay", args=place)
    return reverse_lazy("workitems:add-mitigation", args=[*place, delays[-1].number])


def _marking(material: Material) -> Iterator[Check]:
    """Yield texts that contain a higher marking than the paper's.

    Checked are the paper's own texts and their sources, both as taken and as they are now. Records
    have no field for a marking; people write it into the text.
    """
    marking = material.marking
    rank = _marked(settings.MARKINGS)[2]
    now = {each.key: each.text for each in material.drafted.composed}

    def above(texts: Iterable[str]) -> str:
        """Return the highest marking in the texts if it is higher than the paper's, or ""."""
        found = _highest(texts)
        return found if rank[found] > rank[marking] else ""

    def check(key: str, found: str, place: str, url: str, mend_url: str = "") -> Check:
        says = gettext(
            "{place} has text marked {text_marking}, but the paper is {paper_marking}."
        ).format(place=place, text_marking=found, paper_marking=marking)
        if rank[found] > rank[settings.MARKINGS[-1]]:
            says += gettext(" Text with that marking must not be kept here. Remove it.")
        return stop(key=f"marking-{key}", words=says, url=url, place=place, mend_url=mend_url)

    for part in material.shown:
        if found := above(_words_of(part, now)):
            place = material.drafted.draft.place_of(part.key)
            yield check(part.key, found, place, f"{material.urls[WORKSHOP]}#{part.key}")
    for index, ask in enumerate(material.drafted.draft.shown_asks.values(), start=1):
        if found := above([ask.text]):
            url = f"{material.urls[WORKSHOP]}#{ask.key}"
            yield check(
                ask.key, found, gettext("Recommendation {number}").format(number=index), url
            )
    for annex in material.drafted.found.annexes if material.drafted.found else ():
        if found := above(_texts(annex)):
            place = gettext("The annex “{heading}”").format(heading=annex.heading)
            yield check(annex.key, found, place, material.urls[BRIEFING], material.urls[ANNEXES])


def _words_of(part: Part, now: dict[str, str]) -> Iterator[str]:
    yield part.text
    for taken in part.taken:
        yield taken.text
        yield now.get(taken.key, "")


def _highest(texts: Iterable[str]) -> str:
    text = "\n".join(texts)
    # Searching for a word is much faster than for the pattern, and nearly all text has none.
    pattern, parts, rank = _marked(settings.MARKINGS)
    found = pattern.findall(text) if any(word in text for word in parts) else ()
    marks = (mark.replace("IN-CONFIDENCE", "IN CONFIDENCE") for mark in found)
    return max(marks, key=rank.__getitem__, default=settings.MARKINGS[0])


def _texts(annex: object) -> list[str]:
    """Return all text in an annex, in no order."""
    found, waiting = [], [annex]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, tuple):
            waiting += each
        else:
            waiting += [getattr(each, name) for name in getattr(each, "__dataclass_fields__", ())]
    return found


def _comments(material: Material) -> Iterator[Check]:
    """Yield unresolved comments of agencies."""
    for comment in material.comments:
        agency = comment.clearance.agency.short_name
        place = material.drafted.draft.place_of(comment.key)
        yield stop(
            key=f"comment-{comment.pk}",
            words=gettext("A comment of {agency} is not resolved ({place}).").format(
                agency=agency, place=f"{place[:1].lower()}{place[1:]}"
            ),
            url=f"{material.urls[CLEARANCE]}#comment-{comment.pk}",
            place=gettext("Comment of {agency}").format(agency=agency),
            stops=Gate.AUTHORISATION,
        )


def _dissents(material: Material) -> Iterator[Check]:
    """Yield agencies that did not concur and have not answered since they were asked again.

    Until they answer, no paper shows that they did not concur.
    """
    for row in material.dissents:
        yield stop(
            key=f"dissent-{row.pk}",
            words=gettext(
                "{agency} did not concur, and has not answered since it was asked again. Until it "
                "answers, the paper does not say so."
            ).format(agency=row.agency),
            url=material.urls[CLEARANCE],
            place=gettext("Clearance"),
            stops=Gate.AUTHORISATION,
        )


def _dated_ahead(material: Material) -> Iterator[Check]:
    """Yield that the paper's date is still to come: no paper states what is not known yet."""
    found = material.drafted.found
    if found is None or not found.facts.is_dated_ahead:
        return
    yield stop(
        key="dated-ahead",
        words=gettext(
            "The briefing is dated {day}. Until that day its facts are as at today, {today}, and it cannot be "
            "authorised."
        ).format(
            day=long_date(material.drafted.briefing.dated), today=long_date(found.facts.as_at)
        ),
        url=material.urls[BRIEFING],
        place=gettext("Cover"),
        mend_url=f"{material.urls[COVER]}#id_dated",
        remedy=gettext("Date it today, or ask for authorisation on its date."),
        stops=Gate.AUTHORISATION,
        due=material.drafted.briefing.dated,
    )


def _references(material: Material) -> Iterator[Check]:
    for key in material.broken_references:
        place = material.drafted.draft.place_of(key)
        yield stop(
            key=f"reference-{key}",
            words=gettext("{place} refers to a paragraph that is left out.").format(place=place),
            url=f"{material.urls[WORKSHOP]}#{key}",
            place=place,
        )
