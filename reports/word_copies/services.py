"""Word copies of a draft: uploading an edited one, and deciding about its suggestions.

An upload changes no text. Accepting a suggestion writes through `reports.workshop.services.drafts`, whose
history then says whose copy it came from. A paragraph that was changed since the copy was sent is
changed only by a person who has read both texts (`Overtaken`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.document import Document, DocumentError, Verb
from reports.document.markup import MAX_SOURCE
from reports.drafting import draft_rows
from reports.drafting.asks import split_verb
from reports.drafting.draft import Draft, DraftError
from reports.drafting.past_drafts import read_past_draft
from reports.models import Briefing, DraftAsk, DraftParagraph, Suggestion, WordCopy
from reports.word_copies.word_merge import merged
from reports.workshop.services import drafts
from workitems.plan.attachments import clean_name
from workitems.plan.services.refusals import Conflict, Refused, locked

Kind, State = Suggestion.Kind, Suggestion.State
# A file is made within this time after it was asked for.
MAKING = timedelta(minutes=10)
INSTANT = timedelta(microseconds=1)
MOST_SUGGESTIONS = 2_000
UNPRINTABLE = "\ufffd"
# Years of the moments that are read from a file, as in `reports.render.docx.keys`, which loads a library.
YEARS = range(1990, 2200)


class Overtaken(Refused):
    """The paragraph was changed since the copy was sent. Both texts are on the suggestion's page."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The paragraph was changed after this copy was downloaded, so nothing was changed now. Compare "
                "the texts and decide."
            )
        )


@transaction.atomic
def upload(*, briefing: Briefing, data: bytes, name: str, by: User, at: datetime) -> WordCopy:
    """Store the suggestions of an edited copy. The same file uploaded again gives the first one.

    Raise `Refused` if the file cannot be read, is of another briefing, or changes nothing, and when
    the draft is locked.
    """
    # Workers that read no Word file load no library for it.
    from reports.word_copies.finding import found_in
    from reports.word_copies.word_file import read_word_file

    row = drafts.open_briefing(briefing)
    sha256 = hashlib.sha256(data).hexdigest()
    if before := row.word_copies.filter(sha256=sha256).first():
        return before
    file = read_word_file(data)
    if file.stamp and file.stamp.briefing != row.pk:
        raise Refused(
            _("This is a copy of another briefing, not of {briefing}.").format(briefing=row.name),
            "file",
        )
    draft, sent, exported_at, is_exact = _sent(row, file)
    try:
        found = found_in(file, draft, _outside(sent) if is_exact else None)
    except (DraftError, DocumentError) as error:
        raise Refused(str(error), "file") from error
    if (longest := max((len(each.would) for each in found), default=0)) > MAX_SOURCE:
        raise Refused(
            _(
                "A paragraph or comment of the copy has {longest:,} characters; the limit is "
                "{most:,}. Split it, and upload the copy again."
            ).format(longest=longest, most=MAX_SOURCE),
            "file",
        )
    if not found:
        raise Refused(
            _(
                "This copy is the same as the draft that was downloaded, so there are no suggestions."
            ),
            "file",
        )
    if len(found) > MOST_SUGGESTIONS:
        raise Refused(
            _(
                "The copy differs in {count:,} places, too many to read one by one. Download the draft "
                "again and edit that."
            ).format(count=len(found)),
            "file",
        )
    copy = WordCopy(
        briefing=row, name=clean_name(name), size=len(data), sha256=sha256, exported_at=exported_at,
        is_exact=is_exact, uploaded_by=by, uploaded_as=by.signature, uploaded_at=at,
    )  # fmt: skip
    copy.save()
    for position, each in enumerate(found, start=1):
        suggestion = Suggestion(
            copy=copy, position=position, kind=each.kind.value, key=each.key,
            author=each.author or by.signature, is_tracked=bool(each.author),
            made_at=moment_of(each.at), was=each.was, would=each.would, section=each.section,
            after=each.after, about=each.about,
        )  # fmt: skip
        history.save(suggestion, by=by, at=at)
    return copy


