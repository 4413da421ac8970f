"""An answer is finished when its sentences are, and what is lacking is named where it is."""

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import MeasureFactory, SeatFactory, UpdateFactory
from tests.workitems.record import NOW, TODAY
from tests.workitems.returns.posting import LATE, asked, posted, save
from workitems.models import MilestoneDraft
from workitems.returns.services import handover
from workitems.returns.services.answers import answers_of
from workitems.terms.sentence_ends import stops_at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="asks no other questions than the pages of returns"),
]


def words_of(client, address):
    return " ".join(client.get(address).text.split())


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Since May the guide has been with the", "the"),
        ("We printed it,", ","),
        ("The guide waits because", "because"),
        ("We met (", "("),
        ("We printed it.", ""),
        ("Item 3 and item 4 moved to plan A.", ""),
        ("The guide has reached the Grande-a", ""),
        ("All is in hand", ""),
        ("", ""),
        ("n/a", ""),
    ],
)
def test_a_text_that_stops_within_a_sentence_is_known(text, end):
    assert stops_at(text) == end


def test_half_a_sentence_is_no_finished_answer(of_return, item, contributor, approver, client_of):
    update = UpdateFactory(of_return=of_return, item=item, stage="under_way", achieved="We met the")
    (missing,) = answers_of(of_return, TODAY).missing
    assert missing.says == "Item 1.2: “Achieved” ends with “the”. Finish the sentence."
    page = words_of(client_of(contributor), of_return.get_absolute_url())
    assert "Not finished: see what is missing" in page
    assert missing.says in page
    update.achieved = "We met the printers."
    update.save()
    page = words_of(client_of(contributor), of_return.get_absolute_url())
    assert "Not finished: see what is missing" not in page
    handover.mark_ready(of_return=of_return, by=contributor, on=TODAY, at=NOW)


def test_what_a_milestone_still_needs_is_named_and_led_to(
    of_return, item, milestone, contributor, client_of
):
    UpdateFactory(of_return=of_return, item=item, stage="under_way", achieved="We met.")
    client = client_of(contributor)
    said = {"outcome": "not_yet", "reason": "The printer is late."}
    save(client, of_return, item, **asked(milestone, **said), act="keep", milestone=milestone.pk)
    assert MilestoneDraft.objects.filter(of_return=of_return).count() == 1
    page = words_of(client, of_return.get_absolute_url())
    says = (
        f"Item 1.2: what is typed on “{milestone}” is not finished. Finish it and choose “Save milestone”, or discard it. "
        "Enter when it is now expected."
    )
    assert f'<a href="#milestone-{milestone.pk}">{says}</a>' in page
    assert (
        "What is typed here is kept, and not finished yet. Enter when it is now expected." in page
    )


def test_save_all_saves_what_is_kept_of_milestones_or_says_what_it_lacks(
    of_return, item, milestone, contributor, client_of
):
    client = client_of(contributor)
    lacking = {"outcome": "not_yet", "reason": "The printer is late."}
    save(client, of_return, item, **asked(milestone, **lacking), act="keep", milestone=milestone.pk)
    kept = posted(f"m{milestone.pk}", {f"initial-{name}": said for name, said in lacking.items()})
    page = client.post(
        of_return.get_absolute_url(), asked(milestone, **lacking) | kept | {"act": "save"}
    )
    assert (page.status_code, "Enter when it is now expected." in page.text) == (422, True)
    save(client, of_return, item, **asked(milestone, **LATE), act="keep", milestone=milestone.pk)
    kept = posted(f"m{milestone.pk}", {f"initial-{name}": said for name, said in LATE.items()})
    client.post(of_return.get_absolute_url(), asked(milestone, **LATE) | kept | {"act": "save"})
    assert of_return.milestone_answers.get().reason == "The printer is late."
    assert MilestoneDraft.objects.count() == 0


# --- what is said of who is emailed, and who reads it ------------------------------------------------


def test_no_reminder_is_offered_that_would_reach_nobody(of_return, item, coordinator, client_of):
    round, client = of_return.round, client_of(coordinator)
    address = reverse("returns:remind", args=[round.plan.slug, round.pk])
    assert address not in client.get(round.get_absolute_url()).text
    page = words_of(client, address)
    assert "Nobody could get a reminder" in page
    assert ("We’ll email them now" in page, "Send the reminder" in page) == (False, False)
    SeatFactory(agency=of_return.agency, role=Seat.Role.CONTRIBUTOR)
    assert address in client.get(round.get_absolute_url()).text
    page = words_of(client, address)
    assert ("We’ll email them now" in page, "Send the reminder" in page) == (True, True)


def test_a_return_is_on_no_desk_of_approvers_that_have_not_joined(
    of_return, item, contributor, client_of
):
    UpdateFactory(of_return=of_return, item=item, stage="under_way", achieved="We met.")
    handover.mark_ready(of_return=of_return, by=contributor, on=TODAY, at=NOW)
    page = words_of(client_of(contributor), of_return.get_absolute_url())
    assert "The approvers of Police have it on their desk." not in page
    assert (
        "Police has no approver who could read it yet. The coordinator has it on their desk."
        in page
    )


def test_a_measure_of_an_adopted_plan_asks_for_the_reason_that_it_needs(
    item, coordinator, client_of
):
    measure = MeasureFactory(item=item)
    address = reverse("measures:set-up", args=[item.plan.slug, measure.pk])
    page = words_of(client_of(coordinator), address)
    assert "Why it is counted so <span" not in page
    assert "Why it is counted so (optional)" not in page
