"""Services of a plan's kinds of briefing, from which briefings are drafted.

A draft copies its kind when it is begun, so changes here do not affect existing briefings.
`as_written` and `as_added` do not save, so that a preview is refused as saving would be.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.compose.standing_text import check_words
from reports.document import DocumentError, Verb, markup
from reports.drafting.draft import CLOSING
from reports.kinds.kind_history import BROUGHT_BACK, CAME_ALONG, MADE_WAY, MOVED_DOWN, MOVED_UP
from reports.kinds.services import annex_choices as annexes_of_paper
from reports.models import BriefingKind, Content, KindSection
from reports.models.draft import HEADING_LENGTH, NAME_LENGTH, STANDING_LENGTH, TITLE_LENGTH
from workitems.models import Plan
from workitems.plan.services.refusals import Refused, locked, refuse_reason_alone

# The kinds that every plan starts with.
PATTERNS = Path(__file__).resolve().parent.parent / "kinds.json"

MOST_SECTIONS = 30
MOST_ASKS = 10
# Used instead of a section's key: before all others.
FIRST = "first"


class AskWords(TypedDict):
    """A recommendation of a kind. One without text is left out."""

    verb: str
    text: str


def patterns() -> list[dict[str, Any]]:
    """Return the kinds that come with the product."""
    found: list[dict[str, Any]] = json.loads(PATTERNS.read_text())
    return found


@transaction.atomic
def take_patterns(*, plan: Plan, by: User | None) -> list[BriefingKind]:
    """Return the plan's kinds.

    A plan without any gets copies of those that come with the product.
    """
    plan = locked(plan)
    found = list(plan.briefing_kinds.in_order())
    if found:
        return found
    for position, pattern in enumerate(patterns(), start=1):
        found.append(_take(plan, pattern, position, by))
    return found


@transaction.atomic
def take_pattern(*, plan: Plan, pattern: dict[str, Any], by: User | None) -> BriefingKind:
    """Add a kind to those of the plan, from a pattern such as those that come with the product."""
    return _take(plan, pattern, len(take_patterns(plan=plan, by=by)) + 1, by)


def _take(plan: Plan, pattern: dict[str, Any], position: int, by: User | None) -> BriefingKind:
    columns = {name: value for name, value in pattern.items() if name != "sections"}
    kind = history.save(BriefingKind(plan=plan, position=position, **columns), by=by)
    _add_sections(kind, pattern["sections"], by)
    return kind


def _add_sections(kind: BriefingKind, sections: Iterable[dict[str, Any]], by: User | None) -> None:
    history.save_new(
        [
            KindSection(kind=kind, position=place, **section)
            for place, section in enumerate(sections, start=1)
        ],
        by=by,
        reason=CAME_ALONG,
    )


@transaction.atomic
def copy_kind(*, kind: BriefingKind, name: str, by: User) -> BriefingKind:
    """Copy a kind, with its sections, annexes and recommendations, under another name."""
    plan = locked(kind.plan)
    kind = locked(kind)
    others = list(plan.briefing_kinds.in_order())
    copy = BriefingKind(
        plan=plan,
        name=_name(name, others),
        title=kind.title,
        slug=_slug(name, {other.slug for other in others}),
        position=max(other.position for other in others) + 1,
        annexes=kind.annexes,
        most_words=kind.most_words,
        asks=kind.asks,
    )
    history.save(copy, by=by, reason=f"Copied from {kind.name}")
    _add_sections(copy, (section.copied for section in kind.sections.live().in_order()), by)
    return copy


@transaction.atomic
def change_kind(
    *,
    kind: BriefingKind,
    version: int,
    name: str,
    title: str,
    annexes: Sequence[str],
    most_words: int,
    asks: Sequence[AskWords],
    by: User,
    reason: str = "",
) -> BriefingKind:
    """Change a kind's name, title, annexes, length in words and recommendations.

    Raise `Refused`; for a recommendation, its field is "text-1" and so on, counting empty rows.
    """
    plan = locked(kind.plan)
    kind = locked(kind, version=version)
    changed = {
        "name": _name(name, plan.briefing_kinds.exclude(pk=kind.pk)),
        "title": checked_title(title),
        "annexes": annexes_of_paper.checked(annexes),
        "most_words": _length(most_words),
        "asks": checked_asks(asks),
    }
    if all(getattr(kind, column) == value for column, value in changed.items()):
        refuse_reason_alone(reason)
        return kind
    for column, value in changed.items():
        setattr(kind, column, value)
    kind.plan = plan
    return history.save_version(kind, by=by, reason=reason)


def _length(words: int) -> int:
    fewest, most = BriefingKind.FEWEST_WORDS, BriefingKind.MOST_WORDS
    if not fewest <= words <= most:
        raise Refused(
            _("Enter a number of words from {fewest:,} to {most:,}.").format(
                fewest=fewest, most=most
            ),
            "most_words",
        )
    return words


@transaction.atomic
def change_section(
    *,
    section: KindSection,
    version: int,
    heading: str,
    content: str,
    standing_text: str,
    by: User,
    reason: str = "",
) -> KindSection:
    """Change a section's heading, content or standing text. Saves only changes.

    Raise `Conflict` with the current row if it was saved after `version`. Raise `Refused` as
    `as_written` does, and if the section is withdrawn.
    """
    locked(section.kind)
    row = locked(section, version=version, related=("kind__plan",))
    before = (row.heading, row.content, row.standing_text)
    written = next(
        each
        for each in as_written(
            section=row, heading=heading, content=content, standing_text=standing_text
        )
        if each.pk == row.pk
    )
    if before == (written.heading, written.content, written.standing_text):
        refuse_reason_alone(reason)
        return row
    return history.save_version(written, by=by, reason=reason)


def as_written(
    *, section: KindSection, heading: str, content: str, standing_text: str
) -> list[KindSection]:
    """Return the kind's sections, in order, with one of them changed. Saves nothing."""
    if section.withdrawn_on is not None:
        raise Refused(
            _("“{heading}” is withdrawn. Bring it back, then change it.").format(
                heading=section.heading
            )
        )
    rows = list(section.kind.sections.live().in_order())
    others = [row for row in rows if row.pk != section.pk]
    written = next(row for row in rows if row.pk == section.pk)
    if written.content == CLOSING and content != CLOSING:
        raise Refused(
            _("Every briefing ends with its recommendations, which are in this section."), "content"
        )
    _write(written, others, heading, content, standing_text)
    return rows


