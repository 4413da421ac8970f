"""Test that how milestones are shown to be done is the same on dashboard, paper, annex, public page and API, and adds up,
for random plans and moments."""

from collections import Counter

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reports.compose.annex_rows import LACKING, work_item_table
from reports.compose.facts import read_facts
from reports.models import PublicProgress
from reports.progress.dashboard import read_dashboard
from reports.progress.published_content import content_of
from reports.progress.view import PlanView
from tests.api.programs import program_of
from tests.factories import AppointmentFactory, BriefingFactory, EvidenceFactory, SeatFactory
from tests.plans_at_random import TODAY, moments, noon, plans
from tests.reports.compose.test_reconcile import some_plans, undone
from workitems.measures.completion import Completion
from workitems.models import Milestone

pytestmark = pytest.mark.django_db


def with_evidence(data, made):
    """Give some milestones a file, a link or a note, and let the reviewer question some."""
    for milestone in Milestone.objects.filter(item__plan=made.plan):
        kind = data.draw(st.sampled_from(["", "note", "link"]))
        if kind:
            values = {"note": "", "link": ""} | {kind: "https://example.org/shown"}
            EvidenceFactory(milestone=milestone, added_at=noon(made.plan.released_on), **values)


@given(data=st.data())
@some_plans
def test_it_is_the_same_everywhere_and_adds_up(data):
    with undone(), time_machine.travel(noon(TODAY), tick=False):
        made = data.draw(plans())
        with_evidence(data, made)
        moment = data.draw(moments())
        seat = SeatFactory(agency=made.plan.coordinating_agency, role="observer")
        page = read_dashboard(PlanView(plan=made.plan, at=moment))
        counts = page.completions.counts
        assert sum(counts.values()) == len(page.completions)
        query = {"at": moment.key, "limit": 200} if moment.key else {"limit": 200}
        answer = program_of(seat.user).get(reverse("api:milestones", args=[made.plan.slug]), query)
        assert answer.status_code == 200
        rows = answer.json()["results"]
        assert Counter(row["shown_by"] for row in rows if row["shown_by"]) == counts
        figures = content_of(made.plan, moment, [PublicProgress.Part.FIGURES])["figures"]
        public = {row["key"]: row["value"] for row in figures}
        assert {each: public[f"milestones_done_{each}"] for each in Completion} == {
            each: counts[each] for each in Completion
        }
        if moment.key and len(moment.key) == len("2010-07-30"):
            briefing = BriefingFactory.build(plan=made.plan, dated=moment.on)
            AppointmentFactory(portfolio=made.plan.portfolio)
            facts = read_facts(briefing, TODAY)
            assert facts.completions.by_milestone == page.completions.by_milestone
            said = [
                step.standing
                for pillar in work_item_table(facts).pillars
                for row in pillar.rows
                for step in row.milestones
            ]
            told = {each: sum(words in line for line in said) for each, words in LACKING.items()}
            assert told == {each: counts[each] for each in LACKING}
