"""Conversations: those on a subject with the form to begin one, one alone, and what is done with its notes."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.pages.form_pages import carry_out, done, form_page, refusals_in_messages, saved
from agencies.pages.once import once
from agencies.pages.transactions import writes_on_get
from workitems.models import (
    Matter,
    Mention,
    Milestone,
    Note,
    Plan,
    Return,
    Risk,
    Variation,
    WorkItem,
)
from workitems.notes import services
from workitems.notes.conversations import Conversation, Talk, conversations, own_members, talk_on
from workitems.notes.forms import (
    AnswerForm,
    EditForm,
    SettleForm,
    WithdrawForm,
    WriteForm,
    readers_offered,
)
from workitems.notes.news import asked_news
from workitems.notes.read_conversations import keep_read, mark_new
from workitems.notes.readers import Askable, Readers
from workitems.notices.sending import mail_at_once
from workitems.plan.asat import Moment
from workitems.plan.views.lookups import after_act, posted, require, signed_in, visible_plan
from workitems.rules import coordinates_plan

FORM_METHODS = ["GET", "HEAD", "POST"]
# The rows of a plan on which people converse, by the kind in the address.
ROWS: dict[str, Callable[[Plan], Any]] = {
    "item": lambda plan: plan.items.select_related("lead_agency"),
    "milestone": lambda plan: Milestone.objects.filter(item__plan=plan).select_related("item"),
    "variation": lambda plan: Variation.objects.filter(plan=plan).select_related(
        "item", "milestone"
    ),
    "risk": lambda plan: Risk.objects.filter(plan=plan).select_related("item"),
    "matter": lambda plan: Matter.objects.filter(meeting__plan=plan).select_related("meeting"),
    "of_return": lambda plan: Return.objects.filter(round__plan=plan).select_related(
        "round", "agency"
    ),
}


def visible_subject(request: HttpRequest, plan: Plan, kind: str, pk: int) -> Any:
    """Return the row that conversations are about, with the plan, or raise 404 if the user may not read it."""
    if kind not in ROWS:
        raise Http404
    row = get_object_or_404(ROWS[kind](plan), pk=pk)
    if isinstance(row, Return):
        row.round.plan = plan
        require(request, "workitems.read_return", row)
    elif isinstance(row, Matter):
        row.meeting.plan = plan
    elif isinstance(row, Milestone):
        row.item.plan = plan
    else:
        row.plan = plan
        if not isinstance(row, WorkItem) and row.item is not None:
            row.item.plan = plan
    return row


def page_of_subject(row: Any) -> dict[str, str]:
    """Return the address and name of the page about a subject: a milestone's is its item's, a matter's its meeting's."""
    of = row.item if isinstance(row, Milestone) else row.meeting if isinstance(row, Matter) else row
    return {"url": of.get_absolute_url(), "page_name": str(of)}


def taking_part(row: Any) -> set[int]:
    """Return the agencies that take part in what a conversation is about."""
    found: set[int] = set()
    item = row if isinstance(row, WorkItem) else getattr(row, "item", None)
    if item is not None:
        found = {item.lead_agency_id, *item.supports.values_list("agency", flat=True)}
    names = ("responsible_agency_id", "requesting_agency_id", "owner_agency_id")
    if isinstance(row, Return):
        found.add(row.agency_id)
    return found | {getattr(row, name) for name in names if hasattr(row, name)}


def visible_note(request: HttpRequest, plan: Plan, pk: int, *, begins: bool = False) -> Note:
    """Return a note that the user reads, with its conversation's subject, or raise 404."""
    rows = Note.objects.filter(plan=plan).readable_by(signed_in(request)).on_subjects()
    note = get_object_or_404(rows.beginning() if begins else rows, pk=pk)
    note.plan = plan
    if note.first is not None:
        note.first.plan = plan
    _with_plan(note.subject, plan)
    return note


def _with_plan(subject: Any, plan: Plan) -> None:
    item = subject if isinstance(subject, WorkItem) else getattr(subject, "item", None)
    if item is not None:
        item.plan = plan
    if isinstance(subject, Matter):
        subject.meeting.plan = plan
    elif isinstance(subject, Return):
        subject.round.plan = plan
    elif isinstance(subject, Variation | Risk):
        subject.plan = plan


def mail_asked(note: Note) -> None:
    """Email the people whom a note asks by name, once the transaction is committed."""
    on = localdate()
    mail_at_once(lambda: asked_news(on, only=note.pk), on=on, at=timezone.now())


