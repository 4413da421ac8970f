"""Every field of a work item and of a milestone, on every surface that shows or takes one.

Fields are discovered from the models. Each is changed in a small plan, and every surface is asked
before and after: one that stays the same does not have the field, which needs a reason in
`EXCEPTIONS`. An exception that is no longer needed fails too. The plan is made once for all fields,
and each test undoes what it wrote, so what the surfaces say before a change is asked once.

A new field fails here with the names of the surfaces that it is missing from; `docs/recipes.md`
says which files give it to them.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import time_machine
from django import forms
from django.db import connection, models, transaction
from django.forms import BaseForm
from django.urls import reverse

from agencies.models import Seat
from agencies.records import guards, history
from agencies.typed.fields import DayField, VersionedForm
from reports.compose import ANNEXES, compose, generate
from reports.drafting.cover import draft
from reports.render.html import document_fragment
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.intake.workbook import export_workbook
from workitems.intake.workbook.columns import ITEMS, MILESTONES
from workitems.models import Milestone, MilestoneAnswer, Plan, Update, WorkItem
from workitems.plan.forms.item_texts import TextForm, texts_of
from workitems.terms.item_texts import not_official
from workitems.terms.known_dates import Known
from workitems.variations.services import additions

pytestmark = pytest.mark.one_database(reason="forms, pages and papers have the fields")
NZ = ZoneInfo("Pacific/Auckland")
BEGAN = datetime(2010, 5, 3, 12, tzinfo=NZ)
CHANGED = datetime(2010, 6, 1, 10, tzinfo=NZ)
ASKED = datetime(2010, 6, 1, 12, tzinfo=NZ)

# --- what may be missing, and why --------------------------------------------------------------

OWNER = {WorkItem: "plan", Milestone: "item"}  # a row never moves to another owner
OWN = "the program's own, for searching, sorting and conflicts; nobody enters or reads it"
BY_WORKBOOK = "entered with the plan's workbook; no page changes it"
WITH_PLAN = "comes with the plan's workbook, whose import is the record of it"
ON_THE_PAGE = "said on the item's page and in the workbook; lists have no room for it"
NO_NEWS = "no news to the working group: it says nothing of how the plan stands"
NOT_ON_PAPER = "the annexes do not print it"
BY_DECISION = "told by the variation that changes it"
DERIVED = "follows from other fields, which tell of it"
NOT_IN_FORMAT = "docs/workbook.md: the format does not hold it"
IN_SENTENCES = "only the sentences of papers name it so"
REVIEWER = "the reviewer's view is for the working group, not for the Minister"
ORDER = "a place in the item, seen only as the order of its milestones"
PROGRESS = "recorded when the plan is adopted"
ONE_BOX = "one box gives all three dates"

EVERYWHERE = dict.fromkeys(
    ("history", "workbook", "list", "what changed", "annex", "page", "page then"), OWN
)
# By model and field, the surfaces that do not have it, each with the reason.
EXCEPTIONS: dict[type[models.Model], dict[str, dict[str, str]]] = {
    WorkItem: {
        "number": {"change": BY_WORKBOOK, "history": WITH_PLAN},
        "as_told": {
            "list": IN_SENTENCES,
            "what changed": NO_NEWS,
            "annex": IN_SENTENCES,
        },
        "objective": {"list": ON_THE_PAGE},
        "action": {"list": ON_THE_PAGE},
        "kind": {
            "list": ON_THE_PAGE,
            "what changed": BY_DECISION,
            "annex": NOT_ON_PAPER,
        },
        "is_key": {"what changed": BY_DECISION},
        "timeframe": {
            "list": ON_THE_PAGE,
            "what changed": BY_DECISION,
            "annex": NOT_ON_PAPER,
        },
        "months": {
            "list": ON_THE_PAGE,
            "what changed": BY_DECISION,
            "annex": NOT_ON_PAPER,
        },
        "starts_on": {
            "list": "kept for the workbook alone",
            "what changed": BY_DECISION,
            "annex": NOT_ON_PAPER,
        },
        "stage": {"making": PROGRESS},
        "completed_on": {
            "workbook": DERIVED,
            "list": DERIVED,
            "what changed": DERIVED,
            "in a return": "the day on which the return is submitted",
            "making": PROGRESS,
        },
        "confidence": {"making": PROGRESS},
        "reviewer_confidence": {
            "workbook": NOT_IN_FORMAT,
            "annex": REVIEWER,
            "making": PROGRESS,
        },
        "heard_on": {
            "history": DERIVED,
            "workbook": DERIVED,
            "what changed": DERIVED,
            "annex": NOT_ON_PAPER,
        },
        "carried_from": dict.fromkeys(
            ("history", "workbook", "list", "what changed", "annex"),
            "set when the item is made, whose history says so; its page links to it",
        ),
        "version": EVERYWHERE,
        "number_key": EVERYWHERE,
        "search_text": EVERYWHERE,
    },
    Milestone: {
        "number": {
            "change": BY_WORKBOOK,
            "history": ORDER,
            "what changed": ORDER,
            "annex": ORDER,
            "page": ORDER,
            "page then": ORDER,
        },
        "as_told": {
            "list": IN_SENTENCES,
            "what changed": NO_NEWS,
            "annex": IN_SENTENCES,
            "proposal": IN_SENTENCES,
        },
        "done_means": {"annex": NOT_ON_PAPER},
        "responsible_agency": {"annex": NOT_ON_PAPER},
        "original_due": {
            "history": "never moves",
            "what changed": "never moves",
            "making": ONE_BOX,
        },
        "original_known_to": {"history": "never moves", "what changed": "never moves"},
        "agreed_due": {"making": ONE_BOX},
        "forecast_due": {"opening": "the form asks for another date", "making": ONE_BOX},
        "completed_on": {
            "opening": "the form is for an open milestone, which has no date yet",
            "making": PROGRESS,
        },
        "withdrawn_on": {
            "making": PROGRESS,
        },
        "no_evidence": {
            "change": "given as the reason on the page for missing evidence",
            "workbook": NOT_IN_FORMAT,
            "list": ON_THE_PAGE,
            "what changed": NO_NEWS,
            "making": PROGRESS,
        },
        "version": EVERYWHERE,
    },
}


# --- the plan ----------------------------------------------------------------------------------


@dataclass
class World:
    plan: Plan
    item: WorkItem
    milestone: Milestone
    client: Any
    people: dict[str, Any]
    # What the surfaces said, by model and by what was written first, and the forms of its pages.
    said: dict[Any, dict[str, Any]]
    forms: dict[Any, list[tuple[str, str, BaseForm]]]

    def row(self, model: type[models.Model]) -> Any:
        return self.item if model is WorkItem else self.milestone

    def as_(self, name: str) -> Any:
        self.client.force_login(
            self.people[name], backend="django.contrib.auth.backends.ModelBackend"
        )
        return self.client

    def text(self, name: str, *args: Any, who: str = "coordinator", **query: str) -> str:
        address = reverse(name, args=[self.plan.slug, *args], query=query)
        response = self.as_(who).get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.text


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield new_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world, client, db) -> Iterator[World]:
    item = WorkItem.objects.get(pk=standing_world.item.pk)
    milestone = Milestone.objects.get(pk=standing_world.milestone.pk)
    milestone.item = item
    with time_machine.travel(ASKED, tick=False):
        yield replace(standing_world, item=item, milestone=milestone, client=client)


def new_world() -> World:
    with time_machine.travel(BEGAN, tick=False):
        labour = AgencyFactory(short_name="DoL", name="Department of Labour")
        police = AgencyFactory(short_name="Police", name="New Zealand Police")
        AppointmentFactory()
        plan = PlanFactory(
            slug="the-plan",
            coordinating_agency=labour,
            members=[police],
            portfolio="Minister of Immigration",
        )
        PlanFactory(slug="another-plan", coordinating_agency=labour)
        PillarFactory(plan=plan, number=2, title="Protection")
        item = WorkItemFactory(
            plan=plan,
            pillar=PillarFactory(plan=plan, number=1, title="Prevention"),
            number="1.1",
            lead_agency=labour,
            stage="under_way",
            confidence="at_risk",
            reviewer_confidence="off_track",
            **texts(WorkItem),
        )
        milestone = MilestoneFactory(
            item=item, number=1, responsible_agency=labour, **texts(Milestone, but=["no_evidence"])
        )
        both = UserFactory(name="Contributor")
        for role in (Seat.Role.CONTRIBUTOR, Seat.Role.COORDINATOR):
            SeatFactory(user=both, agency=labour, role=role)
    return World(plan, item, milestone, None, {"coordinator": both}, {}, {})


def texts(model: type[models.Model], but: Any = ()) -> dict[str, str]:
    """Return a value for every optional text of the model."""
    return {
        each.name: f"First words of {each.name}"
        for each in fields_of(model)
        if isinstance(each, models.CharField | models.TextField)
        and not each.choices
        and each.editable
        and each.name not in ("number", *but)
    }


def fields_of(model: type[models.Model]) -> list[Any]:
    return [each for each in model._meta.get_fields() if each.concrete and not each.primary_key]


# Values of other fields that a changed one needs beside it, before and after.
BESIDE: dict[tuple[type[models.Model], str], dict[str, Any]] = {
    (WorkItem, "completed_on"): {"stage": "complete", "completed_on": date(2010, 5, 1)},
    (Milestone, "no_evidence"): {"completed_on": date(2010, 5, 1)},
}


def other_value(row: Any, each: Any) -> Any:
    """Return another valid value of the field."""
    value = getattr(row, each.name)
    if each.is_relation:
        others = each.related_model._default_manager.exclude(pk=value and value.pk)
        return others.order_by("-pk").first()
    if each.choices:
        return next(code for code, _ in each.choices if code not in (value, "", "complete"))
    if isinstance(each, models.BooleanField):
        return not value
    if isinstance(each, models.DateField):
        return date(2010, 5, 20)
    if isinstance(each, models.IntegerField):
        return (value or 0) + 7
    return "9.9" if each.name == "number" else f"Other words of {each.name}"


def write(row: Any, at: datetime, **values: Any) -> None:
    """Write a field without services and guards."""
    for name, value in values.items():
        setattr(row, name, value)
    with time_machine.travel(at, tick=False):
        history.save(row, by=None)


def lift_guards(model: type[models.Model]) -> None:
    if connection.vendor == "sqlite":
        guards.lift("default")
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")


# --- the surfaces -----------------------------------------------------------------------------


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def said_in_history(world: World, model: type[models.Model]) -> Any:
    """Count the entries of the history page; the page also names the item."""
    return world.text("workitems:history", world.item.number).count("<time")


def in_the_workbook(world: World, model: type[models.Model]) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(world.plan)))
    sheet = book[(ITEMS if model is WorkItem else MILESTONES).name]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def in_a_list(world: World, model: type[models.Model]) -> Any:
    names = ["items"] if model is WorkItem else ["milestones", "timeline"]
    return [
        list(csv.reader(io.StringIO(world.text("dashboard:export", name, "csv")))) for name in names
    ]


def told_as_changed(world: World, model: type[models.Model]) -> Any:
    since = BEGAN.date().isoformat()
    return list(
        csv.reader(io.StringIO(world.text("dashboard:export", "changes", "csv", since=since)))
    )


def in_an_annex(world: World, model: type[models.Model]) -> Any:
    """Of a paper with all annexes, as it is printed."""
    paper = draft(
        world.plan,
        period_start=date(2010, 4, 1),
        period_end=date(2010, 5, 31),
        dated=date(2010, 6, 1),
        tracker_number="10/1",
    )
    annexes = generate(paper, ("purpose",), tuple(ANNEXES)).annexes
    document = replace(compose(paper), annexes=annexes)
    return words(document_fragment(document).partition('<section class="paper-annex')[2])


def on_the_page(world: World, model: type[models.Model]) -> Any:
    """Of the item, down to its history."""
    return words(item_page(world))


def on_the_page_then(world: World, model: type[models.Model]) -> Any:
    """Of the item as at just after the change, without the moment's own words."""
    return words(item_page(world, at="2010-06-01T11:00:00")).replace("11:00", "")


