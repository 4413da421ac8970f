"""Forms to propose a new work item, or a new milestone, of an adopted plan."""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import say_faults
from agencies.typed.fields import LinesField, TextField
from agencies.wording.translation import StrOrPromise
from workitems.intake.forms.plan_making import ItemForm, MilestoneForm
from workitems.measures.forms import NewMeasureForm
from workitems.models import Measure, Plan, WorkItem
from workitems.plan.forms.due_dates import KnownDateField
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.terms.additions import NewItem, NewMilestone
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS
from workitems.variations.forms.variations import RequestForm
from workitems.variations.services.additions import day_faults

# Milestones that can be proposed together with an item; the first one is required.
PLACES = {
    1: gettext_lazy("First milestone"),
    2: gettext_lazy("Second milestone"),
    3: gettext_lazy("Third milestone"),
}


# Measures likewise, none of which is required.
MEASURES = (
    gettext_lazy("First measure of success"),
    gettext_lazy("Second measure of success"),
    gettext_lazy("Third measure of success"),
)


class Group(NamedTuple):
    """Fields, or a measure, under a heading. It is shut while nothing is typed into fields that may all be empty."""

    heading: StrOrPromise
    fields: list[forms.BoundField]
    is_shut: bool
    measure: NewMeasureForm | None = None