@transaction.atomic
def add_section(
    *,
    kind: BriefingKind,
    heading: str,
    content: str,
    standing_text: str,
    after: str,
    by: User,
    reason: str = "",
) -> KindSection:
    """Add a section after the one with the key `after`, or `FIRST`.

    Raise `Refused` as `as_added` does.
    """
    rows = as_added(
        kind=locked(kind, related=("plan",)),
        heading=heading,
        content=content,
        standing_text=standing_text,
        after=after,
    )
    added = next(row for row in rows if row.pk is None)
    added.position = rows.index(added) + 1
    history.save(added, by=by, reason=reason)
    _number(rows, by=by)
    return added


def as_added(
    *, kind: BriefingKind, heading: str, content: str, standing_text: str, after: str
) -> list[KindSection]:
    """Return the kind's sections, in order, with a new one. Saves nothing.

    Raise `Refused` if the heading is blank or used, the content is used, the text cannot be
    printed, the section would follow the recommendation, or there are too many.
    """
    rows = list(kind.sections.live().in_order())
    if len(rows) >= MOST_SECTIONS:
        raise Refused(
            _("A kind of briefing can have at most {most} sections.").format(most=MOST_SECTIONS)
        )
    added = KindSection(kind=kind, key=f"s-{uuid4().hex[:12]}")
    _write(added, rows, heading, content, standing_text)
    before = [row.key for row in rows if row.content != CLOSING]
    if after != FIRST and after not in before:
        raise Refused(
            _("Choose the section that it follows. The recommendations stay last."), "after"
        )
    rows.insert(0 if after == FIRST else before.index(after) + 1, added)
    return rows


@transaction.atomic
def move_section(*, section: KindSection, places: int, by: User) -> None:
    """Move a section one place up (-1) or down (1). The recommendation stays last."""
    kind, row = _locked(section)
    if row.content == CLOSING:
        raise Refused(
            _("“{heading}” ends the briefing, so it stays last.").format(heading=row.heading)
        )
    rows = [each for each in kind.sections.live().in_order() if each.content != CLOSING]
    at = next(place for place, each in enumerate(rows) if each.pk == row.pk)
    if not 0 <= at + places < len(rows):
        refusal = (
            _("“{heading}” is first already.")
            if places < 0
            else _("“{heading}” is last before the recommendation already.")
        )
        raise Refused(refusal.format(heading=row.heading))
    rows.insert(at + places, rows.pop(at))
    _number(rows, by=by, moved=row, reason=MOVED_UP if places < 0 else MOVED_DOWN)


@transaction.atomic
def withdraw_section(*, section: KindSection, on: date, by: User, reason: str) -> KindSection:
    """Withdraw a section from future briefings.

    Raise `Refused` for the recommendation and for the last section before it.
    """
    kind, row = _locked(section)
    if row.content == CLOSING:
        raise Refused(
            _("Every briefing ends with its recommendations, so this section cannot be withdrawn.")
        )
    if len(kind.sections.live()) == 2:
        raise Refused(_("A briefing has at least one section before its recommendation."))
    row.withdrawn_on = on
    return history.save_version(row, by=by, reason=reason)


@transaction.atomic
def restore_section(*, section: KindSection, by: User) -> None:
    """Restore a withdrawn section at its place.

    Raise `Refused` if its heading or content is now used by another section.
    """
    kind = locked(section.kind)
    row = locked(section)
    if row.withdrawn_on is None:
        return
    rows = list(kind.sections.live().in_order())
    _write(row, rows, row.heading, row.content, row.standing_text)
    row.withdrawn_on = None
    history.save_version(row, by=by, reason=BROUGHT_BACK)
    _number(kind.sections.live().in_order(), by=by)


