"""Rule 13: papers and pages say "Asked for" of what is undecided or declined, "Now" of what is so."""

import re
from dataclasses import fields

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from agencies.models import Agency
from reports.meetings.meeting_html import paper_fragment
from reports.meetings.minutes import compose_minutes
from reports.meetings.pack import compose_pack
from reports.meetings.parts import Asked
from reports.meetings.record_words import asked
from tests.factories import DecisionFactory, MatterFactory, VariationFactory
from tests.workitems.record import NOW, SLIPPED, TODAY
from workitems.models import Variation
from workitems.plan.asat import Moment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

State = Variation.State
# The two sides of a request, as they are called in each state, and the outcome that is printed.
SIDES = {
    State.REQUESTED: ("As agreed", "Asked for", ""),
    State.RECOMMENDED: ("As agreed", "Asked for", ""),
    State.APPROVED: ("Was", "Now", "Approved"),
    State.DECLINED: ("As agreed", "Asked for", "Declined"),
    State.TAKEN_BACK: ("As agreed", "Asked for", "Withdrawn"),
}
KINDS = {
    "date": {},
    "wording": {"wording": "title", "text_before": "Brochure", "text_after": "Leaflet"},
    "withdrawal": {},
}


def request(milestone, meeting, state, kind="date", **more):
    about = {"milestone": milestone} if kind == "date" else {"milestone": None}
    if kind != "date":
        about |= {"plan": milestone.item.plan, "item": milestone.item, "due_before": None}
    made = VariationFactory.build(
        number=4, kind=kind, state=state, due_after=SLIPPED, requesting_agency=meeting.plan.coordinating_agency,
        **about, **KINDS[kind], **more,
    )  # fmt: skip
    if state in (State.APPROVED, State.DECLINED):
        made.meeting, made.decided_at = meeting, NOW
        made.decided_by = more.get("decided_by")
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", SIDES)
def test_a_paper_says_now_only_of_what_was_approved(milestone, meeting, state, kind):
    row = request(milestone, meeting, state, kind)
    printed = asked(
        row, item=milestone.item, milestone="Brochure printed", agencies=Agency.objects.in_bulk()
    )
    assert (printed.before_label, printed.after_label, printed.outcome) == SIDES[state]
    html = render_to_string("reports/meetings/print/asked.html", {"asked": printed, "maori": ()})
    heads = re.findall('<th scope="row">([^<]+)</th>', html)
    assert heads[1:4] == [*SIDES[state][:2], "Requested by"]
    assert ("Now" in heads) == (state == State.APPROVED)


@pytest.mark.parametrize("state", SIDES)
def test_every_paper_and_page_of_a_request_uses_the_same_words(
    client_of, milestone, meeting, coordinator, state
):
    row = request(milestone, meeting, state)
    if row.meeting:
        row.decided_by = coordinator
    row.save()
    matter = MatterFactory(meeting=meeting, variation=row, considered_on=TODAY)
    if row.meeting:
        DecisionFactory(meeting=meeting, matter=matter, variation=row, text="As asked.")
    before, after, outcome = SIDES[state]
    pack = paper_fragment(compose_pack(meeting, Moment.today(TODAY)))
    papers = [pack]
    if row.meeting:
        papers.append(paper_fragment(compose_minutes(meeting, NOW)))
    for paper in papers:
        assert f'<th scope="row">{after}</th><td><p>30 September 2010</p></td>' in paper
        assert "→ Now" not in paper
        assert (f"<strong>{outcome}</strong>" in paper) == bool(outcome)
    reader = client_of(coordinator)
    screen = reverse("meetings:present", args=[meeting.plan.slug, meeting.pk])
    own, slide = reader.get(row.get_absolute_url()).text, reader.get(screen).text
    assert ("What changed" in own) == (state == State.APPROVED)
    assert re.findall("<h3>(.+?)</h3>", own)[:2] == [before, after]
    # The slide has both answers until it is decided, below the strip of the milestone.
    sides = [before, after] if outcome else ["Approve", "Decline"]
    assert re.findall("<h3>(.+?)</h3>", slide) == ["Brochure printed", *sides]
    assert (f"{row.asks}?" in slide) == (not outcome)


def test_papers_that_were_frozen_earlier_keep_their_words():
    """They have no labels; the defaults are those that were printed then."""
    defaults = {each.name: each.default for each in fields(Asked) if each.name.endswith("_label")}
    assert defaults == {
        "before_label": "Was",
        "after_label": "→ Now",
        "asked_label": "Asked for by",
    }