def item_page(world: World, **query: str) -> str:
    page = world.text("workitems:detail", world.item.number, **query)
    return page.partition('<main id="main"')[2].partition('<h2 id="history"')[0]


SURFACES: dict[str, Callable[[World, type[models.Model]], Any]] = {
    "history": said_in_history,
    "workbook": in_the_workbook,
    "list": in_a_list,
    "what changed": told_as_changed,
    "annex": in_an_annex,
    "page": on_the_page,
    "page then": on_the_page_then,
}


def changed_surfaces(world: World, model: type[models.Model], name: str) -> set[str]:
    """The surfaces that have the field: what they say changes when it does."""
    row = world.row(model)
    lift_guards(model)
    beside = BESIDE.get((model, name), {})
    if beside:
        write(row, BEGAN, **beside)
    key = model, tuple(beside.items())
    if key not in world.said:
        world.said[key] = {surface: ask(world, model) for surface, ask in SURFACES.items()}
    before = world.said[key]
    each = model._meta.get_field(name)
    write(row, CHANGED, **{name: other_value(row, each)})
    after = {surface: ask(world, model) for surface, ask in SURFACES.items()}
    return {surface for surface in SURFACES if before[surface] != after[surface]}


# --- how a field is changed ------------------------------------------------------------------

SAMPLES = {"reason": "Why.", "completed_on": "20 May 2010", "forecast_due": "20 June 2010"}


