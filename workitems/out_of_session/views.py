"""Decide a variation out of session: ask the agencies, answer, record an answer, close, end."""

from collections.abc import Callable, Iterator
from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Seat, by_short_name
from agencies.pages.form_pages import carry_out, done, form_page
from agencies.pages.once import once
from agencies.people.submitting import submitters_of, without_approver
from workitems.meetings.addition_parts import addition_parts
from workitems.meetings.meeting_news import decided_notices
from workitems.meetings.variation_effect import Effects
from workitems.models import OutOfSession, OutOfSessionAnswer, Variation
from workitems.notices import mail_at_once
from workitems.notices.news import OtherNews
from workitems.out_of_session import services
from workitems.out_of_session.forms import (
    AnswerForm,
    AskAgenciesForm,
    CloseForm,
    EndForm,
    MoreTimeForm,
    RecordAnswerForm,
)
from workitems.out_of_session.news import due_notices
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.views.lookups import posted, require
from workitems.returns.news import notify_asked_again
from workitems.terms.word_diff import side_by_side
from workitems.variations.services.change_requests import effects_of
from workitems.variations.views.variations import visible_variation


@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask(request: HttpRequest, slug: str, variation: int) -> HttpResponse:
    row = visible_variation(request, slug, variation)
    require(request, "workitems.ask_agencies", row.plan)
    form = AskAgenciesForm(posted(request), on=localdate())
    on, at = localdate(), timezone.now()
    if made := carry_out(request, form, services.ask_agencies, variation=row, on=on, at=at):
        mail_at_once(lambda: approvers_news(made, on), on=on, at=at)
        return done(request, _("The agencies are asked. We’ll email their approvers now."), made)
    agencies = list(row.plan.agencies_on(on))
    members = len(agencies)
    without = [of.agency for of in submitters_of(agencies, on).values() if not of.approvers]
    return form_page(
        request,
        "workitems/out_of_session/ask.html",
        form,
        plan=row.plan,
        variation=row,
        members=members,
        quorum=row.plan.quorum_of(members),
        without_approver=without,
    )


def approvers_news(asked: OutOfSession, on: date) -> list[OtherNews]:
    """Return what the approvers are asked. The coordinator asks, and needs no mail about it now."""
    lines = due_notices(on, only=asked.pk)
    return [each for each in lines if each.role == Seat.Role.APPROVER]


def outcome_news(asked: OutOfSession, on: date) -> Iterator[OtherNews]:
    """Yield what was decided, for who was asked and for whom it concerns."""
    yield from due_notices(on, only=asked.pk)
    yield from decided_notices(on, only=asked.variation_id)


def visible(request: HttpRequest, slug: str, variation: int, pk: int) -> OutOfSession:
    row = visible_variation(request, slug, variation)
    asked = get_object_or_404(
        row.out_of_session_decisions.select_related("asked_by", "closed_by"), pk=pk
    )
    asked.variation = row
    return asked


@require_safe
def detail(request: HttpRequest, slug: str, variation: int, pk: int) -> HttpResponse:
    return show(request, visible(request, slug, variation, pk))


def answers_of(asked: OutOfSession) -> list[OutOfSessionAnswer]:
    """Return the answers with their agencies and evidence. Two queries."""
    rows = (
        asked.answers.asked()
        .select_related("agency", "answered_by")
        .prefetch_related("evidence__added_by")
        .order_by(by_short_name())
    )
    for row in rows:
        row.out_of_session = asked
    return list(rows)


def answer_form(row: OutOfSessionAnswer, data: Any = None, *, chosen: str = "") -> AnswerForm:
    """Return the form of an agency's answer. `chosen` is filled in while there is no answer; it comes from a link in an email."""
    form = AnswerForm(data, row=row, prefix=f"agency-{row.agency_id}")
    if not row.choice and chosen in OutOfSessionAnswer.Choice.values:
        form.initial["choice"] = chosen
    return form


