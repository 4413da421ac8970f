"""What a return says of measures: read, and saved as a draft by the services of the return's page with its refusals."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from agencies.models import Token
from trafficking_plan.api import as_json
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.problems import Problem, Wrong
from trafficking_plan.api.return_endpoints import Text, Version, as_form, refuse_wrong
from trafficking_plan.api.schemas import KnownDate, MeasureKind, Sent, ShortText
from workitems.measures.asked import AskedMeasure, measures_asked
from workitems.measures.forms import ENTER_A_NUMBER
from workitems.models import Return
from workitems.plan.views.lookups import require
from workitems.returns.forms.measure_answers import MeasureAnswerForm
from workitems.returns.views.answers import why_locked
from workitems.returns.views.measure_answers import measure_entries, save_measure
from workitems.returns.views.return_access import visible_return, writing_for

router = Router(tags=["Returns"])
READ, WRITE = Token.Scope.READ, Token.Scope.WRITE


class NumberOut(Schema):
    """What the return says of a measure."""

    starts_on: date | None
    day: date
    number: float | None = Field(description="None if there is no number yet.")
    of: float | None
    counted_differently: bool
    note: str
    because: str
    expected_by: KnownDate | None
    correction_reason: str


class MeasureAsked(Schema):
    """A measure whose numbers the agency gives. `version` is 0 before the return says anything of it."""

    id: int
    item: str | None = Field(description="None of an outcome of the plan.")
    measure: str
    kind: MeasureKind
    last: str = Field(description="The number before this one, in words.")
    targets: list[str]
    is_wanted: bool = Field(description="Whether a number is due and not answered.")
    version: int
    answer: NumberOut | None
    sentence: str = Field(description="As it will print.")


class MeasuresAsked(Schema):
    results: list[MeasureAsked]


class NumberIn(Sent):
    """A number, or why there is none yet and by when; with nothing of it, what the return said is taken back. `version` is
    that of the answer that it replaces, 0 for none. Numbers and days are texts, read as on the page."""

    version: int = Version
    number: ShortText = Field("", description="1 or 0 of a yes or no.")
    of: ShortText = Field("", description="Of a share: of how many.")
    starts_on: ShortText = ""
    day: ShortText = Field(
        "", description="Without it: the end of the round, or today before that."
    )
    counted_differently: bool = False
    note: str = Text
    because: str = Text
    expected_by: ShortText = ""
    correction_reason: str = Text


def _to_write(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    return of_return


def _asked(of_return: Return, measure: int) -> AskedMeasure:
    for each in measures_asked(of_return, timezone.localdate()):
        if each.measure.pk == measure:
            return each
    raise Http404


def _row(each: AskedMeasure) -> Row:
    value = each.value
    answer = None
    if value is not None:
        names = ("starts_on", "day", "number", "of", "note", "because", "correction_reason")
        answer = {name: getattr(value, name) for name in names} | {
            "counted_differently": value.not_comparable,
            "expected_by": as_json.known(value.expected_by),
        }
    return {
        "id": each.measure.pk,
        "item": each.measure.item.number if each.measure.item else None,
        "measure": each.measure.as_told,
        "kind": each.measure.kind,
        "last": each.last_in_words,
        "targets": each.targets_in_words,
        "is_wanted": each.is_wanted,
        "version": value.version if value else 0,
        "answer": answer,
        "sentence": each.as_printed.sentence,
    }


@router.get(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/measures/",
    response=MeasuresAsked,
    summary="The drafts of the answers on measures",
    url_name="measure_answers",
)
def answers(request: HttpRequest, slug: str, round: int, agency: int) -> Row:
    """The measures that the agency answers, with what its return says now. Only for its writers."""
    may(request, READ)
    asked = measures_asked(_to_write(request, slug, round, agency), timezone.localdate())
    return {"results": [_row(each) for each in asked]}


@router.put(
    "/plans/{slug:slug}/returns/{int:round}/{int:agency}/measures/{int:measure}/",
    response=MeasureAsked,
    summary="Save the draft of the answer on a measure",
)
def save_number(
    request: HttpRequest, slug: str, round: int, agency: int, measure: int, body: NumberIn
) -> Row:
    """Give a number, or say why there is none yet. It counts when the return is accepted."""
    may(request, WRITE)
    of_return = _to_write(request, slug, round, agency)
    asked = _asked(of_return, measure)
    said: dict[str, Any] = body.model_dump()
    said["counted"] = "yes" if said.pop("counted_differently") else ""
    (entry,) = measure_entries(of_return, [asked], as_form(f"v{measure}", said))
    if entry.form is None:
        raise Problem(422, f"The number is not saved: {why_locked(of_return)}.")
    if wrong := list(_unread(entry.form, said, asked)):
        raise Problem(422, wrong[0][1], wrong=wrong)
    with writing_for(request, of_return):
        save_measure(request, of_return, entry)
    refuse_wrong(entry.refusals, [entry.form], entry.theirs)
    return _row(_asked(of_return, measure))


def _unread(form: MeasureAnswerForm, said: Row, asked: AskedMeasure) -> Iterator[Wrong]:
    """Yield what the page has no field for, and would leave unread, and that nothing is said."""
    for name, text in said.items():
        if text and name not in form.fields:
            sent = "counted_differently" if name == "counted" else name
            yield sent, "This measure does not take this. Leave it out."
    names = ("number", "of", "because", "expected_by")
    if asked.value is None and not any(said[name] for name in names):
        yield "number", str(ENTER_A_NUMBER)
