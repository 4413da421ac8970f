"""Test decisions of the working group on a briefing, recorded at its meeting."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from reports.briefings.services import record_decision_on
from reports.models import BriefingDecision
from tests.cast import scene as make_scene
from tests.factories import MatterFactory, MeetingFactory
from tests.workitems.record import NOW, TODAY, refused
from workitems.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def meeting(scene):
    return MeetingFactory(plan=scene.plan, held_on=TODAY)


def decide(scene, meeting, **others):
    return record_decision_on(
        briefing=scene.briefing,
        meeting=meeting,
        text="The briefing goes to agencies.",
        on=TODAY,
        by=scene["coordinator"],
        **others,
    )


def test_a_decision_is_tied_to_its_briefing_and_names_it(scene, meeting):
    matter = MatterFactory(meeting=meeting)
    made = decide(scene, meeting, matter=matter)
    assert (made.about, made.matter) == ("Briefing 10/96252", matter)
    assert [row.decision for row in scene.briefing.group_decisions.all()] == [made]
    matter.refresh_from_db()
    assert matter.considered_on == TODAY


def test_a_decision_cannot_be_tied_to_a_briefing_of_another_plan(scene):
    with refused("The briefing is of another plan.", "briefing"):
        decide(scene, MeetingFactory(held_on=TODAY))
    assert not Decision.objects.filter(text="The briefing goes to agencies.").exists()


def test_the_tie_cannot_be_changed_or_deleted(scene, meeting):
    decide(scene, meeting)
    for act in (
        lambda: BriefingDecision.objects.update(briefing=scene.briefing),
        lambda: BriefingDecision.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            act()


def test_recording_a_decision_on_a_briefing_returns_to_the_meeting_screen(scene, meeting, client):
    matter = MatterFactory(meeting=meeting)
    client.force_login(scene["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("briefings:record-decision", args=[scene.plan.slug, meeting.pk])
    typed = {"briefing": scene.briefing.pk, "matter": matter.pk, "text": "It goes to agencies."}
    with time_machine.travel(NOW, tick=False):
        page = client.get(f"{address}?at=1")
        assert page.context["form"]["matter"].value() == matter.pk
        assert client.post(address, typed | {"text": ""}).status_code == 422
        sent = client.post(f"{address}?at=1", typed)
        assert sent.url == (
            f"{reverse('meetings:present', args=[scene.plan.slug, meeting.pk])}?matter=1"
        )
        shown = client.get(scene.briefing.get_absolute_url()).text
    assert "It goes to agencies." in shown
