"""Test the template components: their HTML, and that user text is escaped."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.utils.html import strip_tags

from agencies.templatetags.components import error_links, page_numbers
from agencies.typed.fields import DayField, Form


class Answer(Form):
    title = forms.CharField(help_text="As on the cover.")
    due_on = forms.DateField(label="Due", required=False)
    stage = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.IntegerField(widget=forms.HiddenInput)
    is_key = forms.BooleanField(label="Key achievement", required=False)

    def clean(self):
        raise forms.ValidationError("The item was closed meanwhile.")


def render(source: str, **context: object) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def component(file: str, **context: object) -> str:
    names = " ".join(f"{key}={key}" for key in context)
    return render(f"{{% include 'components/{file}.html' with {names} only %}}", **context)


def words(html: str) -> str:
    return " ".join(strip_tags(html).split())


@pytest.mark.parametrize(
    ("name", "takes", "printed"),
    [
        ("stage", {"stage": "not_started"}, "Not started"),
        ("stage", {"stage": "under_way"}, "Under way"),
        ("stage", {"stage": "complete"}, "Complete"),
        ("stage", {"stage": "ongoing"}, "Ongoing"),
        ("stage", {"stage": "withdrawn"}, "Withdrawn"),
        ("confidence", {"confidence": "on_track"}, "On track"),
        ("confidence", {"confidence": "at_risk"}, "At risk"),
        ("confidence", {"confidence": "off_track"}, "Off track"),
        ("confidence", {"confidence": ""}, "No rating"),
    ],
)
def test_a_mark_gives_its_status_in_words(name, takes, printed):
    assert words(component(name, **takes)) == printed


@pytest.mark.parametrize(
    "name",
    ["not_started", "under_way", "complete", "ongoing", "withdrawn"]
    + ["on_track", "at_risk", "off_track"]
    + ["low", "medium", "high", "escalated"],
)
def test_each_status_has_a_shape_of_its_own(name):
    others = {"not_started", "under_way", "complete", "ongoing", "withdrawn"}
    others |= {"on_track", "at_risk", "off_track", "low", "medium", "high", "escalated"}
    shapes = {other: component("shape", name=other) for other in others - {name}}
    assert component("shape", name=name) not in shapes.values()


def test_the_error_summary_lists_every_error_once_and_leads_to_its_control():
    assert error_links(Answer({"due_on": "soon"})) == [
        ("The item was closed meanwhile.", ""),
        ("Enter the title.", "id_title"),
        ("Due: Enter a valid date.", "id_due_on"),
        ("Choose the stage.", "id_stage_0"),
        ("Part of this page is missing. Load the page again.", ""),
    ]


class Question(forms.Form):
    answer = forms.CharField(label="Is it open?", error_messages={"required": "Say yes or no."})
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)


def test_the_error_summary_reads_as_sentences_and_says_a_fault_once():
    missing = "This field is required."
    assert error_links(Question({})) == [("Is it open? Say yes or no.", "id_answer"), (missing, "")]


def test_every_link_of_the_error_summary_has_a_control_on_the_page():
    html = render("{{ form }}", form=Answer({}))
    targets = re.findall(r'<a href="#([^"]+)">', html)
    assert targets == [i for i in targets if f'id="{i}"' in html]
    assert len(targets) == 2


def test_a_form_without_errors_has_no_error_summary():
    assert error_links(Answer()) == []
    assert "error-summary" not in render("{{ form }}", form=Answer())


def test_a_field_names_its_hint_and_its_error_to_a_screen_reader():
    html = render("{{ form.title.as_field_group }}", form=Answer({}))
    assert re.findall(r'aria-describedby="([^"]+)"', html) == ["id_title_helptext id_title_error"]
    assert re.findall(r' id="(id_title_[a-z]+)"', html) == ["id_title_helptext", "id_title_error"]


def test_a_date_is_shown_and_parsed_in_the_format_of_the_paper():
    class Dated(Form):
        due_on = DayField(label="Due")

    form = Dated({"due_on": "5 July 2010"})
    assert form["due_on"].value() == "5 July 2010"
    again = Dated(initial={"due_on": form.fields["due_on"].clean("5/7/2010")})
    assert again["due_on"].as_widget().count('value="5 July 2010"') == 1


def test_text_in_a_component_is_escaped():
    evil = "<script>alert(1)</script>"
    html = render(
        "{% page_header title=evil lead=evil %}{{ evil }}{% endpage_header %}"
        "{% callout title=evil kind='attention' %}{{ evil }}{% endcallout %}"
        "{% data_table caption=evil %}<tbody><tr><td>{{ evil }}</td></tr></tbody>{% enddata_table %}"
        "{% include 'components/official_wording.html' with text=evil only %}",
        evil=evil,
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 8


def test_the_actions_of_a_page_header_are_not_escaped():
    html = render("{% page_header title='T' %}\n<a href='/'>Go</a>\n{% endpage_header %}")
    assert "<div class=\"page-header-actions\"><a href='/'>Go</a></div>" in html


def test_a_page_header_without_actions_has_no_actions_element():
    assert "actions" not in render("{% page_header title='T' %}\n{% endpage_header %}")


def test_pagination_keeps_the_filter_and_marks_the_current_page():
    page = Paginator(range(420), 20).page(7)
    html = component("pagination", page=page, query=QueryDict("stage=complete&page=7"))
    assert page_numbers(page) == [1, "…", 6, 7, 8, "…", 21]
    assert "121–140 of 420 rows" in html
    assert re.findall(r'href="([^"]+)" aria-current', html) == ["?stage=complete&amp;page=7"]


@pytest.mark.parametrize(
    ("sort", "aria", "link"),
    [
        ("", None, "?q=x&amp;sort=due"),
        ("due", "ascending", "?q=x&amp;sort=-due"),
        ("-due", "descending", "?q=x&amp;sort=due"),
    ],
)
def test_a_sortable_column_states_its_order_and_links_to_the_opposite_order(sort, aria, link):
    html = component("sort_header", label="Due", field="due", sort=sort, start="?q=x&")
    assert re.findall(r'aria-sort="(\w+)"', html) == ([aria] if aria else [])
    assert re.findall(r'href="([^"]+)"', html) == [link]


@pytest.mark.parametrize(
    ("length", "width"), [(30, "govuk-input input-short"), (200, "govuk-input input-long")]
)
def test_the_width_of_a_text_box_follows_the_length_of_its_content(length, width):
    class One(forms.Form):
        words = forms.CharField(max_length=length)

    assert re.findall(r'class="([^"]+)"', One()["words"].as_widget()) == [width]


def test_a_control_has_no_placeholder():
    class One(forms.Form):
        words = forms.CharField(widget=forms.TextInput({"placeholder": "Words", "class": "a"}))

    assert One()["words"].as_widget() == (
        '<input type="text" name="words" class="govuk-input a" required id="id_words">'
    )


def test_the_options_of_a_select_are_escaped_in_their_groups():
    field = forms.ChoiceField(
        choices=[("", "Any"), ('O"k', "<b>&"), ("Ngā & mahi", [(1, "One's"), (2, "Two")])]
    )
    drawn = field.widget.render("of", 2)
    assert re.findall("<opt.*", drawn) == [
        '<option value="">Any</option>',
        '<option value="O&quot;k">&lt;b&gt;&amp;</option>',
        '<optgroup label="Ngā &amp; mahi">',
        '<option value="1">One&#x27;s</option>',
        '<option value="2" selected>Two</option>',
    ]
