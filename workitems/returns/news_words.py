"""News of a return for one person, and the words of an email about it. They never quote what an agency or the coordinator wrote in
it, which stays behind the sign-in. The attached workbook has its agency's last accepted answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import WRITING_ROLES, Agency, Seat, User
from agencies.wording.translation import day_words, list_in_words
from workitems.measures.asked import to_answer_in_words
from workitems.models import AnswerKey, Notice, Return, ReturnNote
from workitems.notices.news import (
    Answerable,
    Attachment,
    Entry,
    Key,
    Why,
    absolute,
    one_line,
    until,
)
from workitems.plan.attachments import content_type
from workitems.returns.services.answers import Answers
from workitems.returns.services.handover import Mending, is_from_mail
from workitems.terms.spans import span_in_words

Reason = Notice.Reason
Role = Seat.Role
# The return comes along as a workbook.
WORKBOOK = gettext_lazy(
    "You can answer it in the attached workbook: choose the file on the return’s page."
)
WITH_WORKBOOK = (Reason.OPENED, Reason.REMINDED)
SEND_BACK = gettext_lazy(
    "Attach the workbook, saved as .xlsx. Nothing changes until you have compared it with the return."
)
# Whoever gets these has items to answer.
TO_WRITE = {
    *(Reason.OPENED, Reason.REMINDED, Reason.EXTENDED),
    *(Reason.DUE_WEEK, Reason.DUE_DAY, Reason.OVERDUE),
}
READY = gettext_lazy("Nothing is missing any more. An approver can submit it.")


@dataclass(frozen=True, kw_only=True)
class ReturnNews:
    """News of a return for one person. `answers` is None once the return is accepted; `is_ready`
    is true if it can be submitted; `mendings` are the notes with which it was last sent back;
    `message` is the coordinator's reminder, or the `note` of the agency's approver to its writers."""

    recipient: User
    role: Seat.Role
    why: Why
    reason: Notice.Reason
    occasion: str
    of_return: Return
    answers: Answers | None = None
    is_ready: bool = False
    mendings: Sequence[Mending] = ()
    message: str = ""
    note: ReturnNote | None = None

    @property
    def key(self) -> Key:
        return (self.reason, self.of_return.pk, "", self.occasion)

    @property
    def due_on(self) -> date:
        return self.of_return.due_on

    @property
    def agency(self) -> Agency:
        return self.of_return.agency

    @property
    def seat_agency(self) -> Agency:
        """The agency in which the person has this `role`."""
        if self.role == Role.COORDINATOR:
            return self.of_return.round.plan.coordinating_agency
        return self.of_return.agency

    @property
    def subject(self) -> str:
        return f"return {self.of_return.pk:>9}"

    def entry(self, news: Sequence["ReturnNews"], on: date) -> Entry:
        return entry(news, on)


def entry(lines: Sequence[ReturnNews], on: date) -> Entry:
    """Return the entry for the news of one return for one person, most urgent first."""
    first, of_return = lines[0], lines[0].of_return
    round, agency = of_return.round, of_return.agency
    to_round = shows_round(first)
    sentences = [sentence(line, on) for line in lines]
    if first.reason != Reason.SUBMITTED and (progress := progress_of(lines)):
        sentences.append(progress)
    comes_with_workbook = any(brings_workbook(line) for line in lines)
    if comes_with_workbook:
        sentences.append(str(WORKBOOK))
    if reason := why_you(first):
        sentences.append(reason)
    messages = [line.message for line in lines if line.message and line.note is None]
    if any(line.reason == Reason.OPENED for line in lines):
        messages.append(round.message)
    to_submit = first.reason == Reason.READY and first.role == Seat.Role.APPROVER
    return Entry(
        title=one_line(_("Return of {agency} for {round}").format(agency=agency, round=round)),
        plan=round.plan.title,
        sentences=sentences,
        message="\n\n".join(filter(None, messages)),
        url=absolute(
            round.get_absolute_url()
            if to_round
            else f"{of_return.get_absolute_url()}{'read/' if to_submit else ''}"
        ),
        link=_("Open the round")
        if to_round
        else _("Read and submit the return")
        if to_submit
        else _("Open the return"),
        headline=one_line(
            _("Return of {agency} {is_due}").format(agency=agency, is_due=state_of(first, on))
        ),
        attachments=[workbook_of(of_return, on)] if comes_with_workbook else [],
        acts=_acts(lines),
        answerable=Answerable(AnswerKey.Act.RETURN, of_return.pk, round.plan_id, str(SEND_BACK))
        if comes_with_workbook
        else None,
    )


def _acts(lines: Sequence[ReturnNews]) -> list[tuple[str, str]]:
    """Return the link to the page that answers the rest with "no change", for writers of a return with items to answer."""
    first = lines[0]
    is_open = first.answers is not None and first.answers.answered < first.answers.total
    if (
        not is_open
        or first.role not in WRITING_ROLES
        or not {each.reason for each in lines} & TO_WRITE
    ):
        return []
    of_return = first.of_return
    slug = of_return.round.plan.slug
    path = reverse("returns:no-change", args=[slug, of_return.round_id, of_return.agency_id])
    return [(_("No change to the rest"), absolute(path))]


def brings_workbook(line: ReturnNews) -> bool:
    return line.reason in WITH_WORKBOOK and line.role != Seat.Role.COORDINATOR


def workbook_of(of_return: Return, on: date) -> Attachment:
    """Return the return's workbook as an attachment. It has no words of this round, which stay behind
    the sign-in."""
    # Here, because every process loads this module, and openpyxl takes memory.
    from workitems.returns.sheet import workbook_name, write_workbook

    name = workbook_name(of_return)
    return name, write_workbook(of_return, on, with_draft=False), content_type(name)


def shows_round(line: ReturnNews) -> bool:
    """True if the link must go to the round: a coordinator may not read an unsubmitted return."""
    return line.role == Seat.Role.COORDINATOR and line.of_return.submitted_at is None


def sentence(line: ReturnNews, on: date) -> str:
    due_on = line.due_on
    due = day_words(due_on)
    match line.reason:
        case Reason.OPENED:
            return _("The round is open. The return is due on {due}, {when}.").format(
                due=due, when=until(due_on, on)
            )
        case Reason.DUE_WEEK | Reason.DUE_DAY:
            return _("It is due on {due}, {when}.").format(due=due, when=until(due_on, on))
        case Reason.OVERDUE:
            return _("It was due on {due} and is overdue by {time}.").format(
                due=due, time=span_in_words(due_on, on)
            )
        case Reason.SENT_BACK:
            return sent_back(line)
        case Reason.READY:
            return ready(line)
        case Reason.REMINDED:
            is_late = due_on < on
            says = (
                _("It was due on {due} and is not submitted yet.")
                if is_late
                else _("It is due on {due} and is not submitted yet.")
            )
            return says.format(due=due)
        case Reason.EXTENDED:
            return _("The coordinator has extended the due date to {due}.").format(due=due)
        case Reason.ALONE:
            return _(
                "The coordinator lets one person write and submit it. Everywhere it then says "
                "“Written and submitted by one person”, with the reason."
            )
        case Reason.ENTERED:
            return _(
                "{person} is entering it for {agency}, from the email that you sent. You can write "
                "in it as well."
            ).format(person=line.of_return.entered_by, agency=line.agency)
        case Reason.SUBMITTED:
            return receipt(line)
        case Reason.ACCEPTED:
            accepted_on = line.of_return.accepted_on
            assert accepted_on is not None  # a constraint of every accepted return
            return _(
                "The coordinator accepted it on {day}. You have nothing more to do in this round."
            ).format(day=day_words(accepted_on))
        case _:
            raise ValueError(line.reason)  # not a reason of a return


def ready(line: ReturnNews) -> str:
    of_return = line.of_return
    if of_return.ready_at is None:
        return str(READY)
    said_on = localdate(of_return.ready_at)
    return _("{person} said on {day} that it is ready for approval.").format(
        person=of_return.ready_by, day=day_words(said_on)
    )


def receipt(line: ReturnNews) -> str:
    """Return what was submitted, by whom and when, with counts."""
    of_return = line.of_return
    assert of_return.submitted_at is not None and line.answers is not None
    at = localtime(of_return.submitted_at)
    counts = _answered(line.answers.answered, line.answers.total)
    if line.answers.unchanged:
        counts = _("{counts}, {count} of them with “no change”").format(
            counts=counts, count=line.answers.unchanged
        )
    says = (
        _("It was submitted by {person} on {day} at {time}: {counts}.")
        if of_return.submitted_by
        else _("It was submitted on {day} at {time}: {counts}.")
    )
    sentence = says.format(
        person=of_return.submitted_by,
        day=day_words(at),
        time=time_format(at, "g:i a"),
        counts=counts,
    )
    if is_from_mail(of_return):
        what_next = _(
            "The coordinator entered it for {agency} from your email. You can correct it until it "
            "is accepted."
        ).format(agency=line.agency)
    else:
        what_next = _("An approver can recall it until the coordinator opens it.")
    return f"{sentence} {what_next}"


def _answered(answered: int, total: int) -> str:
    return ngettext(
        "{answered} of {count:,} item answered", "{answered} of {count:,} items answered", total
    ).format(answered=answered, count=total)


def sent_back(line: ReturnNews) -> str:
    if line.note is not None:
        return _("{person} sent it back to the writers on {day}: “{note}”").format(
            person=line.note.by, day=day_words(localdate(line.note.at)), note=line.note.body
        )
    notes = [each.note for each in line.mendings if not each.note.is_own]
    if not notes:
        return _("The coordinator sent it back.")
    sent_on = localdate(notes[0].at)
    numbers = [note.item.number for note in notes if note.item]
    if not numbers:
        return _("The coordinator sent it back on {day} with a note.").format(
            day=day_words(sent_on)
        )
    named = list_in_words(numbers)
    return ngettext(
        "The coordinator sent it back on {day} with a note on item {numbers}.",
        "The coordinator sent it back on {day} with notes on items {numbers}.",
        len(numbers),
    ).format(day=day_words(sent_on), numbers=named)


def progress_of(lines: Sequence[ReturnNews]) -> str:
    """Return a sentence on how complete the return is, or "" if one of its lines says so."""
    first = lines[0]
    if first.answers is None:
        return ""
    if first.answers.answered < first.answers.total:
        says = _answered(first.answers.answered, first.answers.total)
        wanted = sum(each.measure is not None for each in first.answers.missing)
        return f"{says}; {to_answer_in_words(wanted)}." if wanted else f"{says}."
    if first.answers.missing:
        if shows_round(first):
            return _("Every item is answered, but it cannot be submitted yet.")
        things = len(first.answers.missing)
        return ngettext(
            "Every item is answered, but {count} thing is missing before it can be submitted.",
            "Every item is answered, but {count} things are missing before it can be submitted.",
            things,
        ).format(count=things)
    if {line.reason for line in lines} & {Reason.READY, Reason.SENT_BACK}:
        return ""
    if first.is_ready:
        return str(READY)
    count = sum(not each.is_mended for each in first.mendings)
    if not count:
        return ""
    return ngettext(
        "{count:,} note to answer before it is submitted again.",
        "{count:,} notes to answer before it is submitted again.",
        count,
    ).format(count=count)


def why_you(line: ReturnNews) -> str:
    """Return why this person gets the notice, or "" if it is their turn."""
    agency = line.of_return.agency
    if line.why == Why.TURN:
        return ""
    if line.why == Why.LATE:
        if line.role == Seat.Role.APPROVER:
            return _("It is late, so the agency’s approvers are told as well.")
        return _("It is late and its agency has been told, so the coordinator is told as well.")
    if line.role == Seat.Role.APPROVER:
        return _("{agency} has no contributor at present, so this comes to its approvers.").format(
            agency=agency
        )
    if line.reason == Reason.READY:
        return _(
            "{agency} has no approver who may submit it, so this comes to the coordinator."
        ).format(agency=agency)
    return _(
        "{agency} has no contributor or approver at present, so this comes to the coordinator."
    ).format(agency=agency)


def state_of(line: ReturnNews, on: date) -> str:
    """Return the end of the subject line "Return of Police …"."""
    due_on = line.due_on
    match line.reason:
        case Reason.OPENED:
            return _("is open until {day}").format(day=day_words(due_on))
        case Reason.DUE_WEEK | Reason.DUE_DAY:
            return _("is due {when}").format(when=until(due_on, on))
        case Reason.OVERDUE:
            return _("is overdue by {time}").format(time=span_in_words(due_on, on))
        case Reason.SENT_BACK:
            return _("was sent back")
        case Reason.READY:
            return _("is ready for approval")
        case Reason.REMINDED:
            return _("is not submitted yet")
        case Reason.EXTENDED:
            return _("is now due on {day}").format(day=day_words(due_on))
        case Reason.ALONE:
            return _("may be submitted by one person")
        case Reason.ENTERED:
            return _("is being entered from your email")
        case Reason.SUBMITTED:
            return _("was submitted")
        case Reason.ACCEPTED:
            return _("was accepted")
        case _:
            raise ValueError(line.reason)  # not a reason of a return