@dataclass
class Entry:
    """A form's entry for a field, on one of the row's own pages; `act` names the form there."""

    world: World
    model: type[models.Model]
    name: str
    address: str
    act: str
    form: BaseForm
    entry: str

    @property
    def row(self) -> Any:
        return self.world.row(self.model)

    @property
    def value(self) -> Any:
        return self.model._meta.get_field(self.name).value_from_object(self.row)

    def post(self) -> Any:
        """Post another value of the field, and the form's initial values beside it."""
        data = {}
        for entry, field in self.form.fields.items():
            initial = self.form.initial.get(entry)
            needed = SAMPLES[entry] if initial is None and field.required else ""
            data[self.form.add_prefix(entry)] = needed if initial is None else initial
        typed = {"reason": "Why.", self.entry: self.typed}
        data |= {self.form.add_prefix(entry): text for entry, text in typed.items()}
        return self.world.as_("coordinator").post(self.address, {**data, "act": self.act})

    @property
    def typed(self) -> str:
        choices = getattr(self.form.fields[self.entry], "choices", ())
        others = [code for code, _ in choices if code not in ("", "complete", self.value)]
        return others[0] if others else SAMPLES.get(self.entry, "typed words")

    def opens_with_value(self) -> bool:
        """Return whether the form starts with the row's value. If not, saving would erase it."""
        return self.entry in self.form.initial and self.form.initial[self.entry] == self.value

    def is_saved(self) -> bool:
        """Return whether posting changes the row, or an answer of the return that is being written.
        The change is rolled back."""
        with transaction.atomic():
            posted = self.post()
            assert posted.status_code == 302, (self.address, posted.status_code)
            now = self.model._default_manager.values_list(self.name, flat=True).get(pk=self.row.pk)
            is_saved = (
                now != getattr(self.row, self.name)
                or Update.objects.filter(item=self.world.item).exists()
                or MilestoneAnswer.objects.filter(milestone=self.world.milestone).exists()
            )
            transaction.set_rollback(True)
        # The rollback leaves the message "Item 1.1 is saved.", which the next page would show.
        item_page(self.world)
        return is_saved

    def conflict(self) -> str:
        """Return the text of the page after an attempt to save over a changed row."""
        page = self.post()
        assert page.status_code == 422, page.status_code
        assert page.context["conflict"] is not None
        return words(page.text.partition('<main id="main"')[2])

    def is_shown_in_a_conflict(self) -> bool:
        row, value = self.row, getattr(self.row, self.name)
        other = other_value(row, self.model._meta.get_field(self.name))
        write(row, CHANGED, version=row.version + 1, **{self.name: other})
        found = self.conflict()
        if isinstance(self.form, TextForm):
            return other in found
        write(row, CHANGED, **{self.name: value})
        return self.conflict() != found


