"""Forms of a return's page: the answer on an item, and what happened to a milestone."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import (
    REASON_LENGTH,
    DayAheadField,
    Form,
    LinesField,
    PastDayField,
    VersionedForm,
    overwrite_data,
)
from workitems.models import (
    Delay,
    Milestone,
    MilestoneAnswer,
    Mitigation,
    ReturnNote,
    Update,
    WorkItem,
)
from workitems.models.item import Confidence, Stage
from workitems.plan.forms.delays import (
    BEING_SETTLED,
    WHAT_IF_DECLINED,
    WHAT_IT_NEEDS,
    WHERE_MONEY_IS_FROM,
    SettlementForm,
    settlement_of,
)
from workitems.plan.forms.due_dates import KnownDateField, ask_about_order
from workitems.plan.forms.evidence import AttachmentField
from workitems.plan.forms.items import SHOWN_BY, WHY_IT_MOVES, faults_of_forecast
from workitems.plan.forms.stems import (
    BESIDE_MEANWHILE,
    BESIDE_MITIGATION,
    Dates,
    PlainField,
    StemField,
    compare_dates,
    names_of,
    speak_of,
)
from workitems.returns.three_texts import compare
from workitems.terms.date_order import Expected
from workitems.terms.known_dates import KnownDate, known

ROWS = 2  # the script grows the textarea with its text


def as_text(value: Any) -> str:
    """Return a value of a form as text, to compare it with another: dates however they are typed."""
    if isinstance(value, date | KnownDate):
        return str(known(value))
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Held:
    """A field that two people changed, as words: as both began, as it is saved now, and as it is typed.
    `in_box` is what is saved now as it would be typed."""

    name: str
    label: str
    base: str
    now: str
    said: str
    in_box: str = ""


class ReturnForm(VersionedForm):
    """One of the many forms of the page. Unchanged forms are neither validated nor saved.

    The page has what it showed in hidden fields (`shown`), so that it is known what its user changed,
    whatever is saved meanwhile.
    """

    # Fields that the user does not fill in.
    UNTYPED = frozenset({"version"})
    # After `merge`: the fields that others changed and the user left alone.
    taken_over: Sequence["Held"] = ()

    def begin_as_shown(self) -> None:
        """Begin with what the posted page showed, as far as it says so."""
        for name in self.fields:
            shown = self.data.get(self.add_initial_prefix(name))
            if shown is not None:
                # As it was typed: "30/6/27" and "30 June 2027" are one date and two texts.
                self.initial[name] = shown
        self._bound_fields_cache.clear()  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """(name, text) of the hidden fields: what each field began with."""
        return [(self.add_initial_prefix(name), text) for name, text in self.shown_words().items()]

    def shown_words(self) -> dict[str, str]:
        """Return the visible fields as the page showed them."""
        return {each.name: self._in_box(each.name) for each in self.visible_fields()}

    def typed_words(self) -> dict[str, str]:
        """Return the visible fields as they are typed."""
        words = {each.name: str(each.data or "") for each in self.visible_fields()}
        return {name: text.replace("\r\n", "\n") for name, text in words.items()}

    def _in_box(self, name: str) -> str:
        value = self.fields[name].prepare_value(self.initial.get(name))
        return "" if value is None else str(value).replace("\r\n", "\n")

    def _plain(self, name: str, value: Any) -> str:
        with suppress(ValidationError):
            value = self.fields[name].to_python(value)
        return as_text(value)

    @property
    def changed_data(self) -> list[str]:
        """The fields that differ from what the page showed."""
        return [
            name
            for name in self.fields
            if self._plain(name, self[name].data) != self._plain(name, self.initial.get(name))
        ]

    def is_touched(self) -> bool:
        """Return whether any field differs from what the page was made with."""
        return self.is_bound and bool(set(self.changed_data) - self.UNTYPED)

    def merge(
        self, now: Mapping[str, Any], *, began: Mapping[str, Any] | None = None, **versions: int
    ) -> list[Held]:
        """Take over what others saved in the fields that the user left alone, and begin with what is
        saved `now`, whose version goes into the field named. Return the fields that both changed to
        different words. `began` is what the user began with, if not with what the page showed."""
        began = self.initial if began is None else began
        names = [each.name for each in self.visible_fields() if each.name in now]
        base, saved, said = (
            {name: self._plain(name, values[name]) for name in names}
            for values in (
                {name: began.get(name) for name in names},
                now,
                {name: self[name].data for name in names},
            )
        )
        differences = compare(base, saved, said)
        self.initial.update({name: now[name] for name in names})
        mine = {each.field for each in differences}
        self.taken_over = [
            Held(
                name,
                str(self.fields[name].label),
                self.in_words(name, base[name]),
                self.in_words(name, saved[name]),
                "",
            )
            for name in names
            if name not in mine and base[name] != saved[name] and name not in self.UNTYPED
        ]
        taken = {name: self._in_box(name) for name in names if name not in mine}
        overwrite_data(self, **taken, **versions)
        self._bound_fields_cache.clear()  # type: ignore[attr-defined]
        self.full_clean()
        return [
            Held(
                each.field,
                str(self.fields[each.field].label),
                self.in_words(each.field, each.base),
                self.in_words(each.field, each.now),
                self.in_words(each.field, each.said),
                self._in_box(each.field),
            )
            for each in differences
            if each.is_conflict
        ]

    def saved(self) -> tuple[Any, Mapping[str, Any]]:
        """Return the saved answer that the form was made with, if any, and its values by field name."""
        return None, {}

    def began_with(self, held: Sequence[Held]) -> Any:
        """Return the saved answer that both people began with; None if the texts are not all its words."""
        row, values = self.saved()
        words = {
            each.name: self.in_words(each.name, self._plain(each.name, values.get(each.name)))
            for each in held
        }
        return row if all(words[each.name] == each.base for each in held) else None

    def as_in_box(self, name: str, text: str) -> str:
        """Return a text as its box shows it; one that is wrong as it is typed."""
        value: Any = text
        with suppress(ValidationError):
            value = self.fields[name].prepare_value(self.fields[name].to_python(text))
        return "" if value is None else str(value)

    def in_words(self, name: str, text: str) -> str:
        choices: Any = getattr(self.fields[name], "choices", ())
        return str({str(value): label for value, label in choices}.get(text, text))

    def words(self) -> list[tuple[str, str]]:
        """Return (label, text) of each textarea with unsaved text."""
        return [
            (str(field.label), str(field.value()))
            for field in self.visible_fields()
            if isinstance(field.field.widget, forms.Textarea)
            and field.value()
            and field.name in self.changed_data
        ]


class UpdateForm(ReturnForm):
    """An agency's answer on one item. `version` is 0 if there is none yet.

    `item_version` is that of the item when the page was made; it counts for a new answer. Only the
    lead has a stage and a confidence.
    """

    SOMETIMES = ("achieved", "planned_next", "challenges")
    UNTYPED = frozenset({"version", "item_version"})

    item_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    confidence = forms.ChoiceField(
        label=gettext_lazy("Confidence in the next date"),
        choices=[("", gettext_lazy("No rating")), *Confidence.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    achieved = StemField("achieved", label=gettext_lazy("Achieved in this period"), rows=ROWS)
    planned_next = StemField("planned_next", label=gettext_lazy("Planned next"), rows=ROWS)
    challenges = PlainField(
        "challenges",
        label=gettext_lazy("Challenges"),
        rows=ROWS,
        help_text=gettext_lazy("If it is at risk, say why in one sentence."),
    )
    key_achievement = forms.ChoiceField(
        label=gettext_lazy("A key achievement for the Minister’s briefing"),
        error_messages={"required": gettext_lazy("Choose whether it is a key achievement.")},
        choices=[
            (Update.KeyAchievement.NO.value, gettext_lazy("No")),
            (Update.KeyAchievement.YES.value, gettext_lazy("Yes, as a paragraph")),
            (Update.KeyAchievement.HEADLINE.value, gettext_lazy("Yes, as a headline achievement")),
        ],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )

    def __init__(
        self,
        *args: Any,
        item: WorkItem,
        update: Update | None,
        is_led: bool = True,
        agency: Agency | None = None,
        **kwargs: Any,
    ) -> None:
        """`agency` is whose sentences they are, where the form is shown."""
        kwargs.setdefault("prefix", f"i{item.pk}")
        super().__init__(*args, row=update or item, **kwargs)
        if agency is not None:
            speak_of(self, agency.short_name, names_of([agency]), item.plan)
        # Without an update, `row` is the item; its version is not that of an answer.
        self.initial["version"] = update.version if update else 0
        self.initial["item_version"] = item.version
        if not is_led:
            del self.fields["stage"], self.fields["confidence"]
            return
        # An answer from before its agency led the item has no stage.
        self.initial["stage"] = self.initial["stage"] or item.stage
        stages = {Stage(item.stage), Stage(self.initial["stage"]), *item.next_stages}
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label) for stage in Stage if stage in stages - {Stage.WITHDRAWN}
        ]

    def saved(self) -> tuple[Any, Mapping[str, Any]]:
        return (self.row, answer_of(self.row)) if isinstance(self.row, Update) else (None, {})

    def start(self, row: Update | WorkItem) -> dict[str, Any]:
        if isinstance(row, Update):
            return answer_of(row)
        return {
            "stage": row.stage,
            "confidence": row.confidence,
            "key_achievement": Update.KeyAchievement.NO,
        }


def answer_of(update: Update) -> dict[str, Any]:
    """Return the values of an answer by form field name."""
    return model_to_dict(update, UpdateForm.base_fields)


class MilestoneAnswerForm(SettlementForm, ReturnForm):
    """What happened to a due milestone: the completion date if it is done; otherwise the new
    forecast, the delay and a mitigation. `answer_version` is 0 if the return has no answer yet."""

    SOMETIMES: tuple[str, ...] = (
        "outcome",
        "completed_on",
        "forecast_due",
        "reason",
        "cause",
        "mitigation",
        "owner_agency",
        "settling_agency",
        "settling_other",
    )
    DONE, NOT_YET = MilestoneAnswer.Outcome.DONE, MilestoneAnswer.Outcome.NOT_YET
    NO_DATE = MilestoneAnswer.Outcome.NO_DATE
    # The owner has an initial value and means nothing without a mitigation.
    UNTYPED = frozenset({"version", "answer_version", "owner_agency"})
    # Its button was pressed: it is saved although nothing changed since the page was made.
    is_meant = False

    answer_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Done?"),
        choices=[(DONE.value, gettext_lazy("Done")), (NOT_YET.value, gettext_lazy("Not yet"))],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    completed_on = PastDayField(label=gettext_lazy("Day on which it was done"), required=False)
    shown_by = PlainField(
        "evidence",
        label=gettext_lazy("Evidence"),
        max_length=REASON_LENGTH,
        rows=ROWS,
        help_text=SHOWN_BY,
    )
    forecast_due = KnownDateField(label=gettext_lazy("Now expected"), required=False)
    reason = StemField("explanation", **WHY_IT_MOVES, rows=ROWS)
    cause = forms.ChoiceField(
        label=gettext_lazy("Cause"),
        choices=[("", gettext_lazy("Choose a cause")), *Delay.Cause.choices],
        required=False,
    )
    effect = StemField("effect", label=gettext_lazy("Effect"), rows=ROWS)
    meanwhile = StemField(
        "meanwhile",
        beside=BESIDE_MEANWHILE,
        label=gettext_lazy("What covers the gap until then"),
        rows=ROWS,
    )
    needs = StemField("needs", **WHAT_IT_NEEDS, rows=ROWS)
    money_from = StemField("money_from", **WHERE_MONEY_IS_FROM, rows=ROWS)
    if_declined = StemField("if_declined", **WHAT_IF_DECLINED, rows=ROWS)
    mitigation = StemField(
        "mitigation",
        owner="owner_agency",
        beside=BESIDE_MITIGATION,
        label=gettext_lazy("What is being done about it"),
        rows=ROWS,
    )
    owner_agency = forms.TypedChoiceField(label=gettext_lazy("By which agency"), required=False)
    mitigation_due_on = DayAheadField(label=gettext_lazy("By when"), required=False)

    def __init__(
        self,
        *args: Any,
        milestone: Milestone,
        agencies: dict[int, Agency],
        answer: MilestoneAnswer | None = None,
        draft: Mapping[str, str] | None = None,
        steps: Sequence[Expected] = (),
        others: tuple[date | None, ...] = (),
        **kwargs: Any,
    ) -> None:
        """`agencies` are the possible owners of a mitigation, by id, queried once per page.
        `answer` is the return's answer that the form begins with, and `draft` what is typed and not finished. `steps` are
        the open milestones of the item, and `others` the days of the open actions against the delay."""
        kwargs.setdefault("prefix", f"m{milestone.pk}")
        super().__init__(*args, row=milestone, **kwargs)
        self.answer, self.draft, self.begun = answer, draft, {**self.initial, **start_of(answer)}
        self.initial = {**self.begun, **(draft or {})}
        if milestone.forecast_due < (self.on or date.min):
            choices: Any = self.fields["outcome"]
            choices.choices = [*choices.choices, (self.NO_DATE.value, self.NO_DATE.label)]
            self.ask_when_known()
            self.fields["reason"].label, self.fields["reason"].help_text = _("Why it is late"), ""
            self.fields["settling_agency"].help_text = _(
                "An agency of the plan, or name who else settles it in the next box."
            )
        self.offer(agencies)
        names = names_of(agencies.values())
        speak_of(self, str(milestone.responsible_agency), names, milestone.item.plan)
        ask_about_order(self, "forecast_due", milestone, lambda: steps)
        compare_dates(self, "mitigation", dates=Dates(others=others))
        owner: Any = self.fields["owner_agency"]
        owner.choices = [(pk, agency.short_name) for pk, agency in agencies.items()]
        owner.coerce = lambda pk: agencies.get(int(pk))
        owner.empty_value = None

    def saved(self) -> tuple[Any, Mapping[str, Any]]:
        return self.answer, self.begun

    def start(self, row: Milestone) -> dict[str, Any]:
        return {"owner_agency": row.responsible_agency_id}

    def is_touched(self) -> bool:
        return self.says_something() and (self.is_meant or super().is_touched())

    def says_something(self) -> bool:
        """Return whether it says other than the return's answer does, or anything if there is none."""
        return self.is_bound and any(
            self._plain(each.name, each.data) != self._plain(each.name, self.begun.get(each.name))
            for each in self.visible_fields()
            if each.name not in self.UNTYPED
        )

    def knows(self, draft: Mapping[str, str]) -> bool:
        """Return whether the page showed, or says, all that is typed in the draft."""
        return all(
            self._plain(each.name, draft[each.name])
            in {
                self._plain(each.name, text)
                for text in ("", self.initial.get(each.name), each.data)
            }
            for each in self.visible_fields()
            if each.name in draft and each.name not in self.UNTYPED
        )

    def hold_all(self) -> list[Held]:
        """Return every field that says something, as the answer that it was typed on was removed."""
        typed = self.typed_words()
        self.initial.update(dict.fromkeys(typed), owner_agency=self.row.responsible_agency_id)
        overwrite_data(self, answer_version=0)
        self._bound_fields_cache.clear()  # type: ignore[attr-defined]
        self.full_clean()
        return [
            Held(name, str(self.fields[name].label), "", "", self.in_words(name, text))
            for name, text in typed.items()
            if text.strip() and name not in self.UNTYPED
        ]

    def clean(self) -> dict[str, Any]:
        outcome = self.cleaned_data.get("outcome")
        if outcome == self.NO_DATE:
            self.cleaned_data |= {"settlement": BEING_SETTLED, "forecast_due": None}
        cleaned = super().clean() or {}
        if not outcome:
            self.add_error("outcome", _("Choose done or not yet."))
        elif outcome == self.DONE:
            self._need(cleaned, "completed_on", _("Enter the day it was done."))
        elif outcome == self.NOT_YET:
            self._need(cleaned, "forecast_due", _("Enter when it is now expected."))
            self._need(cleaned, "reason", _("Say why the date moves."))
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        has_date = bool(cleaned.get("forecast_due"))
        if cleaned.get("outcome") == (self.NOT_YET if has_date else self.NO_DATE):
            yield from faults_of_forecast(self.row, cleaned, self.on)

    def _need(self, cleaned: dict[str, Any], name: str, sentence: str) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, sentence)