@require_http_methods(FORM_METHODS)
@writes_on_get  # that the conversations are read
@once
def on_subject(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """The conversations on a subject, and for those who may the form to begin another."""
    plan, user, on = visible_plan(request, slug), signed_in(request), localdate()
    require(request, "workitems.read_notes", plan)
    subject = visible_subject(request, plan, kind, pk)
    may_write = user.has_perm("workitems.write_note", plan)
    if request.method == "POST":
        require(request, "workitems.write_note", plan)
    readers = Readers(plan, on)
    offered = readers_offered(
        list(readers.agencies.values()),
        own_members(user, plan),
        plan.coordinating_agency_id,
        coordinates=coordinates_plan.test(user, plan),
        of_return=subject.agency_id if kind == "of_return" else None,
    )
    form = WriteForm(
        posted(request),
        readers=offered,
        agencies=readers.agencies,
        askable=readers.choices(taking_part(subject)),
    )
    note = carry_out(
        request, form, services.write, plan=plan, kind=kind, subject=subject, at=timezone.now()
    )
    if note:
        mail_asked(note)
        return done(
            request, _("The note is written. Who can read it: {who}."), note, who=note.readers_words
        )
    moment = _moment(plan, kind)
    talk = talk_on(user, plan, kind, subject, moment)
    if moment.is_now and request.method == "GET":
        keep_read(mark_new(user, talk.conversations, timezone.now()))
    return form_page(
        request,
        "workitems/notes/on_subject.html",
        form,
        plan=plan,
        **page_of_subject(subject),
        place=Note(**{kind: subject}).place,
        talk=talk,
        may_write=may_write and bool(offered) and moment.is_now,
    )


def _moment(plan: Plan, kind: str) -> Moment:
    """Return the moment that is shown: of an ended plan its end, but for its returns, which may still be open."""
    on = localdate()
    return Moment.today(on) if kind == "of_return" else Moment.present(plan, on)


@require_http_methods(FORM_METHODS)
@writes_on_get  # that it is read
@once
def conversation(request: HttpRequest, slug: str, note: int) -> HttpResponse:
    """One conversation, with the form to answer."""
    plan, user = visible_plan(request, slug), signed_in(request)
    first = visible_note(request, plan, note, begins=True)
    may_answer = user.has_perm("workitems.answer_note", first)
    if request.method == "POST":
        require(request, "workitems.answer_note", first)
    form = AnswerForm(posted(request), askable=_askable(first))
    written = carry_out(request, form, services.answer, first=first, at=timezone.now())
    if written:
        mail_asked(written)
        written.plan = plan
        return done(request, _("Your answer is written."), written)
    moment = _moment(plan, first.kind)
    may_answer = may_answer and moment.is_now
    (shown,) = conversations(user, plan, Q(pk=first.pk), moment, may_write=may_answer)
    if request.method == "GET":
        keep_read(mark_new(user, [shown], timezone.now()))
    return form_page(
        request,
        "workitems/notes/conversation_page.html",
        form,
        plan=plan,
        first=first,
        **page_of_subject(first.subject),
        talk=Talk([Conversation(shown.first, shown.notes, "", False)], plan, ""),
        may_answer=may_answer,
    )


def _askable(note: Note) -> Askable:
    begins = note.begins
    return Readers(note.plan, localdate()).choices(taking_part(begins.subject), begins)


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, slug: str, note: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = require(request, "workitems.change_note", visible_note(request, plan, note))
    form = EditForm(posted(request), row=row, askable=_askable(row))
    if changed := carry_out(request, form, services.edit, note=row, at=timezone.now()):
        mail_asked(changed)
        return saved(request, form, changed, _("Your note is saved."), row)
    return form_page(request, "workitems/notes/edit.html", form, note=row)


@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, slug: str, note: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = require(request, "workitems.change_note", visible_note(request, plan, note))
    form = WithdrawForm(posted(request), row=row)
    if carry_out(request, form, services.withdraw, note=row, at=timezone.now()):
        return done(request, _("Your note is withdrawn."), row)
    return form_page(request, "workitems/notes/withdraw.html", form, note=row)


@require_http_methods(FORM_METHODS)
def settle(request: HttpRequest, slug: str, note: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = require(request, "workitems.answer_note", visible_note(request, plan, note, begins=True))
    form = SettleForm(posted(request), row=row)
    if carry_out(request, form, services.settle, first=row, at=timezone.now()):
        return done(request, _("The conversation is settled."), row)
    return form_page(request, "workitems/notes/settle.html", form, note=row)


@require_POST
def close_question(request: HttpRequest, slug: str, mention: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = get_object_or_404(
        Mention.objects.filter(
            note__in=Note.objects.filter(plan=plan).readable_by(signed_in(request))
        ).select_related("note"),
        pk=mention,
    )
    row.note.plan = plan
    require(request, "workitems.close_question", row)
    with refusals_in_messages(request):
        services.close_question(mention=row, by=signed_in(request), at=timezone.now())
    return after_act(request, row.note)
