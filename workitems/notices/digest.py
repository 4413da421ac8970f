"""The daily e-mail to one person, as plain text and HTML, most urgent first.

It contains rounds, briefings, agencies, dates and counts. It never quotes what an agency or the
coordinator wrote in a return, which stays behind the sign-in.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.timezone import localdate

from agencies.models import Seat, User
from workitems.models import Notice
from workitems.notices.timetable import News, OtherNews, ReturnNews, Why
from workitems.standing import days_in_words

Reason = Notice.Reason
READY = "Nothing is missing any more. It waits for an approver to submit it."

MOST_URGENT_FIRST = (
    *(Reason.OVERDUE, Reason.SENT_BACK, Reason.ASKED_AGAIN, Reason.READY),
    *(Reason.DUE_DAY, Reason.DUE_WEEK, Reason.OPENED, Reason.ASKED),
    *(Reason.ANSWERED, Reason.ACCEPTED),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The part of an e-mail about one return or other subject."""

    title: str
    plan: str
    sentences: list[str]
    message: str
    url: str
    link: str
    headline: str


def in_order(lines: Sequence[News]) -> list[News]:
    return sorted(
        lines,
        key=lambda line: (
            MOST_URGENT_FIRST.index(line.reason),
            line.due_on,
            line.agency.short_name,
            _thing(line),
        ),
    )


