"""Test that marks made once per process are those of the components, and the links of rows."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from tests.factories import WorkItemFactory
from workitems.models.item import Confidence, Stage
from workitems.templatetags.marks import (
    confidence_mark,
    lateness_mark,
    stage_mark,
)
from workitems.terms.lateness import Late, Lateness


@pytest.mark.parametrize("stage", Stage.values)
def test_a_stages_mark_is_the_component(stage):
    assert stage_mark(stage) == render_to_string("components/stage.html", {"stage": stage})


@pytest.mark.parametrize("confidence", ["", *Confidence.values])
def test_a_confidences_mark_is_the_component(confidence):
    component = render_to_string("components/confidence.html", {"confidence": confidence})
    assert confidence_mark(confidence) == component


@pytest.mark.parametrize("state", Late)
@pytest.mark.parametrize("days", [1, 2])
def test_the_mark_of_dates_is_the_component_for_any_date(state, days):
    for due in (None, date(2010, 5, 31), date(2010, 6, 30)):
        late = Lateness(state, days, due)
        assert lateness_mark(late) == render_to_string("components/lateness.html", {"late": late})


@pytest.mark.django_db
def test_the_link_of_a_row_is_the_items_address(client_of, contributor, plan):
    item = WorkItemFactory(plan=plan, number="1 ā&b;(c)'+%~:@")
    (row,) = client_of(contributor).get(f"/plans/{plan.slug}/items/").context["rows"]
    assert row["url"] == item.get_absolute_url()
