"""Test showing slides in the room, and following them on a member's own device."""

import pytest
from django.urls import reverse

from tests.factories import DecisionFactory, MatterFactory, MeetingFactory
from tests.workitems.record import DUE, NOW, TODAY, TOMORROW, YESTERDAY, refused
from tests.workitems.record import of_meeting as to
from workitems.models import Meeting
from workitems.presenting import services as slides

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]


@pytest.fixture
def member(client_of, colleague):
    return client_of(colleague)


@pytest.fixture
def matters(meeting):
    return [MatterFactory(meeting=meeting, position=n, title=f"M{n}") for n in (1, 2)]


def show(client, meeting, slide):
    return client.post(to("show-slide", meeting), {"slide": str(slide), "mode": "lead"})


def test_slides_run_from_the_opening_over_agenda_and_matters_to_the_closing(
    manager, meeting, matters
):
    seen, address = [], to("present", meeting) + "?slide=opening"
    while address:
        page = manager.get(address)
        seen.append(page.context["slide"].title)
        address = page.context["next"].get("url")
    assert seen == ["How we are going", "Agenda", "M1", "M2", "Decisions and actions"]


def test_a_member_sees_the_slide_that_is_shown_in_the_room(manager, member, meeting, matters):
    assert "The meeting has not begun." in member.get(to("follow", meeting)).text
    answer = show(manager, meeting, matters[1].pk)
    assert answer.url == f"{to('present', meeting)}?matter=2&mode=lead"
    page = member.get(to("follow", meeting))
    assert page.context["matter"] == matters[1]
    assert "Mark as considered" not in page.text
    # Reading on stops following, and the page leads back.
    assert page.context["previous"]["url"] == f"{to('present', meeting)}?matter=1"
    elsewhere = member.get(to("present", meeting), {"matter": "1"})
    assert f'The meeting is at: <a href="{to("follow", meeting)}">2. M2</a>' in elsewhere.text


@pytest.mark.both_databases
def test_the_answer_changes_only_with_the_slide_and_with_what_is_recorded(
    manager, member, meeting, matters
):
    def ask(state=""):
        return member.get(to("shown", meeting), headers={"If-None-Match": state})

    show(manager, meeting, "opening")
    first = ask()
    assert first.json() == {"state": first["ETag"].strip('"')}
    assert ask(first["ETag"]).status_code == 304
    show(manager, meeting, matters[0].pk)
    second = ask(first["ETag"])
    assert second.status_code == 200
    DecisionFactory(meeting=meeting, matter=matters[0])
    third = ask(second["ETag"])
    assert third.status_code == 200
    assert len({each["ETag"] for each in (first, second, third)}) == 3


def test_members_cannot_move_the_slide(member, meeting, matters):
    assert show(member, meeting, matters[0].pk).status_code == 403
    page = member.get(to("present", meeting), {"matter": "1", "mode": "lead"})
    assert "Shown to members" not in page.text
    meeting.refresh_from_db()
    assert meeting.slide == ""


def test_a_matter_that_moves_stays_shown_and_one_taken_off_does_not(
    manager, member, meeting, matters
):
    show(manager, meeting, matters[1].pk)
    manager.post(to("move-matter", meeting, matters[1].pk), {"to": 1})
    assert member.get(to("follow", meeting)).context["position"] == 1
    manager.post(to("remove-matter", meeting, matters[1].pk))
    assert member.get(to("follow", meeting)).context["slide"].key == "agenda"


@pytest.mark.parametrize("held_on", [YESTERDAY, TOMORROW])
def test_a_meeting_can_be_followed_on_its_day_only(manager, member, plan, held_on):
    other = MeetingFactory(plan=plan, held_on=held_on)
    assert member.get(to("follow", other)).url == other.get_absolute_url()
    with refused("Members can follow a meeting on its day only."):
        slides.show_slide(meeting=other, slide="opening", on=TODAY)