# The pages of a row whose forms change it, beside those of its texts.
PAGES: dict[type[models.Model], tuple[str, ...]] = {
    WorkItem: ("workitems:change-status", "workitems:review"),
    Milestone: ("workitems:milestone",),
}
TEXT_PAGES = {WorkItem: "workitems:set-text", Milestone: "workitems:set-milestone-text"}


def own_addresses(world: World, model: type[models.Model]) -> list[str]:
    """Return the address of each page of the row with forms that change it."""
    row = [world.plan.slug, world.item.number]
    row += [world.milestone.number] if model is Milestone else []
    texts = not_official(texts_of(model))
    return [
        *(reverse(name, args=row) for name in PAGES[model]),
        *(reverse(TEXT_PAGES[model], args=[*row, field]) for field in texts),
    ]


def forms_of(world: World, model: type[models.Model]) -> Iterator[tuple[str, str, BaseForm]]:
    """Yield the forms on the row's own pages: the address, the form's name among several, the form."""
    for address in own_addresses(world, model):
        page = world.as_("coordinator").get(address)
        for layer in [layer for context in page.context or () for layer in context.dicts]:
            for value in layer.values():
                several = value.items() if isinstance(value, dict) else [("", value)]
                for act, form in several:
                    if isinstance(form, VersionedForm):
                        yield address, str(act), form


