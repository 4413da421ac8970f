"""Forms for a plan that is not adopted: the plan, its pillars, items, milestones and measures."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, by_short_name
from agencies.typed.fields import (
    DayField,
    Form,
    LinesField,
    ReasonField,
    SeveralField,
    TextField,
    VersionedForm,
)
from agencies.wording.translation import StrOrPromise, day_words
from workitems.intake.forms.portfolios import PortfolioField, offer_recorded
from workitems.intake.services import plan_making
from workitems.models import Milestone, Pillar, Plan, WorkItem
from workitems.models.item import TITLE_LENGTH, is_item_number
from workitems.plan.forms.due_dates import KnownDateField
from workitems.plan.forms.item_texts import add_text_boxes
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS

GREATEST_NUMBER = 32_767
# Rows for supporting agencies beyond those that there are.
MORE_SUPPORTS = 2


class NumberField(forms.IntegerField):
    """The number of a pillar, a milestone or a measure, which gives its place."""

    def __init__(self, label: StrOrPromise) -> None:
        super().__init__(
            label=label,
            min_value=1,
            max_value=GREATEST_NUMBER,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
            error_messages={"invalid": gettext_lazy("Enter a number, such as 3.")},
        )


def background_box() -> LinesField:
    return LinesField(
        label=gettext_lazy("Background"),
        rows=6,
        help_text=gettext_lazy("Briefings begin with this text. Leave a line between paragraphs."),
    )


def short_title_box() -> TextField:
    return TextField(
        label=gettext_lazy("Short title"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "What the top of each page calls it, such as “Forced labour and trafficking”."
        ),
    )


def copied_to_box() -> TextField:
    return TextField(
        label=gettext_lazy("Copied to"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Who else gets its briefings, as papers print it."),
    )


class MakingForm(VersionedForm):
    """A form about a row of a plan that is not adopted; `row` may be a new one."""

    # What else its service takes.
    BESIDE_COLUMNS: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return the values of the row's own columns."""
        return {name: self.cleaned_data[name] for name in self.BEGINS_WITH}

    def arguments(self) -> dict[str, Any]:
        """Return the columns as `values`, what else is asked, and the version of a row that exists."""
        beside = ("version", *self.BESIDE_COLUMNS) if self.row.pk else self.BESIDE_COLUMNS
        return {name: self.cleaned_data[name] for name in beside} | {"values": self.values()}

    def other_side(self) -> list[tuple[str, str]]:
        """Return (label, text) of the values that another user saved and that differ from those typed here."""
        if self.conflict is None:
            return []
        theirs = self.start(self.conflict)
        found = []
        for name, field in self.fields.items():
            if name in theirs and field.has_changed(theirs[name], self[name].value()):
                found.append((str(field.label), self.in_words(field, theirs[name])))
        return found

    def in_words(self, field: forms.Field, value: Any) -> str:
        if value in (None, "", []):
            return _("Empty")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, date):
            return day_words(value)
        if isinstance(field, forms.ModelChoiceField):
            keys = value if isinstance(value, list) else [value]
            return ", ".join(str(row) for row in field.queryset.filter(pk__in=keys))  # type: ignore[union-attr]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        return str(value)


