"""The measures on a return's page, and saving what is said of them."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from agencies.typed.fields import say_refusal
from workitems.measures.asked import AskedMeasure, measures_asked
from workitems.measures.forms import values_of
from workitems.measures.services.values import Answer, same_as_last
from workitems.models import MeasureValue, Return
from workitems.plan import services
from workitems.plan.views.lookups import signed_in
from workitems.returns.forms.measure_answers import MeasureAnswerForm
from workitems.returns.forms.returns import Held
from workitems.returns.return_page import takes_answers
from workitems.returns.services import measure_answers
from workitems.returns.views.answers import as_shown, number_in, saves_by_itself, why_locked

# Buttons, each with the measure's id: the last number again, and what this return says taken back.
SAME, CLEAR = "same", "clear"


@dataclass
class MeasureEntry:
    """A measure on the page, with its form if the return is being written."""

    asked: AskedMeasure
    form: MeasureAnswerForm | None = None
    theirs: MeasureValue | None = None
    held: list[Held] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    is_saved: bool = False
    written: MeasureValue | None = None
    version_shown: int = 0

    @property
    def version_read(self) -> int:
        """Version of the number that the user has seen: just written, or shown on their page."""
        return self.written.version if self.written else self.version_shown

    @property
    def pk(self) -> int:
        return self.asked.measure.pk

    @property
    def is_wrong(self) -> bool:
        form = self.form
        return bool(self.refusals) or bool(form and form.is_touched() and form.errors)


def measure_entries(
    of_return: Return, asked: list[AskedMeasure], data: QueryDict | None = None
) -> list[MeasureEntry]:
    """Return the measures with their forms, bound to `data` where it has their fields."""
    if not takes_answers(of_return):
        return [MeasureEntry(each) for each in asked]
    entries = []
    for each in asked:
        # The script sends no more than the version of what it has saved already.
        is_posted = data is not None and f"v{each.measure.pk}-note" in data
        shown = number_in(data, f"v{each.measure.pk}-version")
        value = as_shown(each.value, shown) if is_posted else each.value
        if value is not None:
            value.measure = each.measure
        posted = data if is_posted else None
        form = MeasureAnswerForm.in_return(of_return, each, value, localdate(), posted)
        if is_posted:
            form.begin_as_shown()
        entries.append(MeasureEntry(each, form, version_shown=shown))
    return entries


def keep_measures(shown: list[MeasureEntry], typed: list[MeasureEntry]) -> list[MeasureEntry]:
    """Return the present measures, with what could not be saved as it was typed."""
    kept = {each.pk: each for each in typed if each.is_wrong}
    return [
        MeasureEntry(each.asked, was.form, was.theirs, was.held, was.refusals)
        if (was := kept.get(each.pk))
        else each
        for each in shown
    ]


def save_measure(
    request: HttpRequest,
    of_return: Return,
    entry: MeasureEntry,
    act: str = "",
    *,
    is_pause: bool = False,
) -> None:
    """Save what was changed. Errors are added to the form and `refusals`."""
    form = entry.form
    if form is None or not form.is_bound:
        return
    if not takes_answers(of_return):
        if form.is_touched():
            entry.refusals.append(
                gettext(
                    "“{measure}” is not saved: {why}. Copy your text before you leave this page."
                ).format(measure=entry.asked.measure.as_told, why=why_locked(of_return))
            )
        return
    last = entry.asked.last_answer
    if act == SAME and last is not None:
        day = form.fields["day"].clean(form["day"].data or "") if "day" not in form.errors else None
        _write(
            request,
            of_return,
            entry,
            form,
            same_as_last(last, day or form.usual_day),
            is_pause=False,
        )
    elif act == CLEAR:
        _clear(request, of_return, entry, form)
    elif form.is_touched() and form.is_valid():
        _save_typed(request, of_return, entry, form, is_pause=is_pause)


def _save_typed(
    request: HttpRequest,
    of_return: Return,
    entry: MeasureEntry,
    form: MeasureAnswerForm,
    *,
    is_pause: bool,
) -> None:
    answer = form.answer(form.usual_day)
    if answer is not None:
        _write(request, of_return, entry, form, answer, is_pause=is_pause)
    elif entry.asked.value is not None:
        _clear(request, of_return, entry, form)


def _write(
    request: HttpRequest,
    of_return: Return,
    entry: MeasureEntry,
    form: MeasureAnswerForm,
    answer: Answer,
    *,
    is_pause: bool,
) -> None:
    try:
        entry.written = measure_answers.answer_measure(
            of_return=of_return,
            measure=entry.asked.measure,
            answer=answer,
            version=number_in(form.data, form.add_prefix("version")),  # type: ignore[arg-type]
            by=signed_in(request),
            on=localdate(),
            at=timezone.now(),
            is_pause=is_pause,
        )
        entry.is_saved = True
    except services.Conflict as conflict:
        _compare(request, of_return, entry, form, conflict, is_pause=is_pause)
    except services.Refused as refusal:
        names = {refusal.field, *(name for _says, name in refusal.others)}
        form.asks_why |= "correction_reason" in names
        say_refusal(form, refusal)


def _compare(
    request: HttpRequest,
    of_return: Return,
    entry: MeasureEntry,
    form: MeasureAnswerForm,
    conflict: services.Conflict,
    *,
    is_pause: bool,
) -> None:
    """Ask about fields that both changed; else save again with what the other person wrote."""
    now = conflict.current
    if now is not None:
        now.measure = entry.asked.measure
    saved = values_of(now) if now else dict.fromkeys(form.fields)
    entry.held = form.merge(saved, version=now.version if now else 0)
    if entry.held:
        entry.theirs = now
        form.add_error(None, str(conflict))
    elif form.is_valid():
        _save_typed(request, of_return, entry, form, is_pause=is_pause)


def _clear(
    request: HttpRequest, of_return: Return, entry: MeasureEntry, form: MeasureAnswerForm
) -> None:
    try:
        measure_answers.clear_measure(
            of_return=of_return,
            measure=entry.asked.measure,
            version=number_in(form.data, form.add_prefix("version")),  # type: ignore[arg-type]
            by=signed_in(request),
        )
        entry.is_saved = True
    except services.Refused as refusal:
        entry.theirs = refusal.current
        entry.refusals.append(str(refusal))


def measure_json(request: HttpRequest, of_return: Return, entry: MeasureEntry) -> dict[str, Any]:
    """Return the JSON with which the script updates a measure after saving."""
    now = next(e for e in measures_asked(of_return, localdate()) if e.measure.pk == entry.pk)
    form, fresh = entry.form, measure_entries(of_return, [now])[0]
    errors: Any = form.errors if form and entry.is_wrong else {}
    found: dict[str, Any] = {
        "version": now.value.version if now.value else 0,
        "saved_at": time_format(localtime(), "g:i a"),
        "is_wanted": now.is_wanted,
        "answer": dict(_boxes(fresh.form)) if fresh.form else {},
        "errors": {
            "" if name == "__all__" else f"v{entry.pk}-{name}": [str(each) for each in messages]
            for name, messages in errors.items()
        },
        "refusals": entry.refusals,
        "asks_why": bool(form and form.asks_why),
        "printed": render_to_string(
            "workitems/returns/measure_printed.html", {"asked": now}, request
        ),
        "theirs": None,
    }
    if entry.held:
        context = {"entry": entry}
        found["theirs"] = render_to_string(
            "workitems/returns/measure_theirs.html", context, request
        )
    return found


def _boxes(form: MeasureAnswerForm) -> list[tuple[str, str]]:
    words = form.shown_words()
    return [(form.add_prefix(name), text) for name, text in words.items()]


def save_one(request: HttpRequest, of_return: Return, measure: int) -> JsonResponse:
    """Save one measure, for the script: 200, 409 with `theirs` if another user saved first, 422 with errors."""
    asked = [e for e in measures_asked(of_return, localdate()) if e.measure.pk == measure]
    if not asked or not takes_answers(of_return):
        raise Http404
    (entry,) = measure_entries(of_return, asked, request.POST)
    save_measure(
        request, of_return, entry, request.POST.get("act", ""), is_pause=saves_by_itself(request)
    )
    status = 409 if entry.held else 422 if entry.is_wrong else 200
    return JsonResponse(measure_json(request, of_return, entry), status=status)
