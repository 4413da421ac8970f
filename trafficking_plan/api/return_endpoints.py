"""Returns, and the drafts of their answers on items, saved by the services of the return's page with its refusals.

A program writes drafts only: submitting a return is a person's act.
"""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from agencies.models import Token, by_short_name
from trafficking_plan.api import as_json
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.problems import Problem, Wrong
from trafficking_plan.api.schemas import Id, Page, Pages, Sent, ShortText
from workitems.models import Return, WorkItem
from workitems.plan.views.lookups import require, visible_plan
from workitems.returns.page_milestones import MilestoneLine
from workitems.returns.page_sections import Section
from workitems.returns.return_page import one_section, return_page
from workitems.returns.views.answer_saving import save_entry
from workitems.returns.views.answers import (
    NO_CHANGE,
    SAVE,
    Entry,
    entries_of,
    refuse_gone_milestones,
)
from workitems.returns.views.return_access import visible_return, writing_for
from workitems.returns.views.rounds import rounds_of

router = Router(tags=["Returns"])
READ, WRITE = Token.Scope.READ, Token.Scope.WRITE
LONGEST_TEXT = 20_000  # the forms refuse shorter ones, with a sentence
Text = Field("", max_length=LONGEST_TEXT)
Version = Field(0, ge=0, le=2**31 - 1)


class ReturnLine(Schema):
    agency: int
    agency_name: str
    state: str
    due_on: Any
    submitted_at: Any
    accepted_on: Any
    url: str


class RoundOut(Schema):
    id: int
    name: str
    period_start: Any
    period_end: Any
    due_on: Any
    is_open: bool
    returns: list[ReturnLine]


class RoundLines(Page):
    results: list[RoundOut]


class Answer(Schema):
    """What the return says of an item. `version` is 0 before there is an answer."""

    version: int
    stage: str
    confidence: str
    achieved: str
    planned_next: str
    challenges: str
    key_achievement: str
    no_change_on: Any
    written_at: Any


class Answered(Schema):
    item: str
    title: str
    is_led: bool
    answer: Answer | None


class ReturnOut(ReturnLine):
    round: int
    version: int
    missing: list[str]
    items: list[Answered]


class MilestoneToAnswer(Schema):
    number: int
    description: str
    version: int
    is_asked: bool
    answer_version: int
    outcome: str


class SectionOut(Answered):
    item_version: int
    milestones: list[MilestoneToAnswer]


class AnswerIn(Sent):
    """The whole answer on an item: what is left out is empty. `version` is that of the answer that it replaces,
    0 for none. With `no_change`, the rest is not read."""

    version: int = Version
    item_version: int | None = Field(None, ge=0, le=2**31 - 1)
    no_change: bool = False
    stage: ShortText = ""
    confidence: ShortText = ""
    achieved: str = Text
    planned_next: str = Text
    challenges: str = Text
    key_achievement: ShortText = "no"


class MilestoneAnswerIn(Sent):
    """What happened to a milestone. `version` is the milestone's, `answer_version` that of the return's answer, 0
    for none. A due date is a day, a month or a quarter: 2027-06-30, 2027-06, 2027-Q2."""

    version: int = Version
    answer_version: int = Version
    outcome: ShortText = Field(
        "", description="done, not_yet, or no_date if its expected date has passed"
    )
    completed_on: ShortText = ""
    shown_by: str = Text
    forecast_due: ShortText = ""
    reason: str = Text
    cause: ShortText = ""
    effect: str = Text
    meanwhile: str = Text
    needs: str = Text
    money_from: str = Text
    if_declined: str = Text
    mitigation: str = Text
    owner_agency: Id | None = None
    mitigation_due_on: ShortText = ""
    settlement: ShortText = ""
    settling_agency: Id | None = None
    settling_other: ShortText = ""
    settling_by: ShortText = ""


# --- reading --------------------------------------------------------------------------------


@router.get("/plans/{slug:slug}/returns/", response=RoundLines, summary="Rounds and their returns")
def rounds(request: HttpRequest, slug: str, asked: Query[Pages]) -> Row:
    """The plan's rounds, newest first, and how far each agency's return is."""
    may(request, READ)
    plan = visible_plan(request, slug)
    frame, shown = as_json.paged(request, list(rounds_of(plan)), asked.page, asked.limit)
    of_rounds: dict[int, list[Return]] = {each.pk: [] for each in shown}
    found = Return.objects.filter(round__in=shown).select_related("agency", "round")
    for each in found.order_by(by_short_name()):
        of_rounds[each.round_id].append(each)
    return frame | {
        "results": [
            {
                "id": each.pk,
                "name": each.name,
                "period_start": each.period_start,
                "period_end": each.period_end,
                "due_on": each.due_on,
                "is_open": each.is_open,
                "returns": [_line(request, slug, row) for row in of_rounds[each.pk]],
            }
            for each in shown
        ]
    }


def _line(request: HttpRequest, slug: str, row: Return) -> Row:
    address = reverse("api:return", args=[slug, row.round_id, row.agency_id])
    return {
        "agency": row.agency_id,
        "agency_name": row.agency.short_name,
        "state": row.state,
        "due_on": row.due_on,
        "submitted_at": row.submitted_at and timezone.localtime(row.submitted_at),
        "accepted_on": row.accepted_on,
        "url": request.build_absolute_uri(address),
    }


