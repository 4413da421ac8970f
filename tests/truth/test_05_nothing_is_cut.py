"""Rule 5: nothing typed is ever cut. Over a limit all of it stays, and saving says by how much."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.urls import reverse

from agencies.typed.fields import Form, LinesField, ReasonField
from tests.cast import scene
from tests.truth.every_page import client_of

CUTS = re.compile("maxlength|maxLength")


class Words(Form):
    name = forms.CharField(label="Name", max_length=10)
    challenges = LinesField(label="Challenges", max_length=5000)
    reason = ReasonField(label="Why it is late", required=False)


def errors_of(**typed):
    return Words({"name": "A", "challenges": "", **typed}).errors


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"challenges": "x" * 5000}, {}),
        (
            {"challenges": "x" * 5001},
            {
                "challenges": [
                    "Challenges is 1 character too long. The limit is 5,000 characters."
                ]
            },
        ),
        (
            {"challenges": "x" * 6800, "reason": "y" * 2002},
            {
                "challenges": [
                    "Challenges is 1,800 characters too long. The limit is 5,000 characters."
                ],
                "reason": [
                    "“Why it is late” is 2 characters too long. The limit is 2,000 characters."
                ],
            },
        ),
        ({"name": "A longer one"}, {"name": ["Name is 2 characters too long. The limit is 10 characters."]}),
    ],
)  # fmt: skip
def test_a_text_over_the_limit_says_by_how_much(typed, says):
    assert errors_of(**typed) == says


def test_a_lines_end_counts_as_one_character_as_in_the_browser():
    assert errors_of(challenges="x\r\n" * 2500) == {}
    assert Words({"name": "A", "challenges": "a\r\nb"}).is_valid()
    assert list(errors_of(challenges="x\r\n" * 2501)) == ["challenges"]


def test_a_refused_text_stays_whole_in_its_box():
    typed = "x" * 6800
    form = Words({"name": "A", "challenges": typed})
    assert form["challenges"].value() == typed
    assert f">\n{typed}</textarea>" in form["challenges"].as_widget()


def test_no_template_or_script_limits_what_can_be_typed():
    places = [
        *Path(settings.BASE_DIR, "templates").rglob("*.html"),
        *Path(settings.BASE_DIR, "static/js").glob("*.js"),
    ]
    cuts = {
        path.name
        for path in places
        if CUTS.search(path.read_text()) and path.parent.name != "widgets"
    }
    assert cuts == set()


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_refused_on_its_page_and_kept():
    world = scene()
    typed = "Nobody answers. " * 200
    page = client_of(world, "coordinator").post(
        f"{world.item.get_absolute_url()}review/",
        {"version": world.item.version, "confidence": "off_track", "reason": typed},
    )
    assert page.status_code == 422
    over = f"{len(typed.strip()) - 2000:,}"
    assert f"is {over} characters too long. The limit is 2,000 characters." in page.text
    assert typed in page.text


@pytest.mark.django_db
def test_a_refused_heading_stays_in_its_box_with_its_error():
    world = scene()
    section = world.briefing.draft_sections.order_by("pk")[0]
    address = reverse("workshop:section", args=[world.plan.slug, world.briefing.pk, section.key])
    client = client_of(world, "coordinator")

    def save(heading, was):
        return client.post(address, {"heading": heading, "was": was})

    box = f'aria-describedby="heading-of-{section.key}_error" id="heading-of-{section.key}"'
    typed = "Purpose " * 30
    page = save(typed, section.heading)
    assert (page.status_code, page.context["heading"]["heading"].value()) == (422, typed)
    assert "Heading is 39 characters too long. The limit is 200 characters." in page.text
    assert (f'value="{typed}"' in page.text, box in page.text) == (True, True)

    # Changed by a colleague meanwhile: saving again replaces theirs.
    page = save("Why we write", "Aim")
    says = f"The heading was changed to “{section.heading}” meanwhile. Save again to use yours."
    assert page.context["heading"].errors == {"heading": [says]}
    assert 'value="Why we write"' in page.text
    assert f'name="was" value="{section.heading}"' in page.text

    for name, typed, missing in (("heading", "", "was"), ("was", "", "heading")):
        page = client.post(address, {name: typed, missing: "A"})
        assert page.status_code == 422
    assert client.post(f"{address[:-1]}x/", {"heading": "A", "was": "B"}).status_code == 404

    # Locked meanwhile: there is no box, so the page shows what was typed.
    type(world.briefing).objects.filter(pk=world.briefing.pk).update(state="withdrawn")
    page = save("Why we write", section.heading)
    assert page.status_code == 422
    assert "What you typed is not saved" in page.text
    assert "Why we write" in page.text