def entry_of(form: BaseForm, row: Any, name: str) -> str:
    """Return the form's entry for the field: by name, or by the end of the name and its value."""
    for entry in form.fields:
        if entry == name:
            own = getattr(row, name)
            if form.initial.get(entry, own) == own:
                return entry
        elif name.endswith(f"_{entry}") and form.initial.get(entry) == getattr(row, name):
            return entry
    return ""


def entry_for(world: World, model: type[models.Model], name: str, when: str) -> Entry | None:
    """Return where the field is edited; None if no form edits it. The pages are asked once `when` no
    return is written, once while one is, and again with the values that a field needs beside it."""
    beside = BESIDE.get((model, name), {})
    if beside:
        lift_guards(model)
        write(world.row(model), BEGAN, **beside)
    key = model, when, tuple(beside)
    if key not in world.forms:
        world.forms[key] = list(forms_of(world, model))
    for address, act, form in world.forms[key]:
        if entry := entry_of(form, world.row(model), name):
            return Entry(world, model, name, address, act, form, entry)
    return None


def is_locked(model: type[models.Model], name: str) -> bool:
    """Return whether the field changes only by a variation, or never."""
    sheet = ITEMS if model is WorkItem else MILESTONES
    return any(
        column.locked or column.by_decision
        for column in sheet
        if name in (*columns_of(model, column.field), column.heading.lower())
    )


def columns_of(model: type[models.Model], field: str) -> tuple[str, ...]:
    joined = getattr(model, field, None)
    return joined.columns if isinstance(joined, Known) else (field,)


def is_entered(model: type[models.Model], name: str) -> bool:
    """Return whether people enter the field itself. How a date is known is entered with it."""
    is_own = name != OWNER[model] and not name.endswith("_known_to")
    return is_own and model._meta.get_field(name).editable


# --- the forms that make a row -----------------------------------------------------------------

TYPED = {"number": "9", "due": "30 September 2010", "due_1": "30 September 2010"}


def filled(form: BaseForm, model: type[models.Model]) -> dict[str, str]:
    """Return something valid for each box that the model has a field for, or that must be filled."""
    own = {each.name for each in fields_of(model)}
    boxes = {name: box for name, box in form.fields.items() if name in own or box.required}
    return {name: typed_into(box, name) for name, box in boxes.items()}


def typed_into(box: Any, name: str) -> str:
    if name in TYPED:
        return TYPED[name]
    if isinstance(box, forms.BooleanField):
        return "on"
    if hasattr(box, "choices"):
        return str([code for code, _ in box.choices if code != ""][-1])
    if isinstance(box, DayField):
        return "20 August 2010"
    return "7" if isinstance(box, forms.IntegerField) else f"words of {name}"


def sent(world: World, model: type[models.Model], address: str) -> tuple[BaseForm, dict[str, str]]:
    """Fill and send the form at the address. Return it, and what was typed."""
    client = world.as_("coordinator")
    form = client.get(address).context["form"]
    typed = filled(form, model)
    posted = client.post(address, typed)
    assert posted.status_code == 302, posted.context["form"].errors
    return form, typed


def assert_took_every_field(form: BaseForm, typed: dict[str, str], row: models.Model) -> None:
    model = type(row)
    for each in fields_of(model):
        if not is_entered(model, each.name):
            continue
        excepted = "making" in EXCEPTIONS[model].get(each.name, {})
        assert (each.name in typed) != excepted, f"{model.__name__}.{each.name}: making"
        if not excepted:
            entered = form.fields[each.name].clean(typed[each.name])
            assert getattr(row, each.name) == entered, each.name


# --- the tests --------------------------------------------------------------------------------

