"""A draft as an agency reads it for clearance: its paragraphs, changes and comments."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from reports.document import Document, DocumentError, Paragraph, Recommendation, markup
from reports.document.wording import capitalised
from reports.drafting import concerns
from reports.drafting.draft import Draft, printed
from reports.drafting.paper import read_drafted
from reports.models import Clearance, ClearanceComment
from workitems.terms.sentence_ends import sentences
from workitems.terms.word_diff import Strand, short_diff


@dataclass(frozen=True)
class Thread:
    """A comment with its replies.

    `strands` is a diff of the commented text if it has changed since.
    """

    comment: ClearanceComment
    place: str
    is_there: bool
    strands: tuple[Strand, ...]


@dataclass(frozen=True)
class Place:
    """A paragraph or recommendation that concerns the agency, with its comments.

    Of a list, `printed` has the agency's own bullets, and of sentences about several agencies'
    records its own; `others` is the number of the rest. `since` is a diff of what its records said when
    it was written and what they say now, of a paragraph that is the agency's alone.
    """

    key: str
    name: str
    printed: Paragraph | Recommendation
    threads: tuple[Thread, ...]
    others: int = 0
    is_outdated: bool = False
    since: tuple[Strand, ...] = ()


@dataclass(frozen=True)
class Change:
    """A paragraph or recommendation that changed since the agency cleared it."""

    key: str
    what: str
    strands: tuple[Strand, ...]


@dataclass(frozen=True, kw_only=True)
class Consulting:
    """An agency's clearance page.

    `read` is the digest of the texts that an answer covers; `earlier` a lapsed answer.
    """

    clearance: Clearance
    document: Document
    own: tuple[Place, ...]
    asks: tuple[Place, ...]
    others: tuple[Thread, ...]
    places: list[tuple[str, str]]
    changes: tuple[Change, ...]
    read: str
    earlier: Clearance | None


def read_consultation(clearance: Clearance, today: date | None = None) -> Consulting:
    """Return everything the agency's page shows.

    Raise `DocumentError` if the paper cannot be made.
    """
    briefing = clearance.briefing
    drafted = read_drafted(briefing, today)
    document, draft = drafted.document, drafted.draft
    if document is None or drafted.found is None:
        raise DocumentError(drafted.fault)
    changed_since = drafted.outdated | {each.key: (each.was, each.now) for each in drafted.drifts}
    owners = concerns.owners_of(draft)
    agency, commented = clearance.agency_id, concerns.commented_keys(clearance)
    by_place = defaultdict(list)
    for thread in threads(draft, clearance.comments.for_list()):
        by_place[thread.comment.key].append(thread)
    paragraphs = list(document.paragraphs())
    own = tuple(
        _own_place(
            each,
            printed(draft, owners[each.key][agency]),
            tuple(by_place.pop(each.key, ())),
            drafted.found.facts.maori,
            changed_since.get(each.key),
        )
        for each in paragraphs
        if agency in owners[each.key]
    )
    asks = tuple(
        Place(
            each.key,
            _("Recommendation {number}").format(number=each.number),
            each,
            tuple(by_place.pop(each.key, ())),
        )
        for each in document.recommendation.items
    )
    changed = concerns.changes(draft, owners, agency, clearance.cleared, commented)
    answered_before = clearance.history.exclude(answer="").order_by("-history_id").first()
    return Consulting(
        clearance=clearance,
        document=document,
        own=own,
        asks=asks,
        others=tuple(thread for found in by_place.values() for thread in found),
        places=[
            ("", _("The whole paper")),
            *(
                (each.key, _("Paragraph {number}").format(number=each.number))
                for each in paragraphs
            ),
            *((place.key, place.name) for place in asks),
        ],
        changes=tuple(
            Change(
                each.key,
                capitalised(str(each.what)),
                _diff(each.was, each.now),
            )
            for each in (changed if clearance.cleared else ())
        ),
        read=concerns.fingerprint(concerns.covered_texts(draft, owners, agency, commented)),
        earlier=None if clearance.is_answered else answered_before,
    )


def earlier_answers(rows: Iterable[Clearance]) -> dict[int, Any]:
    """Return of each agency that is asked again its last answer, a history row, by the id of the request. One query if
    there are any."""
    again = [row.pk for row in rows if row.reopened_because and not row.is_answered]
    if not again:
        return {}
    answers = Clearance.history.filter(id__in=again).exclude(answer="").order_by("history_id")
    return {answer.id: answer for answer in answers}


def _own_place(
    paragraph: Paragraph,
    words: str,
    threads: tuple[Thread, ...],
    maori: tuple[str, ...],
    changed: tuple[str, str] | None,
) -> Place:
    """Return the place of a paragraph of which the words are the agency's own. `changed` is what its records said and
    say now, if that differs; other agencies' sentences may be all that does."""
    name, others = _("Paragraph {number}").format(number=paragraph.number), 0
    if words.startswith("- "):
        own = set(concerns.lines_of(words))
        bullets = tuple(
            bullet for bullet in paragraph.bullets if markup.to_source((), [bullet]).strip() in own
        )
        others = len(paragraph.bullets) - len(bullets)
        paragraph = replace(paragraph, bullets=bullets)
    elif not paragraph.bullets:
        others = len(sentences(markup.to_source(paragraph.text))) - len(sentences(words))
        if others:
            paragraph = replace(paragraph, text=markup.inline(words, maori=maori))
    own_words = concerns.lines_of(words) if words.startswith("- ") else sentences(words)
    is_outdated = changed is not None and any(each not in changed[1] for each in own_words)
    since = _diff(*changed) if changed and is_outdated and not others else ()
    return Place(paragraph.key, name, paragraph, threads, others, is_outdated, since)


def _diff(was: str, now: str) -> tuple[Strand, ...]:
    return tuple(short_diff(*(text.replace("**", "") for text in (was, now))))


def threads(draft: Draft, comments: Iterable[ClearanceComment]) -> list[Thread]:
    """Return the comments with their places in the current draft."""
    words = concerns.words_by_key(draft)
    return [
        Thread(
            comment=comment,
            place=draft.place_of(comment.key),
            is_there=comment.key in words,
            strands=tuple(short_diff(comment.about, words[comment.key]))
            if words.get(comment.key, comment.about) != comment.about
            else (),
        )
        for comment in comments
    ]
