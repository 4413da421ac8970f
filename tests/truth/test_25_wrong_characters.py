"""Rule 25: a wrong character or too large a number is refused where it is typed, with its place."""

import ast
import io

import pytest
from django import forms
from django.apps import apps
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from agencies.models import Agency
from agencies.records import history
from agencies.typed.characters import fault_of, is_unprintable
from agencies.typed.fields import TextField
from reports.compose.bad_characters import RECORDS, page_of, places_of
from tests.cast import client_of, standing_scene
from tests.codebase.source import modules, name_of
from tests.factories import BriefingFactory, MatterFactory, MeetingFactory, UpdateFactory
from tests.test_permissions import NOT_ALLOWED, RULES
from tests.truth.every_form import CHANGES, CREATES
from tests.workitems.workbooks import file_of, small
from workitems.intake.workbook import WorkbookRefused, preview_import
from workitems.models import Milestone

OVERRIDE = "\u202e"
HUGE = (2**31, 2**63 - 1, 2**63)
AS_TYPED = "application/x-www-form-urlencoded"


# --- the sentence -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            f"Print a{OVERRIDE} brochure",
            "Character 8, after “Print a”, is U+202E (right-to-left override). It cannot be "
            "printed. Delete it, or type it again.",
        ),
        (
            "\x07Print",
            "Character 1 is U+0007 (a control character). It cannot be printed. Delete it, or type "
            "it again.",
        ),
        (
            "One.\nTwo \uf0b7 three",
            "Character 10, after “Two”, is U+F0B7 (a character that only one typeface has). It cannot "
            "be printed. Delete it, or type it again.",
        ),
        ("Tāmaki\tMakaurau\r\n“ok” – 😀", ""),
    ],
)
def test_the_sentence_names_the_character_and_its_place(text, sentence):
    assert fault_of(text) == sentence


@pytest.mark.parametrize("character", "\u2028\u2029\u061c\u200e\u200f\u202a\u2066\u2069\ud800\x00")
def test_controls_of_direction_and_half_characters_are_unprintable(character):
    assert is_unprintable(character)


# --- every field --------------------------------------------------------------------------------


def test_every_text_field_refuses_them():
    faults = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules("agencies", "workitems", "reports")
        if "forms" in name_of(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and (getattr(node.value, "id", ""), node.attr) == ("forms", "CharField")
        # A password is compared and never shown.
        and "password" not in path.read_text().splitlines()[node.lineno - 1]
    ]
    assert faults == [], "use agencies.typed.fields.TextField"
    with pytest.raises(forms.ValidationError, match="Character 2, after “a”, is U\\+202E"):
        TextField().clean(f"a{OVERRIDE}b")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as found:
        yield found


