"""What is next with a briefing, by whom and by when: one rule for the list, the workshop and the desk.

Pure functions. Nothing here reads a row, asks the clock or asks who is reading.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.wording.translation import StrOrPromise
from reports.models import Briefing

State = Briefing.State


class Who(StrEnum):
    """Who takes a step."""

    COORDINATOR = "coordinator"
    AGENCIES = "agencies"
    MANAGER = "manager"
    OFFICE = "office"

    @property
    def label(self) -> StrOrPromise:
        return _WHO[self]


_WHO: dict[Who, StrOrPromise] = {
    Who.COORDINATOR: gettext_lazy("Coordinator"),
    Who.AGENCIES: gettext_lazy("Agencies"),
    Who.MANAGER: gettext_lazy("Authorising manager"),
    Who.OFFICE: gettext_lazy("Minister’s office"),
}


class Act(StrEnum):
    """What is done in a step."""

    BEGIN = "begin"
    FIX = "fix"
    EDIT = "edit"
    CONSULT = "consult"
    RESOLVE = "resolve"
    REMIND = "remind"
    ANSWERS = "answers"
    ASK = "ask"
    AUTHORISE = "authorise"
    SEND = "send"
    ANSWER = "answer"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a briefing is.

    `problems` are those that its coordinator can fix now before the next step; None where the checks did not run, as
    they compose the paper. `unanswered` and `late` are agencies that were asked, `first_due` is when the first answer is
    due, and `unresolved` are comments. `to_follow_up`: whether the Minister's answer asks for something that has no
    action yet.
    """

    state: str
    dated: date
    deadline: date | None = None
    is_drafted: bool = True
    is_corrected: bool = False
    problems: int | None = None
    unanswered: int = 0
    late: int = 0
    first_due: date | None = None
    unresolved: int = 0
    to_follow_up: bool = False


@dataclass(frozen=True)
class Next:
    """The next step: what it is, in words that a button can have, by whom, and by when if that is known."""

    act: Act
    words: str
    who: Who
    by: date | None = None


def next_of(of: Standing) -> Next | None:
    """Return the next step, or None of a briefing that is closed or withdrawn.

    What the coordinator can do comes before what the agencies are waited for.
    """
    if of.state == State.DRAFTING:
        return _drafting(of)
    if of.state == State.IN_CONSULTATION:
        return _in_consultation(of)
    if of.state == State.AWAITING:
        return Next(Act.AUTHORISE, _("Read and authorise"), Who.MANAGER, of.deadline)
    if of.state == State.AUTHORISED:
        words = _("Mark as sent to the Minister")
        return Next(Act.SEND, words, Who.COORDINATOR, of.deadline)
    if of.state == State.WITH_MINISTER:
        return Next(Act.ANSWER, _("Read and answer"), Who.OFFICE, of.deadline)
    if of.state == State.RETURNED and of.to_follow_up:
        return Next(Act.FOLLOW_UP, _("Follow up the Minister’s answer"), Who.COORDINATOR)
    if of.state == State.RETURNED:
        return Next(Act.CLOSE, _("Close the briefing"), Who.COORDINATOR)
    return None


def _drafting(of: Standing) -> Next:
    def step(act: Act, words: str) -> Next:
        return Next(act, words, Who.COORDINATOR, of.dated)

    if not of.is_drafted:
        return step(Act.BEGIN, _("Begin the draft"))
    if of.problems:
        return step(Act.FIX, _("Fix the problems"))
    if of.is_corrected:
        return step(Act.ASK, _("Ask for authorisation"))
    if of.problems is None:
        return step(Act.EDIT, _("Open the draft"))
    return step(Act.CONSULT, _("Ask the agencies"))


def _in_consultation(of: Standing) -> Next:
    if of.unresolved:
        words = ngettext("Resolve {count} comment", "Resolve {count} comments", of.unresolved)
        return Next(Act.RESOLVE, words.format(count=of.unresolved), Who.COORDINATOR, of.dated)
    if of.problems:
        return Next(Act.FIX, _("Fix the problems"), Who.COORDINATOR, of.dated)
    if of.late:
        words = ngettext("Remind {count} agency", "Remind {count} agencies", of.late)
        return Next(Act.REMIND, words.format(count=of.late), Who.COORDINATOR, of.dated)
    if of.unanswered:
        words = ngettext(
            "{count} agency has not answered",
            "{count} agencies have not answered",
            of.unanswered,
        ).format(count=of.unanswered)
        return Next(Act.ANSWERS, words, Who.AGENCIES, of.first_due)
    return Next(Act.ASK, _("Ask for authorisation"), Who.COORDINATOR, of.dated)