def show(
    request: HttpRequest,
    asked: OutOfSession,
    acted: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the request and the answers. `acted` is the form of a refused act, by its name; the form
    of an answer is named by its agency's id."""
    acted = acted or {}
    on = localdate()
    variation = asked.variation
    rows = answers_of(asked)
    may_ask = asked.is_open and request.user.has_perm("workitems.ask_agencies", variation.plan)
    found = services.count(asked, on)
    was, now = side_by_side(variation.text_before, variation.text_after)
    adds = addition_parts(variation.addition)
    is_asked = asked.is_open and variation.kind == Variation.Kind.DATE
    whole = plan_at(variation.plan, Moment.present(variation.plan, on)) if is_asked else None
    effects = Effects(whole).of(variation) if whole else []
    if asked.is_open and not whole:
        effects = effects_of(variation)
    forms: dict[str, Any] = {}
    if may_ask:
        forms["extend_form"] = MoreTimeForm(row=asked, auto_id="id_extend_%s")
        forms["end_form"] = EndForm(auto_id="id_end_%s")
        if found.can_close:
            forms["close_form"] = CloseForm(
                plan=variation.plan, on=localdate(), auto_id="id_close_%s"
            )
    return render(
        request,
        "workitems/out_of_session/detail.html",
        {
            "plan": variation.plan,
            "asked": asked,
            "variation": variation,
            "was": was,
            "now": now,
            "adds": adds,
            "effects": effects,
            "today": on,
            "answers": rows,
            "without_approver": without_approver(
                {row.agency_id for row in rows if asked.is_open and not row.choice}, on
            ),
            "count": found,
            "is_over": asked.is_over(on),
            "state": asked.state_on(on),
            "own": [
                (
                    row,
                    acted.get(str(row.agency_id))
                    or answer_form(row, chosen=request.GET.get("answer", "")),
                )
                for row in rows
                if asked.is_open and request.user.has_perm("workitems.answer_out_of_session", row)
            ],
            "may_ask": may_ask,
            "acted": next(iter(acted.values()), None),
        }
        | forms
        | acted,
        status=status,
    )


def _answer(
    request: HttpRequest, slug: str, variation: int, pk: int, agency: int, permission: str
) -> OutOfSessionAnswer:
    asked = visible(request, slug, variation, pk)
    row = get_object_or_404(asked.answers.select_related("agency"), agency=agency)
    row.out_of_session = asked
    if permission == "workitems.ask_agencies":
        require(request, permission, asked.variation.plan)
        return row
    return require(request, permission, row)


@require_POST
def give_answer(
    request: HttpRequest, slug: str, variation: int, pk: int, agency: int
) -> HttpResponse:
    row = _answer(request, slug, variation, pk, agency, "workitems.answer_out_of_session")
    form = answer_form(row, request.POST)
    if carry_out(request, form, services.give_answer, answer=row, at=timezone.now()):
        message = _(
            "The answer of {agency} is saved. You can change it until the decision is closed."
        )
        return done(request, message, row.out_of_session, agency=row.agency)
    return show(request, row.out_of_session, {str(row.agency_id): form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record_answer(
    request: HttpRequest, slug: str, variation: int, pk: int, agency: int
) -> HttpResponse:
    """Record an answer that came by email, with the email as evidence."""
    row = _answer(request, slug, variation, pk, agency, "workitems.ask_agencies")
    form = RecordAnswerForm(
        posted(request), request.FILES if request.method == "POST" else None, row=row
    )
    if carry_out(request, form, services.record_answer, answer=row, at=timezone.now()):
        message = _(
            "The answer of {agency} is recorded. Its approvers can change it until you close the decision."
        )
        return done(request, message, row.out_of_session, agency=row.agency)
    return form_page(
        request,
        "workitems/out_of_session/record.html",
        form,
        plan=row.out_of_session.variation.plan,
        asked=row.out_of_session,
        variation=row.out_of_session.variation,
        answer=row,
    )


def _act(
    request: HttpRequest,
    asked: OutOfSession,
    name: str,
    form: Any,
    service: Callable[..., OutOfSession],
    message: str,
    **how: Any,
) -> HttpResponse:
    if made := carry_out(request, form, service, asked=asked, on=localdate(), **how):
        return done(
            request,
            message,
            asked,
            reference=made.variation.reference,
            state=made.get_state_display().lower(),
        )
    return show(request, asked, {name: form}, status=422)


def _to_act_on(request: HttpRequest, slug: str, variation: int, pk: int) -> OutOfSession:
    asked = visible(request, slug, variation, pk)
    require(request, "workitems.ask_agencies", asked.variation.plan)
    return asked


@require_POST
@once
def close(request: HttpRequest, slug: str, variation: int, pk: int) -> HttpResponse:
    asked = _to_act_on(request, slug, variation, pk)
    form = CloseForm(request.POST, plan=asked.variation.plan, on=localdate(), auto_id="id_close_%s")
    message = _("{reference} is {state}.")
    on, at = localdate(), timezone.now()
    response = _act(request, asked, "close_form", form, services.close, message, at=at)
    if response.status_code == HTTPStatus.FOUND:
        mail_at_once(lambda: outcome_news(asked, on), on=on, at=at)
        notify_asked_again(asked.variation, on=on, at=at)
    return response


@require_POST
def extend(request: HttpRequest, slug: str, variation: int, pk: int) -> HttpResponse:
    asked = _to_act_on(request, slug, variation, pk)
    form = MoreTimeForm(request.POST, row=asked, on=localdate(), auto_id="id_extend_%s")
    return _act(request, asked, "extend_form", form, services.extend, _("The new date is saved."))


@require_POST
def end(request: HttpRequest, slug: str, variation: int, pk: int) -> HttpResponse:
    asked = _to_act_on(request, slug, variation, pk)
    form = EndForm(request.POST, auto_id="id_end_%s")
    message = _("Ended without a decision. {reference} stays with the working group.")
    return _act(request, asked, "end_form", form, services.end, message)