TYPED = {
    "risks:raise": ("coordinator", "description"),
    "workitems:review": ("coordinator", "reason"),
    "variations:request-wording": ("contributor", "text_after"),
    "meetings:add-matter": ("coordinator", "title"),
    "briefings:change-cover": ("coordinator", "title"),
    "briefings:change-section": ("coordinator", "heading"),
    "evidence:add-to-milestone": ("contributor", "link"),
    "agencies:invite": ("approver", "name"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", TYPED)
def test_it_is_refused_at_its_field_and_what_was_typed_stays(world, name):
    who, field = TYPED[name]
    address = reverse(name, args=RULES[name].arguments(world))
    typed = f"https://example.org/{OVERRIDE}a" if field == "link" else f"Print a{OVERRIDE} brochure"
    response = client_of(world, who).post(address, {field: typed})
    assert response.status_code == 422
    assert "U+202E (right-to-left override)" in str(response.context["form"].errors[field])
    assert response.context["form"][field].value() == typed


@pytest.mark.django_db
def test_a_workbook_with_one_is_refused_at_its_cell(world):
    sheets = small()
    sheets["Work items"][0]["Title"] = f"Train{OVERRIDE} staff"
    with pytest.raises(WorkbookRefused) as refused:
        preview_import(io.BytesIO(file_of(sheets).getvalue()), new_for=set(), at=None)
    told = [(fault.sheet, fault.problem) for fault in refused.value.faults if fault.row == 2]
    assert ("Work items", fault_of(f"Train{OVERRIDE} staff")) in told


# --- rows that have one already -----------------------------------------------------------------


@pytest.fixture
def old_title(world):
    """The title as an older form or import took it."""
    world.item.refresh_from_db()
    world.item.title = f"Print a{OVERRIDE} brochure"
    history.save(world.item, by=None)


@pytest.mark.django_db
@pytest.mark.usefixtures("old_title")
def test_an_old_row_is_shown_and_a_pack_says_where_it_is(world):
    client = client_of(world, "coordinator")
    assert client.get(world.item.get_absolute_url()).status_code == 200
    meeting = MeetingFactory(plan=world.plan, held_on=localdate())
    MatterFactory(meeting=meeting, item=world.item, title="The printer")
    address = reverse("papers:pack", args=[world.plan.slug, meeting.pk])
    assert client.get(address).status_code == 200
    refused = client.get(f"{address}draft.pdf")
    frozen = client.post(f"{address}freeze/", {"after": 0})
    place = f'<a href="{world.item.get_absolute_url()}">item 1.1, title, character 8</a>'
    assert [(page.status_code, place in page.text) for page in (refused, frozen)] == [
        (422, True),
        (422, True),
    ]
    assert meeting.papers.count() == 0


@pytest.mark.django_db
def test_each_place_of_a_character_has_the_page_that_shows_it(world):
    rows = [
        model._base_manager.filter(**{way: world.plan.pk}).first()
        for model, (way, _) in RECORDS.items()
    ]
    client = client_of(world, "coordinator")
    shown = {type(row): page_of(row) for row in rows if row is not None}
    assert shown.pop(Agency) == ""
    assert len(shown) > 10
    wrong = {model for model, page in shown.items() if client.get(page).status_code != 200}
    assert wrong == set()


@pytest.mark.django_db
@pytest.mark.usefixtures("old_title")
def test_a_briefing_says_where_an_old_character_is(world):
    client = client_of(world, "coordinator")
    undrafted = BriefingFactory(plan=world.plan, tracker_number="11/1", dated=localdate())
    refused = client.get(undrafted.get_absolute_url())
    assert refused.status_code == 422
    assert "Fix it here: item 1.1, title, character 8." in refused.text


@pytest.mark.django_db
@pytest.mark.usefixtures("old_title")
def test_places_are_told_of_records_that_papers_quote_and_of_no_draft(world):
    Milestone.objects.filter(pk=world.milestone.pk).update(description=f"{OVERRIDE}Printed")
    of_return = world.round.returns.get(agency=world.agencies["police"])
    UpdateFactory(of_return=of_return, item=world.item, achieved=f"Do{OVERRIDE}ne")
    told = ["item 1.1, title, character 8", "milestone 1 of item 1.1, description, character 1"]
    assert [place.words for place in places_of(world.plan, OVERRIDE)] == told
    assert places_of(world.plan, "\u2067") == []


# --- numbers ------------------------------------------------------------------------------------

# PostgreSQL's columns hold fewer numbers than SQLite's. A huge number in a query is asked of every page in
# tests/security/test_hostile_requests.py.
of_numbers = pytest.mark.one_database(on="postgresql", reason="addresses, filters and forms refuse")


def takes_a_number(name):
    return any("<int:" in pattern for pattern in patterns_of(name))


def patterns_of(name):
    return [str(p) for p, n in walk(get_resolver()) if n == name]


def walk(resolver, before="", namespace=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, before + str(entry.pattern), inner)
        elif entry.name:
            yield before + str(entry.pattern), f"{namespace}{entry.name}"


@pytest.mark.django_db
@of_numbers
def test_no_address_fails_with_a_huge_number(world):
    """Each number in turn, for somebody who may read everything in the plan."""
    client = client_of(world, "coordinator", raise_request_exception=False)
    answers = {}
    for name, row in RULES.items():
        arguments = row.arguments(world)
        ask = client.post if NOT_ALLOWED in row.get.values() else client.get
        for place, value in enumerate(arguments):
            if isinstance(value, int) and takes_a_number(name):
                for huge in HUGE:
                    others = [*arguments[:place], huge, *arguments[place + 1 :]]
                    answers[name, place, huge] = ask(reverse(name, args=others)).status_code
    assert len(answers) > 200
    assert {key: code for key, code in answers.items() if code not in (401, 403, 404)} == {}


@pytest.mark.django_db
@of_numbers
def test_no_form_fails_with_a_huge_number_in_a_field(world):
    """Every field of every form at once, by somebody who may send it: ids, versions, places, days."""
    clients = {
        who: client_of(world, who, raise_request_exception=False)
        for who in ("coordinator", "contributor", "approver", "minister's office")
    }
    names = {
        name
        for model in apps.get_models()
        for field in model._meta.fields
        for name in (field.name, f"move-{field.name}", f"close-{field.name}")
    }
    item, milestone = world.item.pk, world.milestone.pk
    names |= {f"{name}" for name in ("to", "at", "version", "agencies", "user", "matter", "after")}
    names |= {f"i{item}-version", f"i{item}-stage", f"m{milestone}-version"}
    typed = urlencode(dict.fromkeys(names, 2**63))
    answers = {}
    for name in (*CREATES, *CHANGES):
        if name.startswith("account_"):
            continue
        address = reverse(name, args=RULES[name].arguments(world))
        who = next((who for who in clients if RULES[name].post[who] not in (403, 404)), None)
        if who is None:
            continue
        with transaction.atomic():
            answer = clients[who].post(address, typed, content_type=AS_TYPED)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            answers[name] = answer.status_code
    assert answers == {}
