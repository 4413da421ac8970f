"""Rule 8: a form shows all errors at once, and marks required and optional fields alike."""

import importlib
from collections import defaultdict

import pytest
from django import forms
from django.urls import reverse

from agencies.typed.asking import DJANGOS_REQUIRED, AskingForm, ask_for, word_errors
from tests.codebase.source import PACKAGES, ROOT, modules
from tests.test_permissions import RULES
from tests.truth.every_page import client_of, emptied, fields_of, posted_forms, reader_of

pytestmark = pytest.mark.one_database(reason="forms and templates decide")
OURS = ("agencies.", "reports.", "trafficking_plan.", "workitems.")


def form_classes():
    for path in modules(*PACKAGES):
        if {"forms", "account_forms"} & {*(parts := path.relative_to(ROOT).with_suffix("").parts)}:
            importlib.import_module(".".join(parts))

    def below(cls):
        for each in cls.__subclasses__():
            yield each
            yield from below(each)

    return {each for each in below(forms.BaseForm) if each.__module__.startswith(OURS)}


def test_every_form_asks_in_our_words():
    found = form_classes()
    assert len(found) > 60
    assert {each.__name__ for each in found if not issubclass(each, AskingForm)} == set()


def test_no_field_says_that_it_is_required():
    said = {}
    for cls in form_classes():
        for name, field in cls.base_fields.items():
            word_errors(field, name)
            said[f"{cls.__name__}.{name}"] = str(field.error_messages["required"])
    assert {name for name, words in said.items() if words == str(DJANGOS_REQUIRED)} == set()
    assert {name for name, words in said.items() if not words.endswith(".")} == set()


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (forms.CharField(label="Name"), "Enter the name."),
        (forms.CharField(label="Your name"), "Enter your name."),
        (forms.CharField(label="PDF file name"), "Enter the PDF file name."),
        (forms.CharField(label="Why the risk is over"), "Say why the risk is over."),
        (forms.ChoiceField(label="Stage"), "Choose the stage."),
        (forms.ChoiceField(label="Who covers"), "Choose who covers."),
        (forms.BooleanField(label="I have read it"), "Tick “I have read it” to continue."),
        (
            forms.CharField(label="Version", widget=forms.HiddenInput),
            "Part of this page is missing. Load the page again.",
        ),
    ],
)
def test_the_sentence_of_an_empty_field_comes_from_its_label(field, says):
    assert ask_for(field) == says


# --- every page ---------------------------------------------------------------------------------


def test_a_field_is_marked_the_same_on_every_page(every_page):
    marked = defaultdict(lambda: defaultdict(set))
    for name, page in every_page.items():
        for form in posted_forms(page.text):
            for field in fields_of(form):
                marked[field.name, field.label][field.is_optional].add(name)
    assert len(marked) > 80
    unlike = {key: dict(by) for key, by in marked.items() if len(by) > 1}
    assert unlike == {}


def test_no_page_has_a_box_that_cuts_what_is_typed(every_page):
    # Rule 5, here because it looks at every page too.
    assert {name for name, page in every_page.items() if " maxlength=" in page.text} == set()
    assert sum(" data-limit=" in page.text for page in every_page.values()) > 30


def test_required_and_optional_exclude_each_other_and_nothing_untouched_is_red(every_page):
    wrong = {
        (name, field.label)
        for name, page in every_page.items()
        for form in posted_forms(page.text)
        for field in fields_of(form)
        if field.is_red or (field.is_required and field.is_optional)
    }
    assert wrong == set()


def test_a_form_sent_empty_shows_all_its_errors_at_once(standing_world, every_page):
    seen, quiet, red = 0, {}, {}
    for name, page in every_page.items():
        client = client_of(standing_world, reader_of(name))
        for form in posted_forms(page.text):
            required = {field.name for field in fields_of(form) if field.is_required}
            if not required:
                continue
            address = (form.action or page.request["PATH_INFO"]).partition("#")[0]
            answer = client.post(address, emptied(form))
            is_ours = not name.startswith("account_")
            assert answer.status_code == (422 if is_ours else 200), (name, address)
            shown = {
                field.name: field for each in posted_forms(answer.text) for field in fields_of(each)
                if field.is_red
            }  # fmt: skip
            seen += 1
            if required - set(shown):
                quiet[name, address] = required - set(shown)
            if optional := {key for key, field in shown.items() if field.is_optional}:
                red[name, address] = optional
            assert "This field is required" not in answer.text
            assert answer.text.count("There is a problem") <= 1
    assert seen > 30
    assert quiet == {}
    assert red == {}


LATER = "Enter a date after today."
LAST_YEAR = "1 June 2009"


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        (
            "briefings:ask-agencies",
            {"due_on": LAST_YEAR},
            {
                "agencies": ["Choose at least one agency."],
                "due_on": ["Enter today or a later date."],
            },
        ),
        (
            "returns:open-round",
            {"period_start": "1 July 2009", "period_end": LAST_YEAR, "due_on": LAST_YEAR},
            {
                "name": ["Enter the name."],
                "period_end": ["The period ends before it begins. Enter a later day."],
                "due_on": ["Returns would be due before the period begins. Enter a later day."],
                "__all__": ["Another round is open. Close it first."],
            },
        ),
        (
            "returns:extend",
            {"to": LAST_YEAR},
            {"to": [LATER], "reason": ["Enter the reason."]},
        ),
        (
            "variations:extend",
            {"due_on": LAST_YEAR, "version": 1},
            {"due_on": [LATER], "reason": ["Say why the date changes."]},
        ),
        (
            "variations:ask-agencies",
            {"due_on": LAST_YEAR, "message": "So. " * 2000},
            {
                "due_on": [LATER],
                "message": [
                    "“Message to the agencies” is 2,999 characters too long. The limit is 5,000 "
                    "characters."
                ],
            },
        ),
    ],
)
def test_what_a_service_refuses_is_said_beside_what_is_missing(standing_world, name, typed, says):
    client = client_of(standing_world, "coordinator")
    answer = client.post(reverse(name, args=RULES[name].arguments(standing_world)), typed)
    assert answer.status_code == 422
    form = answer.context.get("acted") or answer.context["form"]
    assert {name: list(said) for name, said in form.errors.items()} == says
