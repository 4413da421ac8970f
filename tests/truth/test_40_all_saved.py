"""Rule 40: what is typed on a milestone of a return is kept as it is typed, finished or not."""

import pytest

from tests.workitems.record import NOW, TODAY, refused
from tests.workitems.returns.posting import BEGUN, LATE, address_of, asked, in_suva, save, typed
from workitems.models import MilestoneAnswer, MilestoneDraft
from workitems.plan.services import Conflict
from workitems.returns.services import milestone_answers, rounds
from workitems.returns.services.answers import answers_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]


@pytest.fixture
def writer(client_of, contributor):
    return client_of(contributor)


@pytest.fixture
def answered(of_return, item, contributor):
    return in_suva(of_return, item, contributor)


def keep(client, of_return, milestone, **said):
    data = asked(milestone, **said)
    return save(client, of_return, milestone.item, act="keep", milestone=milestone.pk, **data)


def box(page, milestone, name):
    """Return what the page has in a field of the milestone."""
    (entry,) = page.context["led"]
    (step,) = (each for each in entry.milestones if each.line.milestone == milestone)
    return step.form[name].value()


def unfinished(of_return):
    return [fault.says for fault in answers_of(of_return, TODAY).missing if fault.milestone]


def test_what_is_typed_is_kept_as_it_is_typed_and_is_there_after_a_reload(
    writer, client_of, approver, of_return, milestone
):
    status, told = keep(writer, of_return, milestone, **BEGUN)
    assert (status, told["kept"][f"m{milestone.pk}-forecast_due"]) == (200, "about Sept")
    for client in (writer, client_of(approver)):
        page = client.get(of_return.get_absolute_url())
        assert {name: box(page, milestone, name) for name in BEGUN} == BEGUN


def test_a_refused_answer_is_kept(writer, of_return, milestone):
    data = asked(milestone, **LATE | {"reason": ""})
    status, _ = save(writer, of_return, milestone.item, milestone=milestone.pk, **data)
    assert (status, MilestoneAnswer.objects.count()) == (422, 0)
    page = writer.get(of_return.get_absolute_url())
    assert box(page, milestone, "mitigation") == LATE["mitigation"]


def test_a_refused_answer_is_kept_without_a_script(writer, of_return, item, milestone):
    data = typed(item) | asked(milestone, **LATE | {"reason": ""})
    assert writer.post(of_return.get_absolute_url(), {"act": "save", **data}).status_code == 422
    page = writer.get(of_return.get_absolute_url())
    assert box(page, milestone, "mitigation") == LATE["mitigation"]


def test_an_unfinished_answer_counts_as_missing_and_stops_the_return(
    writer, approver, of_return, milestone, answered
):
    assert unfinished(of_return) == []
    keep(writer, of_return, milestone, **BEGUN)
    says = (
        f"Item 1.2: what is typed on “{milestone}” is not finished. Finish it and choose “Save "
        "milestone”, or discard it."
    )
    assert unfinished(of_return) == [says]
    with refused(f"Not yet complete. {says}"):
        rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)


def test_a_finished_answer_that_is_typed_on_is_unfinished_again(writer, of_return, milestone):
    save(writer, of_return, milestone.item, milestone=milestone.pk, **asked(milestone, **LATE))
    assert unfinished(of_return) == []
    more = LATE | {"effect": "Fewer", "answer_version": "1"}
    keep(writer, of_return, milestone, **more)
    assert len(unfinished(of_return)) == 1
    assert MilestoneAnswer.objects.get().effect == ""


def test_saving_the_milestone_finishes_it(writer, of_return, milestone):
    keep(writer, of_return, milestone, **LATE)
    assert MilestoneAnswer.objects.count() == 0
    save(writer, of_return, milestone.item, milestone=milestone.pk, **asked(milestone, **LATE))
    assert (MilestoneAnswer.objects.get().reason, MilestoneDraft.objects.count()) == (
        LATE["reason"],
        0,
    )


def test_it_can_be_discarded(writer, of_return, item, milestone):
    keep(writer, of_return, milestone, **BEGUN)
    data = typed(item) | asked(milestone, **BEGUN)
    page = writer.post(
        of_return.get_absolute_url(), {"act": f"discard:{milestone.pk}", **data}, follow=True
    )
    assert f"What was typed on “{milestone}” is discarded." in page.text
    assert (MilestoneDraft.objects.count(), unfinished(of_return)) == (0, [])


def test_emptying_its_boxes_discards_it(writer, of_return, milestone):
    keep(writer, of_return, milestone, reason="Bec")
    keep(writer, of_return, milestone, **{"initial-reason": "Bec"})
    assert MilestoneDraft.objects.count() == 0


@pytest.mark.both_databases
def test_two_people_type_in_two_fields_and_both_are_kept(
    writer, client_of, approver, of_return, milestone
):
    keep(writer, of_return, milestone, reason="The printer is late.")
    status, told = keep(client_of(approver), of_return, milestone, effect="Fewer calls.")
    assert (status, told["kept"][f"m{milestone.pk}-reason"]) == (200, "The printer is late.")


@pytest.mark.both_databases
def test_two_people_type_in_one_field_and_both_are_shown(
    of_return, milestone, contributor, approver
):
    about = {"of_return": of_return, "milestone": milestone, "shown": {"reason": ""}, "at": NOW}
    milestone_answers.keep(**about, typed={"reason": "Rain."}, by=contributor)
    with pytest.raises(Conflict):
        milestone_answers.keep(**about, typed={"reason": "No money."}, by=approver)
    assert MilestoneDraft.objects.get().typed == {"reason": "Rain."}


@pytest.mark.both_databases
def test_a_character_that_no_column_keeps_is_left_out(of_return, milestone, contributor):
    about = {"of_return": of_return, "milestone": milestone, "shown": {}, "at": NOW}
    milestone_answers.keep(**about, typed={"reason": "Ra\0in."}, by=contributor)
    assert MilestoneDraft.objects.get().typed == {"reason": "Rain."}


def test_nobody_outside_the_agency_reads_it(
    writer, client_of, coordinator, approver, of_return, item, milestone, answered
):
    keep(writer, of_return, milestone, reason="Not for others.")
    assert "Not for others." not in client_of(coordinator).get(of_return.get_absolute_url()).text
    assert client_of(coordinator).get(address_of(of_return, item)).status_code == 403