def start_of(answer: MilestoneAnswer | None) -> dict[str, Any]:
    """Return the initial values of a milestone's form by field name, as far as there is an answer."""
    if answer is None:
        return {"answer_version": 0}
    is_done = answer.outcome == MilestoneAnswer.Outcome.DONE
    start: dict[str, Any] = {
        "answer_version": answer.version,
        "outcome": answer.outcome,
        "completed_on" if is_done else "forecast_due": answer.day if is_done else answer.when,
        "shown_by" if is_done else "reason": answer.reason,
        "cause": answer.cause,
        "effect": answer.effect,
        "meanwhile": answer.meanwhile,
        "needs": answer.needs,
        "money_from": answer.money_from,
        "if_declined": answer.if_declined,
        "mitigation": answer.new_mitigation,
        "mitigation_due_on": answer.mitigation_due_on,
    }
    if not is_done:
        start |= settlement_of(answer)
    if answer.owner_agency_id is not None:
        start["owner_agency"] = answer.owner_agency_id
    return start


class MitigationDoneForm(Form):
    done_on = PastDayField(label=gettext_lazy("Done on"))

    def __init__(
        self,
        *args: Any,
        mitigation: Mitigation,
        draft: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`draft` has the day that is typed and not saved, by the name of its box."""
        self.mitigation = mitigation
        kwargs.setdefault("prefix", f"x{mitigation.pk}")
        # An empty box is no fault when the page is shown again for another.
        kwargs |= {"empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        if draft and not self.is_bound:
            self.initial["done_on"] = draft.get(self.add_prefix("done_on"))

    def typed_words(self) -> dict[str, str]:
        return {self.add_prefix("done_on"): str(self["done_on"].data or "")}

    def is_touched(self) -> bool:
        return self.is_bound and self.has_changed()

    def words(self) -> list[tuple[str, str]]:
        return []


class ReplyForm(ReturnForm):
    """The agency's reply to one note of the coordinator."""

    reply = LinesField(label=gettext_lazy("Reply to the coordinator"), rows=ROWS)

    def __init__(self, *args: Any, note: ReturnNote, **kwargs: Any) -> None:
        super().__init__(*args, row=note, prefix=f"n{note.pk}", **kwargs)
        if note.is_own:
            self.fields["reply"].label = _("Reply to {person}").format(person=note.by)
        elif note.of_return.is_entered:
            # The coordinator may write it, from the agency's email.
            self.fields["reply"].label = _("Reply of {agency}").format(agency=note.of_return.agency)

    def start(self, row: ReturnNote) -> dict[str, Any]:
        return {"reply": row.reply}


class WritersNoteForm(Form):
    """What an approver asks the agency's own writers to change."""

    prefix = "writers"
    use_required_attribute = False
    note = LinesField(
        label=gettext_lazy("What the writers should change"),
        rows=3,
        required=True,
        error_messages={"required": gettext_lazy("Write what the writers should change.")},
    )


class SendBackForm(Form):
    """What the agency should change: on the return as a whole, and on each item."""

    note = LinesField(label=gettext_lazy("Note on the return as a whole"), rows=4)

    def __init__(self, *args: Any, items: Iterable[WorkItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"i{item.pk}-note"] = LinesField(
                label=_("What the agency should change"), rows=ROWS
            )
        self.SOMETIMES = tuple(self.fields)

    def holds_notes(self) -> bool:
        return any((self[name].value() or "").strip() for name in self.fields)

    def note_on(self, item: WorkItem) -> forms.BoundField:
        return self[f"i{item.pk}-note"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        on_items = {item: cleaned.get(f"i{item.pk}-note", "") for item in self.items}
        on_items = {item: body for item, body in on_items.items() if body}
        if not self.errors and not cleaned.get("note") and not on_items:
            self.add_error(
                "note", _("Write what the agency should change, here or beside an item.")
            )
        return {"note": cleaned.get("note", ""), "on_items": on_items}


class EnterForm(Form):
    """The email from which the coordinator enters a return."""

    mail = AttachmentField(label=gettext_lazy("The agency’s email"))
    note = LinesField(
        label=gettext_lazy("Note"),
        rows=2,
        help_text=gettext_lazy("Who sent it and when, if the file does not say so."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mail"].required = True
        self.fields["mail"].error_messages["required"] = _("Choose the file with the email.")