@router.get(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/",
    response=ReturnOut,
    summary="One return",
    url_name="return",
)
def one_return(request: HttpRequest, slug: str, round: int, agency: int) -> Row:
    """A return with its answers, for those who read it on its page: others than its agency read what was
    submitted. Reading it here is not the coordinator’s opening it."""
    may(request, READ)
    of_return = visible_return(request, slug, round, agency)
    is_writer = request.user.has_perm("workitems.write_update", of_return)
    page = return_page(
        of_return,
        timezone.localdate(),
        is_for_reading=not is_writer,
        with_fields=False,
        as_handed_in=not is_writer,
    )
    return _line(request, slug, of_return) | {
        "round": round,
        "version": of_return.version,
        "missing": [fault.says for section in page.sections for fault in section.missing],
        "items": [_answered(section) for section in page.sections],
    }


def _answered(section: Section) -> Row:
    update = section.update
    answer = None
    if update is not None:
        answer = {
            name: getattr(update, name)
            for name in ("version", "stage", "confidence", "achieved", "planned_next", "challenges")
        } | {
            "key_achievement": update.key_achievement,
            "no_change_on": update.no_change_on,
            "written_at": update.written_at and timezone.localtime(update.written_at),
        }
    return {
        "item": section.item.number,
        "title": section.item.title,
        "is_led": section.is_led,
        "answer": answer,
    }


# --- drafts ---------------------------------------------------------------------------------


def _to_write(
    request: HttpRequest, slug: str, round: int, agency: int, number: str
) -> tuple[Return, WorkItem]:
    """Return the return and the item, if the program may write the answer on it."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    items = of_return.round.plan.items.answered_by(of_return.agency_id)
    return of_return, get_object_or_404(items, number=number)


def _section(of_return: Return, item: WorkItem) -> Row:
    section = one_section(of_return, item, timezone.localdate(), with_milestones=True)
    return _answered(section) | {
        "item_version": section.item.version,
        "milestones": [_milestone(line) for line in section.milestones],
    }


def _milestone(line: MilestoneLine) -> Row:
    return {
        "number": line.milestone.number,
        "description": line.milestone.description,
        "version": line.milestone.version,
        "is_asked": line.is_asked,
        "answer_version": line.answer.version if line.answer else 0,
        "outcome": line.answer.outcome if line.answer else "",
    }


@router.get(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/items/{number}/",
    response=SectionOut,
    summary="The draft of the answer on an item",
)
def answer(request: HttpRequest, slug: str, round: int, agency: int, number: str) -> Row:
    """The answer as it is now, with the versions that a change has to name. Only for its writers."""
    may(request, READ)
    of_return, item = _to_write(request, slug, round, agency, number)
    return _section(of_return, item)


@router.put(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/items/{number}/",
    response=SectionOut,
    summary="Save the draft of the answer on an item",
    url_name="answer",
)
def save_answer(
    request: HttpRequest, slug: str, round: int, agency: int, number: str, body: AnswerIn
) -> Row:
    """Replace the answer on an item. 409, with the present version, if another was saved meanwhile."""
    may(request, WRITE)
    of_return, item = _to_write(request, slug, round, agency, number)
    answer = body.model_dump(exclude={"no_change", "item_version"})
    answer["item_version"] = item.version if body.item_version is None else body.item_version
    if body.no_change:
        answer |= {"achieved": "", "planned_next": "", "challenges": ""}
    data = as_form(f"i{item.pk}", answer)
    _save(request, of_return, item, data, NO_CHANGE if body.no_change else SAVE)
    return _section(of_return, item)


@router.put(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/items/{number}/milestones/{int:milestone}/",
    response=SectionOut,
    summary="Save the draft of the answer on a milestone",
)
def save_milestone(
    request: HttpRequest,
    slug: str,
    round: int,
    agency: int,
    number: str,
    milestone: int,
    body: MilestoneAnswerIn,
) -> Row:
    """Say what happened to a milestone. It takes effect when the return is submitted."""
    may(request, WRITE)
    of_return, item = _to_write(request, slug, round, agency, number)
    step = get_object_or_404(item.milestones, number=milestone)
    if not body.outcome:
        detail = "Choose done or not yet."
        raise Problem(422, detail, wrong=[("outcome", detail)])
    entry = _save(request, of_return, item, as_form(f"m{step.pk}", body.model_dump()), SAVE)
    if all(each.line.milestone.pk != step.pk for each in entry.milestones):
        raise Http404
    return _section(of_return, item)


def as_form(prefix: str, values: dict[str, Any]) -> QueryDict:
    """Return what was sent as the return's page would post it."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data[f"{prefix}-{name}"] = "" if value is None else str(value)
    return data


def _save(
    request: HttpRequest, of_return: Return, item: WorkItem, data: QueryDict, act: str
) -> Entry:
    """Save as the page does. Raise `Problem` with what the page would say."""
    section = one_section(of_return, item, timezone.localdate(), with_milestones=True)
    entry = entries_of(of_return, [section], data)[0]
    with writing_for(request, of_return):
        save_entry(request, of_return, entry, act)
        refuse_gone_milestones(of_return, [entry], data)
    refuse_wrong(
        entry.refusals,
        # “No change” reads nothing of the answer's own form.
        [each for each in entry.forms if not (act == NO_CHANGE and each is entry.form)],
        entry.theirs,
    )
    return entry


def refuse_wrong(refusals: Iterable[str], forms: Iterable[Any], theirs: Any) -> None:
    """Raise `Problem` with what the return's page would say. `theirs` is what another user saved first."""
    wrong: list[Wrong] = [(None, message) for message in refusals]
    for form in forms:
        if form.is_touched():
            wrong += [
                (None if name == "__all__" else name, str(message))
                for name, errors in form.errors.items()
                for message in errors
            ]
    if theirs is not None:
        raise Problem(409, wrong[0][1] if wrong else "", wrong=wrong, version=theirs.version)
    if wrong:
        raise Problem(422, wrong[0][1], wrong=wrong)