def test_what_is_no_slide_is_not_shown_and_a_closed_record_ends_it(
    manager, member, meeting, matters, coordinator
):
    with refused("That is no longer on the agenda."):
        slides.show_slide(meeting=meeting, slide="999999", on=TODAY)
    Meeting.objects.filter(pk=meeting.pk).update(closed_at=NOW, closed_by=coordinator)
    with refused("The record of the meeting of 1 June 2010 is closed."):
        slides.show_slide(meeting=meeting, slide="opening", on=TODAY)
    assert member.get(to("follow", meeting)).status_code == 302


def test_what_is_recorded_keeps_the_screen_in_its_mode(manager, meeting, matters):
    show(manager, meeting, matters[0].pk)
    for mode, after in (
        ("lead", f"{to('present', meeting)}?matter=1&mode=lead"),
        ("follow", to("follow", meeting)),
        ("", f"{to('present', meeting)}?matter=1"),
    ):
        answer = manager.post(
            to("record-on", meeting, matters[0].pk), {"text": f"So {mode}", "mode": mode}
        )
        assert answer.url == after
        answer = manager.post(
            to("consider", meeting, matters[0].pk), {"considered": "yes", "at": 1, "mode": mode}
        )
        assert answer.url == after


@pytest.mark.both_databases
def test_notes_of_the_discussion_are_kept_beside_the_decisions(manager, meeting, matters):
    matter = matters[0]
    address = to("discuss", meeting, matter.pk)
    manager.post(address, {"discussion": "Two printers were named.", "version": matter.version})
    matter.refresh_from_db()
    assert (matter.discussion, matter.considered_on) == ("Two printers were named.", TODAY)
    assert not matter.decisions.exists()
    late = manager.post(address, {"discussion": "Other.", "version": 1})
    assert late.status_code == 422
    assert "Two printers were named." in manager.get(to("present", meeting)).text


@pytest.mark.both_databases
def test_the_owner_of_a_decision_with_a_date_is_the_lead_agency(manager, meeting, item):
    matter = MatterFactory(meeting=meeting, item=item, title="1.2")
    sent = {"text": "Print it.", "due_on": DUE.isoformat(), "owner_agency": ""}
    manager.post(to("record-on", meeting, matter.pk), sent)
    decision = meeting.decisions.get()
    assert (decision.owner_agency, decision.due_on) == (item.lead_agency, DUE)
    manager.post(to("record-on", meeting, matter.pk), {"text": "Noted."})
    assert meeting.decisions.get(text="Noted.").owner_agency is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("10:30", "10:30 am"),
        ("10.30am", "10:30 am"),
        ("2 pm", "2 pm"),
        ("14:00", "2 pm"),
        ("noon", "noon"),
        ("12 p.m.", "noon"),
        ("6:30 am", "6:30 am"),
    ],
)
def test_a_time_is_typed_as_people_write_it(manager, plan, typed, shown):
    manager.post(
        reverse("meetings:call", args=[plan.slug]), {"held_on": "1 July 2010", "starts_at": typed}
    )
    assert plan.meetings.get().when == f"1 July 2010, {shown}"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("2:30", "Enter “2:30 am” or “2:30 pm”, or a time such as 14:00."),
        ("morning", "Enter a time, such as 10:30 am or 14:00."),
    ],
)
def test_a_time_that_can_be_read_in_two_ways_is_refused(manager, plan, typed, fault):
    page = manager.post(
        reverse("meetings:call", args=[plan.slug]), {"held_on": "1 July 2010", "starts_at": typed}
    )
    assert page.context["form"].errors["starts_at"] == [fault]


@pytest.mark.both_databases
def test_a_meeting_has_a_place_or_a_link_and_people(manager, member, plan, police):
    manager.post(
        reverse("meetings:call", args=[plan.slug]),
        {"held_on": "1 June 2010", "starts_at": "11 am", "link": "example.org/join"},
    )
    made = plan.meetings.get()
    manager.post(
        to("attendance", made),
        {"agencies": [police.pk], "people": "Ana Ngata, Police\nTom Reid, Police"},
    )
    page = member.get(made.get_absolute_url()).text
    assert 'href="https://example.org/join"' in page
    assert "People: Ana Ngata, Police; Tom Reid, Police." in page