def _locked(section: KindSection) -> tuple[BriefingKind, KindSection]:
    """Lock and return the rows.

    The kind comes first, so that its sections are not reordered concurrently.
    """
    kind = locked(section.kind)
    row = locked(section)
    if row.withdrawn_on is not None:
        raise Refused(_("“{heading}” is already withdrawn.").format(heading=row.heading))
    return kind, row


def _number(
    rows: Iterable[KindSection],
    *,
    by: User,
    moved: KindSection | None = None,
    reason: str = "",
) -> None:
    """Save the positions in this order, with the recommendation last.

    The version stays. `reason` is the moved section's; the others get `MADE_WAY`.
    """
    ordered = sorted(rows, key=lambda row: row.content == CLOSING)
    for position, row in enumerate(ordered, start=1):
        if row.position != position:
            row.position = position
            history.save(row, by=by, reason=reason if row == moved else MADE_WAY)


def _write(
    row: KindSection, others: Iterable[KindSection], heading: str, content: str, standing: str
) -> None:
    """Set the row's heading, content and text without saving.

    Raise `Refused` if they are invalid.
    """
    others = list(others)
    row.heading = _line(heading, "heading", HEADING_LENGTH, _("Give the section a heading."))
    if content not in Content.values:
        raise Refused(_("Choose what is generated into the section."), "content")
    row.content = content
    for other in others:
        if other.heading.casefold() == row.heading.casefold():
            raise Refused(
                _("There is already a section “{heading}”.").format(heading=other.heading),
                "heading",
            )
        if content and other.content == content:
            raise Refused(
                _("“{heading}” already has that text. A briefing says each thing once.").format(
                    heading=other.heading
                ),
                "content",
            )
    row.standing_text = _standing(standing, closes=content == CLOSING)


def _standing(typed: str, *, closes: bool) -> str:
    """Return standing text as stored. Before the recommendations only one sentence is allowed."""
    if len(typed) > STANDING_LENGTH:
        raise Refused(
            _("The text is {length:,} characters long; the limit is {most:,}.").format(
                length=len(typed), most=STANDING_LENGTH
            ),
            "standing_text",
        )
    try:
        text = markup.tidy(typed).strip("\n ")
        blocks = markup.parse(text)
        check_words(text)
    except DocumentError as error:
        raise Refused(str(error), "standing_text") from error
    if closes and (len(blocks) > 1 or any(block.bullets for block in blocks)):
        raise Refused(_("Write only one sentence before the recommendations."), "standing_text")
    return text


def _line(typed: str, field: str, most: int, blank: str) -> str:
    """Return one line of printable text."""
    try:
        words = " ".join(markup.tidy(typed).split())
    except DocumentError as error:
        raise Refused(str(error), field) from error
    if not words:
        raise Refused(blank, field)
    if len(words) > most:
        raise Refused(
            _("That is {length:,} characters long; the limit is {most:,}.").format(
                length=len(words), most=most
            ),
            field,
        )
    return words


def _name(typed: str, others: Iterable[BriefingKind]) -> str:
    name = _line(typed, "name", NAME_LENGTH, _("Give the kind of briefing a name."))
    for other in others:
        if other.name.casefold() == name.casefold():
            raise Refused(
                _("The plan already has a kind of briefing “{name}”.").format(name=other.name),
                "name",
            )
    return name


def checked_title(typed: str) -> str:
    """Return the title as stored, on one line."""
    title = _line(typed, "title", TITLE_LENGTH, _("Give the briefings of this kind a title."))
    try:
        check_words(title)
    except DocumentError as error:
        raise Refused(str(error), "title") from error
    return title


def title_for(plan: Plan, slug: str) -> str:
    """Return a kind's title with its placeholders, or "" if there is no such kind."""
    rows = dict(BriefingKind.objects.filter(plan=plan).values_list("slug", "title"))
    return (rows or {each["slug"]: each["title"] for each in patterns()}).get(slug, "")


def _slug(name: str, taken: set[str]) -> str:
    """Return a slug from the name, with a number if it is taken."""
    stem = slugify(name)[:30].strip("-") or "kind"
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug


def checked_asks(rows: Sequence[AskWords]) -> list[AskWords]:
    """Return the recommendations as stored, without empty rows."""
    kept: list[AskWords] = []
    for place, row in enumerate(rows, start=1):
        if row["text"].strip():
            kept.append({"verb": Verb(row["verb"]).value, "text": _ask(row["text"], place)})
    if not kept:
        raise Refused(_("A briefing must have at least one recommendation."), "text-1")
    if len(kept) > MOST_ASKS:
        raise Refused(
            _("A kind of briefing can make at most {most} recommendations.").format(most=MOST_ASKS)
        )
    return kept


def _ask(typed: str, place: int) -> str:
    field = f"text-{place}"
    try:
        blocks = markup.parse(typed)
    except DocumentError as error:
        raise Refused(str(error), field) from error
    if len(blocks) != 1 or blocks[0].bullets:
        raise Refused(_("Write a recommendation as one sentence, without sub-bullets."), field)
    text = markup.to_source(blocks[0].text)
    if "{" in text:
        raise Refused(
            _("Write the recommendation without braces. Nothing is filled in here."), field
        )
    return text