class PlanForm(MakingForm):
    """`coordinated` are the agencies that the user coordinates for."""

    BEGINS_WITH = plan_making.PLAN_FIELDS
    BESIDE_COLUMNS = ("members",)
    FOLDED = ("short_title", "background", "copied_to")
    FOLDS = gettext_lazy("Add a short title, a background, or who gets copies")

    title = TextField(label=gettext_lazy("Title"), max_length=200)
    released_on = DayField(
        label=gettext_lazy("Released on"),
        help_text=gettext_lazy("Progress is counted from this day."),
    )
    ends_on = DayField(label=gettext_lazy("Ends on"), required=False)
    portfolio = PortfolioField()
    coordinating_agency = forms.ModelChoiceField(
        label=gettext_lazy("Coordinating agency"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
    )
    members = SeveralField(
        label=gettext_lazy("Agencies in its working group"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Those that lead or support something in the plan. The coordinating agency is "
            "always in it."
        ),
    )
    short_title = short_title_box()
    background = background_box()
    copied_to = copied_to_box()

    def __init__(self, *args: Any, coordinated: set[int], on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        agencies = Agency.objects.valid_on(on).in_order()
        if self.row.pk:
            own = Agency.objects.filter(memberships__plan=self.row)
            agencies = (Agency.objects.valid_on(on) | own).distinct().in_order()
            coordinated = {*coordinated, self.row.coordinating_agency_id}
        offered = Agency.objects.filter(pk__in=coordinated).in_order()
        offer_recorded(self, is_new=self.row.pk is None)
        self.fields["members"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["coordinating_agency"].queryset = offered  # type: ignore[attr-defined]
        if len(coordinated) == 1 and not self.row.pk:
            self.initial["coordinating_agency"] = next(iter(coordinated))

    def start(self, row: Plan) -> dict[str, Any]:
        members = list(row.members.values_list("agency", flat=True)) if row.pk else []
        return super().start(row) | {"members": members}


class AboutForm(MakingForm):
    """What changes of an adopted plan without a variation. `joining` are agencies outside it."""

    BEGINS_WITH = ("short_title", "portfolio", "background", "copied_to", "quotes_notes")

    short_title = short_title_box()
    portfolio = PortfolioField()
    background = background_box()
    copied_to = copied_to_box()
    quotes_notes = forms.BooleanField(
        label=gettext_lazy("Quote notes in emails"),
        required=False,
        help_text=gettext_lazy(
            "Emails about a note then say what it says, to those who can read it. Never while the plan has a sensitive paper."
        ),
    )
    joining = SeveralField(
        label=gettext_lazy("Agencies to add to its working group"),
        queryset=Agency.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "They can read the plan at once, and are asked for a return from the next round on."
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Why it changes"), help_text=gettext_lazy("Kept in the history.")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        offer_recorded(self)
        outside = Agency.objects.valid_on(on).exclude(pk__in=self.row.agencies).in_order()
        self.fields["joining"].queryset = outside  # type: ignore[attr-defined]
        if not outside:
            del self.fields["joining"]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class SuccessorForm(Form):
    """`items` are the open items of the plan that it follows; all are chosen to begin with."""

    title = TextField(label=gettext_lazy("Title"), max_length=200)
    released_on = DayField(label=gettext_lazy("Released on"))
    ends_on = DayField(label=gettext_lazy("Ends on"), required=False)
    items = SeveralField(
        label=gettext_lazy("Work items to carry over"),
        queryset=WorkItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "With their agencies, measures and open milestones, and the open delays and "
            "mitigations of these. You can change all of it until the plan is adopted."
        ),
    )
    with_kinds = forms.BooleanField(
        label=gettext_lazy("Carry over this plan’s kinds of briefing"), required=False, initial=True
    )

    def __init__(self, *args: Any, items: QuerySet[WorkItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = items  # type: ignore[attr-defined]
        self.initial["items"] = [item.pk for item in items]


class AdoptForm(VersionedForm):
    adopted_on = DayField(label=gettext_lazy("Adopted on"))
    reason = ReasonField(
        label=gettext_lazy("Why it is adopted before all its items can be judged"),
        help_text=gettext_lazy(
            "Needed while an auditor could not judge every item. The working group reads it in the plan’s history."
        ),
    )

    def __init__(self, *args: Any, row: Plan, is_ready: bool, **kwargs: Any) -> None:
        """`is_ready`: an auditor could judge every item, so no reason is asked for."""
        super().__init__(*args, row=row, **kwargs)
        says = _(
            "The day of the release, {day}, is only filled in: change it if the plan was adopted later."
        )
        self.fields["adopted_on"].help_text = says.format(day=day_words(row.released_on))
        if is_ready:
            del self.fields["reason"]

    def start(self, row: Plan) -> dict[str, Any]:
        return {"adopted_on": row.released_on}


class VersionForm(VersionedForm):
    """A form with a button only: of a page that asks whether to remove or delete the row."""


class PillarForm(MakingForm):
    BEGINS_WITH = plan_making.PILLAR_FIELDS

    number = NumberField(gettext_lazy("Number in the plan"))
    title = TextField(label=gettext_lazy("Title"), max_length=200)
    description = LinesField(label=gettext_lazy("Description"))


class ItemForm(MakingForm):
    """`pillars` and `members` are those of the plan. Texts that are not official and supporting
    agencies have their boxes added, these in a row each."""

    BEGINS_WITH = plan_making.ITEM_FIELDS
    BESIDE_COLUMNS = ("supports",)

    pillar = forms.ModelChoiceField(
        label=gettext_lazy("Pillar"), queryset=Pillar.objects.none(), empty_label=None
    )
    number = TextField(
        label=gettext_lazy("Number in the plan"),
        max_length=20,
        widget=forms.TextInput(attrs={"size": 8}),
    )
    title = TextField(label=ITEM_TEXTS["title"].label, max_length=TITLE_LENGTH)
    objective = LinesField(
        label=ITEM_TEXTS["objective"].label, help_text=gettext_lazy("Official wording.")
    )
    action = LinesField(
        label=ITEM_TEXTS["action"].label,
        rows=5,
        help_text=gettext_lazy("Official wording. Adoption needs the objective or the action."),
    )
    lead_agency = forms.ModelChoiceField(
        label=gettext_lazy("Lead agency"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=WorkItem.Kind.choices)
    is_key = forms.BooleanField(label=gettext_lazy("It is a key item"), required=False)
    timeframe = forms.ChoiceField(
        label=gettext_lazy("Timeframe"), choices=WorkItem.Timeframe.choices
    )
    months = forms.IntegerField(
        label=gettext_lazy("Anticipated months"),
        required=False,
        min_value=1,
        max_value=GREATEST_NUMBER,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": gettext_lazy("Enter a number, such as 12.")},
    )
    starts_on = DayField(label=gettext_lazy("Starts on"), required=False)

    def __init__(
        self, *args: Any, pillars: QuerySet[Pillar], members: QuerySet[Agency], row: WorkItem, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, row=row, **kwargs)
        add_text_boxes(self, WorkItem)
        remark_on_acronyms(self, row.plan, *ITEM_TEXTS)
        self.fields["pillar"].queryset = pillars  # type: ignore[attr-defined]
        self.fields["lead_agency"].queryset = members  # type: ignore[attr-defined]
        there = row.supports.count() if row.pk else 0
        for place in range(1, there + MORE_SUPPORTS + 1):
            self.fields[f"support_{place}"] = forms.ModelChoiceField(
                label=_("Supporting agency {place}").format(place=place),
                queryset=members,
                required=False,
                empty_label=_("None"),
            )
            self.fields[f"role_{place}"] = TextField(
                label=_("Its role, as supporting agency {place}").format(place=place),
                required=False,
                max_length=200,
            )

    def start(self, row: WorkItem) -> dict[str, Any]:
        found = super().start(row)
        supports = row.supports.order_by(by_short_name()) if row.pk else []
        for place, support in enumerate(supports, start=1):
            found |= {f"support_{place}": support.agency_id, f"role_{place}": support.role}
        return found

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not is_item_number(number):
            raise forms.ValidationError(
                _("Enter at most 20 letters, digits, full stops and hyphens, such as 1.10.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        supports: dict[Agency, str] = {}
        for name in [each for each in self.fields if each.startswith("support_")]:
            role_name = name.replace("support", "role")
            agency, role = cleaned.get(name), cleaned.get(role_name, "")
            if agency is None:
                if role and name not in self.errors:
                    self.add_error(name, _("Choose the agency that has this role."))
            elif agency in supports:
                self.add_error(
                    name,
                    _("{agency} is already named. Choose another agency, or none.").format(
                        agency=agency
                    ),
                )
            elif agency == cleaned.get("lead_agency"):
                self.add_error(
                    name,
                    _("{agency} leads the item. Choose another agency, or none.").format(
                        agency=agency
                    ),
                )
            else:
                supports[agency] = role
        cleaned["supports"] = supports
        return cleaned


class MilestoneForm(MakingForm):
    BEGINS_WITH = plan_making.MILESTONE_FIELDS
    BESIDE_COLUMNS = ("due",)

    number = NumberField(gettext_lazy("Number in the item"))
    description = TextField(label=MILESTONE_TEXTS["description"].label, max_length=300)
    due = KnownDateField(label=gettext_lazy("Due"))
    responsible_agency = forms.ModelChoiceField(
        label=gettext_lazy("Responsible agency"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
    )
    done_means = LinesField(
        label=MILESTONE_TEXTS["done_means"].label,
        help_text=gettext_lazy("How everyone can tell that it is done."),
    )

    def __init__(
        self, *args: Any, row: Milestone, members: QuerySet[Agency], **kwargs: Any
    ) -> None:
        super().__init__(*args, row=row, **kwargs)
        add_text_boxes(self, Milestone)
        remark_on_acronyms(self, row.item.plan, *MILESTONE_TEXTS)
        self.fields["responsible_agency"].queryset = members  # type: ignore[attr-defined]

    def start(self, row: Milestone) -> dict[str, Any]:
        due = str(row.agreed) if row.agreed else None
        return super().start(row) | {"due": due}


class MeasureForm(MakingForm):
    BEGINS_WITH = plan_making.MEASURE_FIELDS

    number = NumberField(gettext_lazy("Number in the item"))
    description = LinesField(label=gettext_lazy("Measure of success"), required=True)