class AddingForm(RequestForm):
    """Base of the two forms. `groups` are their fields under headings, in order."""

    GROUPS: ClassVar[tuple[tuple[StrOrPromise, tuple[str, ...]], ...]] = ()
    SHUT: ClassVar[tuple[StrOrPromise, ...]] = ()

    after_end = forms.BooleanField(
        label=gettext_lazy("A milestone is due after the plan’s end"),
        required=False,
        widget=forms.HiddenInput,
        help_text=gettext_lazy("Say why in the reason."),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        self.plan = plan
        super().__init__(*args, **kwargs)

    @property
    def parts(self) -> list[forms.BaseForm]:
        """The form, and those within it."""
        return [self]

    @property
    def groups(self) -> list[Group]:
        """Return the visible fields under the headings of `GROUPS`; those of a name with a number
        too."""
        ungrouped = {field.name: field for field in self.visible_fields()}
        found = []
        for heading, names in self.GROUPS:
            chosen = [
                name for name in ungrouped if name in names or name.rstrip("0123456789") in names
            ]
            chosen.sort(key=lambda name: names.index(name) if name in names else len(names))
            fields = [ungrouped.pop(name) for name in chosen]
            is_empty = not any(field.value() or field.errors for field in fields)
            found.append(Group(heading, fields, heading in self.SHUT and is_empty))
        return found

    def dues(self, cleaned: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the field and the date of each due date that was entered."""
        for name in self.fields:
            if name.startswith("due") and cleaned.get(name):
                yield name, cleaned[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        end = self.plan.ends_on
        if end and any(due.last_day > end for _, due in self.dues(cleaned)):
            # From now on the page has the box to tick.
            self.fields["after_end"].widget = forms.CheckboxInput()
        assert self.on is not None
        after_end = cleaned.get("after_end", False)
        # The service would not know a row that was left empty before the one at fault.
        faults = day_faults(self.dues(cleaned), plan=self.plan, on=self.on, after_end=after_end)
        say_faults(self, list(faults))
        return cleaned

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {name: given[name] for name in ("agency", "reason", "after_end")} | {
            "adds": self.addition()
        }

    def addition(self) -> NewItem | NewMilestone:
        """Return what is proposed, once the form is valid."""
        raise NotImplementedError


class ProposeItemForm(AddingForm, ItemForm):
    """The fields of an item, with its measures and first milestones."""

    GROUPS = (
        (gettext_lazy("The item"), ("pillar", "number", *ITEM_TEXTS)),
        (gettext_lazy("Who does it, and when"), (
            "lead_agency", "support_", "role_", "kind", "is_key", "timeframe", "months", "starts_on",
        )),
        *((heading, (
            f"milestone_{place}", f"due_{place}", f"responsible_{place}", f"done_{place}",
        )) for place, heading in PLACES.items()),
        (gettext_lazy("The request"), ("after_end", "reason", "agency")),
    )  # fmt: skip

    SOMETIMES = ("objective", "action")
    SHUT = (PLACES[2], PLACES[3])

    def __init__(self, *args: Any, row: WorkItem, members: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, row=row, members=members, **kwargs)
        self.measures = [
            NewMeasureForm(*args, row=Measure(item=row), members=members, prefix=f"measure_{place}")
            for place in range(1, len(MEASURES) + 1)
        ]
        for name, help_text in (
            ("objective", ""),
            ("action", gettext("Write the objective or the action.")),
        ):
            field = self.fields[name]
            field.label, field.help_text = (
                gettext("{label}, in official wording").format(label=field.label),
                help_text,
            )
        for place in PLACES:
            is_first = place == 1
            self.fields[f"milestone_{place}"] = TextField(
                label=gettext("Milestone {place}").format(place=place),
                max_length=300,
                required=is_first,
            )
            self.fields[f"due_{place}"] = KnownDateField(
                label=gettext("Milestone {place} is due").format(place=place), required=is_first
            )
            self.fields[f"responsible_{place}"] = forms.ModelChoiceField(
                label=gettext("Agency responsible for milestone {place}").format(place=place),
                queryset=self.fields["lead_agency"].queryset,  # type: ignore[attr-defined]
                required=False,
                empty_label=gettext("The lead agency"),
            )
            self.fields[f"done_{place}"] = LinesField(
                label=gettext("Milestone {place} is done when").format(place=place),
                rows=2,
                help_text=gettext("How everyone can tell that it is done."),
            )
            remark_on_acronyms(self, self.plan, f"milestone_{place}", f"done_{place}")

    @property
    def parts(self) -> list[forms.BaseForm]:
        return [self, *self.measures]

    @property
    def groups(self) -> list[Group]:
        first, who, *rest = super().groups
        measures = (
            Group(heading, [], not measure.has_changed(), measure)
            for heading, measure in zip(MEASURES, self.measures, strict=True)
        )
        return [first, who, *measures, *rest]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"objective", "action"} & self.errors.keys() and not (
            cleaned.get("objective") or cleaned.get("action")
        ):
            self.add_error(
                "action", gettext("Write the objective or the action: it is the official wording.")
            )
        for place in (2, 3):
            what, due, *rest = (
                f"{name}_{place}" for name in ("milestone", "due", "responsible", "done")
            )
            is_begun = any(cleaned.get(name) for name in (what, due, *rest))
            if is_begun and not cleaned.get(what) and what not in self.errors:
                self.add_error(what, gettext("Enter milestone {place}.").format(place=place))
            if is_begun and not cleaned.get(due) and due not in self.errors:
                self.add_error(
                    due, gettext("Enter when milestone {place} is due.").format(place=place)
                )
        for measure in self.measures:
            if measure.errors:  # which it says itself
                self.errors[str(measure.prefix)] = self.error_class()
        return cleaned

    def addition(self) -> NewItem:
        given = self.cleaned_data
        lead: Agency = given["lead_agency"]
        own = self.values()
        own |= {"pillar": given["pillar"].pk, "lead_agency": lead.pk}
        places = [place for place in PLACES if given[f"milestone_{place}"]]
        return NewItem(
            **own,
            supports=tuple((agency.pk, role) for agency, role in given["supports"].items()),
            measures=tuple(filter(None, (each.proposed() for each in self.measures))),
            milestones=tuple(
                NewMilestone(
                    number=number,
                    description=given[f"milestone_{place}"],
                    due=given[f"due_{place}"],
                    responsible_agency=(given[f"responsible_{place}"] or lead).pk,
                    done_means=given[f"done_{place}"],
                )
                for number, place in enumerate(places, start=1)
            ),
        )


class ProposeMilestoneForm(AddingForm, MilestoneForm):
    GROUPS = (
        (gettext_lazy("The milestone"), (
            "number", "description", "due", "responsible_agency", *MILESTONE_TEXTS,
        )),
        (gettext_lazy("The request"), ("after_end", "reason", "agency")),
    )  # fmt: skip

    def addition(self) -> NewMilestone:
        given = self.cleaned_data
        own = self.values() | {"responsible_agency": given["responsible_agency"].pk}
        return NewMilestone(**own, due=given["due"])