def compose(recipient: User, lines: Sequence[News], on: date) -> EmailMultiAlternatives:
    """Return the e-mail to a person. `lines` is their news, at least one."""
    by_thing: dict[str, list[News]] = defaultdict(list)
    for line in in_order(lines):
        by_thing[_thing(line)].append(line)
    entries = [entry(own, on) for own in by_thing.values()]
    seats = sorted({f"{line.told_as.label.lower()} at {line.seat_agency}" for line in lines})
    context = {
        "recipient": recipient,
        "entries": entries,
        "seats": " and ".join(seats),
        "desk_url": absolute("/"),
        "support_email": settings.SUPPORT_EMAIL,
    }
    mail = EmailMultiAlternatives(
        subject=one_line(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{headline(entries)}"),
        body=render_to_string("notices/digest.txt", context),
        to=[recipient.email],
        headers={
            # Prevents out-of-office replies.
            "Auto-Submitted": "auto-generated",
            # The same for a repeated attempt, so that a mailbox can drop the duplicate.
            "Message-ID": f"<notices.{on.isoformat()}.{recipient.pk}@{mail_host()}>",
        },
    )
    mail.attach_alternative(render_to_string("notices/digest.html", context), "text/html")
    return mail


def headline(entries: Sequence[Entry]) -> str:
    more = len(entries) - 1
    return entries[0].headline + (f", and {more} more" if more else "")


def _thing(line: News) -> str:
    """Return the key that groups lines into one entry."""
    return line.about if isinstance(line, OtherNews) else f"return {line.of_return.pk:>9}"


def entry(news: Sequence[News], on: date) -> Entry:
    """Return the entry for `news` of one subject and one person, most urgent first."""
    other = [line for line in news if isinstance(line, OtherNews)]
    if other:
        return _other_entry(other)
    lines = [line for line in news if isinstance(line, ReturnNews)]
    first, of_return = lines[0], lines[0].of_return
    round, agency = of_return.round, of_return.agency
    to_round = shows_round(first)
    sentences = [sentence(line, on) for line in lines]
    if progress := progress_of(lines):
        sentences.append(progress)
    if reason := why_you(first):
        sentences.append(reason)
    return Entry(
        title=one_line(f"Return of {agency} for {round}"),
        plan=round.plan.title,
        sentences=sentences,
        message=round.message if any(line.reason == Reason.OPENED for line in lines) else "",
        url=absolute(round.get_absolute_url() if to_round else of_return.get_absolute_url()),
        link="Open the round" if to_round else "Open the return",
        headline=one_line(f"Return of {agency} {state_of(first, on)}"),
    )


def _other_entry(lines: Sequence[OtherNews]) -> Entry:
    """Return the entry for news that come with their own text."""
    first = lines[0]
    return Entry(
        title=one_line(first.title),
        plan=first.plan,
        sentences=[line.sentence for line in lines],
        message="",
        url=absolute(first.path),
        link=first.link,
        headline=one_line(f"{first.title} {first.state}"),
    )


def shows_round(line: ReturnNews) -> bool:
    """True if the link must go to the round: a coordinator may not read an unsubmitted return."""
    return line.told_as == Seat.Role.COORDINATOR and line.of_return.submitted_at is None


def sentence(line: ReturnNews, on: date) -> str:
    due_on = line.of_return.round.due_on
    due = f"{due_on:%-d %B %Y}"
    match line.reason:
        case Reason.OPENED:
            return f"The round is open. The return is due on {due}, {until(due_on, on)}."
        case Reason.DUE_WEEK | Reason.DUE_DAY:
            return f"It is due on {due}, {until(due_on, on)}."
        case Reason.OVERDUE:
            return f"It was due on {due} and is overdue by {days_in_words((on - due_on).days)}."
        case Reason.SENT_BACK:
            return sent_back(line)
        case Reason.READY:
            return READY
        case Reason.ACCEPTED:
            accepted_on = line.of_return.accepted_on
            assert accepted_on is not None  # a constraint of every accepted return
            return (
                f"The coordinator accepted it on {accepted_on:%-d %B %Y}. "
                "Nothing more is asked of you in this round."
            )
        case _:
            raise ValueError(line.reason)  # not a reason of a return


def sent_back(line: ReturnNews) -> str:
    if line.note is None:
        return "The coordinator sent it back."
    on_what = f"a note on item {line.note.item.number}" if line.note.item else "a note"
    return f"The coordinator sent it back on {localdate(line.note.at):%-d %B %Y} with {on_what}."


def progress_of(lines: Sequence[ReturnNews]) -> str:
    """Return a sentence on how complete the return is, or "" if one of its lines says so."""
    first = lines[0]
    if first.answers is None:
        return ""
    if first.answers.answered < first.answers.total:
        return f"{first.answers.answered} of {first.answers.total} items answered."
    if first.answers.missing:
        if shows_round(first):
            return "Every item is answered, but it cannot be submitted yet."
        things = len(first.answers.missing)
        missing = "1 thing is" if things == 1 else f"{things} things are"
        return f"Every item is answered, but {missing} missing before it can be submitted."
    if {line.reason for line in lines} & {Reason.READY, Reason.SENT_BACK}:
        return ""
    if first.is_ready:
        return READY
    return "It was sent back, and nothing was written in it since."


def why_you(line: ReturnNews) -> str:
    """Return why this person gets the notice, or "" if it is their turn."""
    agency = line.of_return.agency
    if line.why == Why.TURN:
        return ""
    if line.why == Why.LATE:
        if line.told_as == Seat.Role.APPROVER:
            return "It is late, so the agency’s approvers are told as well."
        return "It is late and its agency has been told, so the coordinator is told as well."
    if line.told_as == Seat.Role.APPROVER:
        return f"{agency} has no contributor at present, so this comes to its approvers."
    if line.reason == Reason.READY:
        return f"{agency} has no approver who may submit it, so this comes to the coordinator."
    return f"{agency} has no contributor or approver at present, so this comes to the coordinator."


def state_of(line: ReturnNews, on: date) -> str:
    """Return the end of the subject line "Return of Police …"."""
    due_on = line.of_return.round.due_on
    match line.reason:
        case Reason.OPENED:
            return f"is open until {due_on:%-d %B %Y}"
        case Reason.DUE_WEEK | Reason.DUE_DAY:
            return f"is due {until(due_on, on)}"
        case Reason.OVERDUE:
            return f"is overdue by {days_in_words((on - due_on).days)}"
        case Reason.SENT_BACK:
            return "was sent back"
        case Reason.READY:
            return "waits to be submitted"
        case Reason.ACCEPTED:
            return "was accepted"
        case _:
            raise ValueError(line.reason)  # not a reason of a return


def until(due_on: date, on: date) -> str:
    left = (due_on - on).days
    return {0: "today", 1: "tomorrow"}.get(left, f"in {days_in_words(left)}")


def one_line(text: str) -> str:
    """Collapse whitespace, so that a line break in an imported name cannot inject a mail header."""
    return " ".join(text.split())


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def mail_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
