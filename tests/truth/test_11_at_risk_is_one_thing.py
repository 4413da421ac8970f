"""Rule 11: "at risk" is what an agency or the reviewer said. How an item stands has its own words
and marks, and the dashboard's figures say what they count."""

import re

import pytest
from django.template.loader import render_to_string

from tests.factories import WorkItemFactory
from workitems.models.item import Confidence
from workitems.terms.lateness import Status


def drawn(name):
    return render_to_string("components/shape.html", {"name": name})


def test_no_status_has_a_word_of_a_confidence():
    assert {each.label for each in Status} & set(Confidence.labels) == set()


def test_no_status_has_the_shape_of_a_confidence_or_of_another_status():
    names = [*(each.value for each in Status), *Confidence.values]
    assert len({drawn(name) for name in names}) == len(names)


@pytest.mark.parametrize("status", Status)
def test_each_status_says_what_it_counts(status):
    assert status.counts != ""


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_the_dashboard_says_what_each_figure_counts(plan, contributor, client_of):
    WorkItemFactory(plan=plan, confidence="at_risk", reviewer_confidence="off_track")
    text = client_of(contributor).get(f"{plan.get_absolute_url()}dashboard/").text
    # What cannot be judged has a figure only if there is any.
    shown = [each for each in Status if each != Status.UNJUDGED]
    assert [text.count(f"{each.label}: {each.counts}") for each in shown] == [1] * len(shown)
    assert "No work item is late. One is in doubt." in text
    assert "The reviewer rates it off track; the agency says at risk." in text


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_an_item_says_whose_confidence_is_whose(plan, contributor, client_of):
    item = WorkItemFactory(plan=plan, confidence="at_risk", reviewer_confidence="off_track")
    text = " ".join(client_of(contributor).get(item.get_absolute_url()).text.split())
    said = re.sub(r"<svg.*?</svg>|<[^>]+>", "", text)
    assert f"{item.lead_agency.short_name} says At risk The reviewer says Off track" in " ".join(
        said.split()
    )