FIELDS = [
    pytest.param(model, each.name, id=f"{model.__name__}.{each.name}")
    for model in EXCEPTIONS
    for each in fields_of(model)
    if each.name != OWNER[model]
]
ENTERED = [each for each in FIELDS if is_entered(*each.values)]


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_field_is_on_every_surface_or_has_a_reasoned_exception(world, model, name):
    found = changed_surfaces(world, model, name)
    excepted = EXCEPTIONS[model].get(name, {}).keys() & SURFACES.keys()
    missing, needless = SURFACES.keys() - found - excepted, excepted & found
    assert not missing, f"{model.__name__}.{name} is not in: {', '.join(sorted(missing))}"
    assert not needless, f"{model.__name__}.{name} is now in: {', '.join(sorted(needless))}"


@pytest.mark.parametrize(("model", "name"), ENTERED)
def test_every_field_is_in_a_form_or_locked_or_derived(world, model, name):
    entry = entry_for(world, model, name, "between rounds")
    has_way = entry is not None or is_locked(model, name)
    excepted = EXCEPTIONS[model].get(name, {})
    assert has_way != ("change" in excepted), (
        f"{model.__name__}.{name} is in no form, not locked and not derived"
        if not has_way
        else f"{model.__name__}.{name} has a way to change now"
    )
    if entry is not None:
        assert entry.opens_with_value() != ("opening" in excepted), (
            f"{model.__name__}.{name} opens with its value now"
            if entry.opens_with_value()
            else f"{model.__name__}.{name} is not in: opening, the form begins without its value"
        )
        assert entry.is_saved(), f"{model.__name__}.{name} is not saved by its form’s service"
        if isinstance(entry.form, TextForm):
            assert entry.address in world.text("workitems:detail", world.item.number), (
                f"{model.__name__}.{name}: the item’s page does not link to its form"
            )
        assert entry.is_shown_in_a_conflict(), (
            f"{model.__name__}.{name} is not in: conflict, which shows both sides"
        )


@pytest.mark.parametrize(("model", "name"), ENTERED)
def test_every_field_of_a_form_is_saved_while_a_return_is_written_too(world, model, name):
    ReturnFactory(round=RoundFactory(plan=world.plan), agency=world.item.lead_agency)
    entry = entry_for(world, model, name, "in a return")
    has_way = entry is not None or is_locked(model, name)
    assert has_way != bool(EXCEPTIONS[model].get(name, {}).keys() & {"change", "in a return"}), (
        f"{model.__name__}.{name} has a way to change while a return is written now"
        if has_way
        else f"{model.__name__}.{name} is not in: in a return, no form has it then"
    )
    assert entry is None or entry.is_saved(), f"{model.__name__}.{name} is not saved in a return"


def test_the_forms_of_a_plan_being_made_take_every_field(world):
    plan = PlanFactory(adopted_on=None, coordinating_agency=world.plan.coordinating_agency)
    PillarFactory(plan=plan)
    form, typed = sent(world, WorkItem, reverse("plans:add-item", args=[plan.slug]))
    item = plan.items.get()
    assert_took_every_field(form, typed, item)
    address = reverse("plans:add-milestone", args=[plan.slug, item.number])
    form, typed = sent(world, Milestone, address)
    assert_took_every_field(form, typed, item.milestones.get())


@pytest.mark.parametrize("model", [WorkItem, Milestone])
def test_a_proposal_takes_every_field_shows_its_texts_and_makes_the_row(world, model):
    of = [] if model is WorkItem else [world.item.number]
    name = "variations:propose-item" if model is WorkItem else "variations:propose-milestone"
    form, typed = sent(world, model, reverse(name, args=[world.plan.slug, *of]))
    proposal = world.plan.variations.get()
    page = words(world.text("variations:detail", proposal.number))
    for text in texts_of(model):
        excepted = "proposal" in EXCEPTIONS[model].get(text, {})
        assert (typed[text] in page) != excepted, f"{model.__name__}.{text}: proposal"
    given = {"by": world.people["coordinator"], "on": ASKED.date(), "reason": ""}
    row = (
        additions.make_item(world.plan, proposal.addition, **given)
        if model is WorkItem
        else additions.make_milestone(world.item, proposal.addition, **given)
    )
    row.refresh_from_db()
    assert_took_every_field(form, typed, row)


def test_exceptions_name_existing_fields():
    for model, exceptions in EXCEPTIONS.items():
        assert exceptions.keys() <= {each.name for each in fields_of(model)}
        assert all(reason for found in exceptions.values() for reason in found.values())