def moment_of(words: str) -> datetime | None:
    """Return the moment that a Word file gives. Word writes the local time and calls it UTC."""
    try:
        moment = datetime.fromisoformat(words.removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment.year in YEARS else None


def _sent(briefing: Briefing, file: Any) -> tuple[Draft, Document | None, datetime | None, bool]:
    """Return the draft that the file was made from, its paper, when it was made, and whether it was found.

    It is not found if the file has no moment, or if no draft of about that time has the file's texts. The
    draft is then the present one, without a paper.
    """
    from reports.word_copies.finding import Sent

    now = draft_rows.read_draft(briefing).draft
    if file.stamp is None:
        return now, None, None, False
    for until in _moments(briefing, file.stamp.at):
        try:
            draft = draft_rows.read_draft_as_at(briefing, until)
            if Sent.of(draft).digest == file.stamp.digest:
                return draft, _paper(briefing, until), file.stamp.at, True
        except (DraftError, DocumentError):
            continue
    return now, None, file.stamp.at, False


def _moments(briefing: Briefing, at: datetime) -> Iterator[datetime]:
    """Yield the moment, and those of changes made while the file was made, which it may include."""
    yield at
    later: set[datetime] = set()
    for model in draft_rows.TABLES:
        rows = model.history.filter(
            briefing_id=briefing.pk, history_date__gte=at, history_date__lte=at + MAKING
        )
        later.update(rows.order_by("history_date").values_list("history_date", flat=True)[:20])
    for each in sorted(later)[:20]:
        yield each + INSTANT


def _paper(briefing: Briefing, until: datetime) -> Document | None:
    try:
        return read_past_draft(briefing, until)
    except DocumentError:
        return None


def _outside(document: Document | None) -> Sequence[str] | None:
    """Return the texts of the cover and annexes as a file of this document has them."""
    from reports.render.docx import render_docx
    from reports.render.pdf import RenderRefused
    from reports.word_copies.word_file import read_word_file

    if document is None:
        return None
    try:
        return [block.text(()) for block in read_word_file(render_docx(document)).outside]
    except (RenderRefused, Refused):
        return None


# --- deciding --------------------------------------------------------------------------------------


@transaction.atomic
def accept(
    *,
    suggestion: Suggestion,
    version: int,
    by: User,
    at: datetime,
    text: str | None = None,
    read: int | None = None,
) -> Suggestion:
    """Put a suggestion into the draft.

    `text` are words that a person chose after reading both texts, and `read` is the version of the
    paragraph that they read. Raise `Overtaken` without them, if the paragraph was changed since the
    copy was sent, unless by other suggestions of the copy that touch other words. Raise `Conflict` if
    the suggestion or the paragraph read has changed.
    """
    row = _to_decide(suggestion, version, State.ACCEPTED)
    briefing = row.copy.briefing
    if row.is_only_read:
        raise Refused(_("A comment cannot be accepted. Mark it as resolved."))
    with history.because(f"from {row.author}’s Word copy"):
        if row.kind == Kind.EDIT:
            row.taken = _accept_text(briefing, row, by=by, text=text, read=read)
        elif row.kind == Kind.ADD:
            row.taken = _accept_new(briefing, row, by=by, text=text)
        elif row.kind == Kind.REMOVE:
            _accept_removal(briefing, row, by=by, read=read)
        elif row.kind == Kind.MOVE:
            _accept_move(briefing, row, by=by)
        else:
            row.taken = _accept_heading(briefing, row, by=by, text=text)
    return _decide(row, State.ACCEPTED, by=by, at=at)


def accept_all(
    *, copy: WordCopy, author: str, by: User, at: datetime
) -> tuple[int, list[tuple[Suggestion, str]]]:
    """Accept what an author suggests. Return the number accepted, and what was not, with the reason.

    Each is one transaction; what touches words that were changed since stays open.
    """
    accepted = 0
    refused: list[tuple[Suggestion, str]] = []
    rows = copy.suggestions.left_open().filter(author=author).exclude(kind__in=Suggestion.ONLY_READ)
    for row in rows.in_order():
        try:
            accept(suggestion=row, version=row.version, by=by, at=at)
        except Refused as refusal:
            refused.append((row, str(refusal)))
        else:
            accepted += 1
    return accepted, refused


@transaction.atomic
def reject(*, suggestion: Suggestion, version: int, by: User, at: datetime) -> Suggestion:
    """Leave the draft as it is. The suggestion keeps its words, and can be reopened."""
    return _decide(_to_decide(suggestion, version, State.REJECTED), State.REJECTED, by=by, at=at)


@transaction.atomic
def resolve(*, suggestion: Suggestion, version: int, by: User, at: datetime) -> Suggestion:
    """Mark a comment, or text without a place, as dealt with."""
    return _decide(_to_decide(suggestion, version, State.RESOLVED), State.RESOLVED, by=by, at=at)


@transaction.atomic
def reopen(*, suggestion: Suggestion, version: int, by: User) -> Suggestion:
    """Open a suggestion again that was rejected or resolved."""
    row = _to_decide(suggestion, version, State.OPEN)
    row.state, row.decided_by, row.decided_as, row.decided_at = State.OPEN, None, "", None
    return history.save_version(row, by=by, reason="Reopened")


def _to_decide(suggestion: Suggestion, version: int, to: str) -> Suggestion:
    """Lock the briefing and the suggestion. Raise `Refused` if it cannot become `to`."""
    drafts.open_briefing(suggestion.copy.briefing)
    row = locked(
        suggestion, version=version, related=("copy__briefing__plan", "copy__briefing__kind")
    )
    is_for_reading = to == State.RESOLVED
    if to not in Suggestion.NEXT[State(row.state)] or (
        to != State.OPEN and is_for_reading != row.is_only_read
    ):
        raise Refused(
            _("This suggestion is {state}, so this cannot be done.").format(
                state=row.get_state_display().lower()
            )
        )
    return row


def _decide(row: Suggestion, to: str, *, by: User, at: datetime) -> Suggestion:
    row.state, row.decided_by, row.decided_as, row.decided_at = to, by, by.signature, at
    return history.save_version(row, by=by, at=at)


def text_now(briefing: Briefing, key: str) -> tuple[str, int] | None:
    """Return a paragraph's or recommendation's text and version, or None if it is not in the draft."""
    rows = draft_rows.read_draft(briefing)
    return now_of(rows, key)


def now_of(rows: draft_rows.Stored, key: str) -> tuple[str, int] | None:
    """Return the same as `text_now`, of a draft that was read already."""
    row: DraftParagraph | DraftAsk | None = rows.asks.get(key) or rows.paragraphs.get(key)
    if row is None or (isinstance(row, DraftParagraph) and row.is_withdrawn):
        return None
    return (f"**{row.verb}** {row.text}" if isinstance(row, DraftAsk) else row.text), row.version


def _needed(now: tuple[str, int] | None) -> tuple[str, int]:
    if now is None:
        raise Refused(
            _(
                "The paragraph is not in the draft: a new one is not accepted yet, or it was joined to another. "
                "Accept the new paragraph first, or write the text in the right place and reject this suggestion."
            )
        )
    return now


def proposed_text(suggestion: Suggestion, now: str) -> str | None:
    """Return what accepting would make of the current text, or None if both changed the same words."""
    return merged(suggestion.was, suggestion.would, now)


def _accept_text(
    briefing: Briefing, row: Suggestion, *, by: User, text: str | None, read: int | None
) -> str:
    rows = draft_rows.read_draft(briefing)
    now, version = _needed(now_of(rows, row.key))
    if text is not None:
        if read != version:
            raise Conflict(rows.asks.get(row.key) or rows.paragraphs[row.key])
    elif now in (row.was, row.would):
        text = row.would
    else:
        ours = Suggestion.objects.filter(
            copy=row.copy_id, key=row.key, state=State.ACCEPTED, taken=now
        )
        text = merged(row.was, row.would, now) if ours.exists() else None
        if text is None:
            raise Overtaken
    _refuse_unreadable(text)
    if row.is_ask:
        ask = rows.asks[row.key]
        verb, words = _with_verb(text)
        drafts.save_ask(
            briefing=briefing, key=row.key, verb=verb, text=words, options=ask.options, version=version,
            by=by,
        )  # fmt: skip
    elif text != now:
        drafts.edit(briefing=briefing, key=row.key, text=text, version=version, by=by)
    return _needed(text_now(briefing, row.key))[0]


def _accept_new(briefing: Briefing, row: Suggestion, *, by: User, text: str | None) -> str:
    text = row.would if text is None else text
    _refuse_unreadable(text)
    if row.is_ask:
        verb, words = _with_verb(text)
        drafts.save_ask(
            briefing=briefing, key=row.key, verb=verb, text=words, options="", version=0, by=by
        )
    else:
        section, after = _place(briefing, row)
        drafts.add(briefing=briefing, section=section, after=after, text=text, key=row.key, by=by)
    return _needed(text_now(briefing, row.key))[0]


def _accept_removal(briefing: Briefing, row: Suggestion, *, by: User, read: int | None) -> None:
    now, version = _needed(text_now(briefing, row.key))
    if read is None and now != row.was:
        raise Overtaken
    if read is not None and read != version:
        raise Conflict(row)
    hide = drafts.hide_ask if row.is_ask else drafts.hide
    hide(briefing=briefing, key=row.key, by=by)


def _accept_move(briefing: Briefing, row: Suggestion, *, by: User) -> None:
    _needed(text_now(briefing, row.key))
    section, after = _place(briefing, row)
    portion = draft_rows.read_draft(briefing).draft.portion(section)
    others = [part.key for part in portion.parts if part.key != row.key]
    position = others.index(after) + 1 if after in others else 0
    drafts.move(briefing=briefing, key=row.key, section=section, position=position, by=by)


def _accept_heading(briefing: Briefing, row: Suggestion, *, by: User, text: str | None) -> str:
    section = draft_rows.read_draft(briefing).sections.get(row.key)
    if section is None:
        raise Refused(_("That section is not in this draft."))
    if text is None and section.heading not in (row.was, row.would):
        raise Overtaken
    text = row.would if text is None else text
    _refuse_unreadable(text)
    drafts.retitle(briefing=briefing, section=row.key, heading=text, was=section.heading, by=by)
    return text


def _place(briefing: Briefing, row: Suggestion) -> tuple[str, str]:
    """Return the section, and the paragraph to follow in it, or "" for the section's start.

    If that paragraph is new and not accepted, the one before it is taken.
    """
    draft = draft_rows.read_draft(briefing).draft
    places = {part.key: portion.key for portion in draft.portions for part in portion.parts}
    new = dict(row.copy.suggestions.filter(kind=Kind.ADD).values_list("key", "after"))
    after, seen = row.after, set()
    while after and after not in places and after not in seen:
        seen.add(after)
        after = new.get(after, "")
    if after in places and after != row.key:
        return places[after], after
    return row.section, ""


def _with_verb(text: str) -> tuple[Verb, str]:
    """Return a recommendation's verb and what follows. Raise `Refused` for any other first word."""
    if found := split_verb(text):
        return found
    verbs = ", ".join(verb.value for verb in Verb)
    raise Refused(
        _(
            "A recommendation begins with one of these verbs: {verbs}. Change it to begin so, then "
            "accept it."
        ).format(verbs=verbs),
        "text",
    )


def _refuse_unreadable(text: str) -> None:
    if UNPRINTABLE in text:
        raise Refused(
            _(
                "The text has a character that cannot be printed, shown as {character}. Change the "
                "text, then accept it."
            ).format(character=UNPRINTABLE),
            "text",
        )
