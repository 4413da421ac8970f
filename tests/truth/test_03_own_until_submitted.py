"""Rule 3: what an agency enters is its own until its approver submits or releases it."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import MilestoneFactory, SupportFactory
from tests.workitems.conftest import *  # noqa: F403
from tests.workitems.conftest import seated
from tests.workitems.notices.sent import run
from tests.workitems.record import NOW, SLIPPED, TODAY, TOMORROW, newest, refused, unchanged
from workitems.desk.to_dos import lines_for
from workitems.models import Delay, HeldEntry, MilestoneAnswer, Mitigation, Risk, Variation
from workitems.plan.services import Conflict, items
from workitems.returns.services import milestone_answers, rounds
from workitems.returns.services.answers import answers_of
from workitems.variations.services import held_entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

SECRET = "The printer went bankrupt."
LATE = {
    "outcome": "not_yet",
    "day": SLIPPED,
    "reason": SECRET,
    "cause": "procurement",
    "mitigation": "Another printer.",
}


def answer(of_return, milestone, by, **said):
    said = {"version": milestone.version, "on": TODAY, "at": NOW, **(said or LATE)}
    return milestone_answers.answer(of_return=of_return, milestone=milestone, by=by, **said)


def write(of_return, item, by, **said):
    said = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed.", **said}
    return rounds.write_update(of_return=of_return, item=item, by=by, at=NOW, **said)


def submit(of_return, by, on=TODAY, **read):
    return rounds.submit(of_return=of_return, by=by, on=on, at=NOW, **read)


# --- milestones, delays and mitigations -------------------------------------------------------


def test_submitting_brings_everything_into_effect_in_one_transaction(
    of_return, item, milestone, delayed, contributor, approver
):
    answer(of_return, milestone, contributor)
    step = delayed.delays.get().mitigations.get()
    answer(of_return, delayed, contributor, outcome="step_done", step=step, day=TODAY)
    answer(of_return, delayed, contributor, outcome="done", day=TODAY, reason="The certificate.")
    write(of_return, item, contributor, confidence="at_risk")
    assert Delay.objects.filter(milestone=milestone).count() == 0
    submit(of_return, approver)
    for row in (item, milestone, delayed, step):
        row.refresh_from_db()
    assert (item.confidence, milestone.forecast_due) == ("at_risk", SLIPPED)
    assert (step.done_on, delayed.completed_on) == (TODAY, TODAY)
    assert milestone.delays.get().mitigations.get().description == "Another printer."
    assert newest(milestone) == ("~", "Police approver (Police)", SECRET)
    assert MilestoneAnswer.objects.pending().count() == 0


def test_nothing_takes_effect_if_one_answer_cannot(
    of_return, item, milestone, contributor, approver
):
    """The milestone is closed after it was answered, between the check and the transaction."""
    other = MilestoneFactory(item=item, number=2)
    answer(of_return, other, contributor, outcome="done", day=TODAY)
    answer(of_return, milestone, contributor)
    write(of_return, item, contributor, confidence="at_risk")
    items.close_milestone(milestone=milestone, version=1, completed_on=TODAY, by=approver, on=TODAY)
    with (
        unchanged(of_return, item, other),
        refused("Item 1.2, “Brochure printed” changed after it was answered here. Choose again."),
    ):
        submit(of_return, approver)


@pytest.mark.parametrize(
    ("said", "sentence", "field"),
    [
        (
            {"outcome": "done", "day": TOMORROW},
            "2 June 2010 has not come yet. Enter the day it was done, up to today.",
            "completed_on",
        ),
        ({**LATE, "reason": ""}, "Say why the date moves.", "reason"),
        ({**LATE, "mitigation": ""}, "Say what is being done about the delay.", "mitigation"),
        ({"outcome": "reopened", "reason": "Why not."}, "This milestone is open.", None),
    ],
)
def test_what_could_not_take_effect_is_refused_where_it_is_typed(
    of_return, milestone, contributor, said, sentence, field
):
    with unchanged(milestone), refused(sentence, field):
        answer(of_return, milestone, contributor, **said)
    assert MilestoneAnswer.objects.count() == 0


def test_an_answer_can_be_changed_and_removed_before_submission(of_return, milestone, contributor):
    made = answer(of_return, milestone, contributor)
    with pytest.raises(Conflict):
        answer(of_return, milestone, contributor, outcome="done", day=TODAY)
    answer(of_return, milestone, contributor, outcome="done", day=TODAY, answer_version=1)
    made.refresh_from_db()
    assert (made.outcome, made.cause, made.version, made.history.count()) == ("done", "", 2, 2)
    milestone_answers.remove(answer=made, by=contributor, at=NOW)
    assert of_return.milestone_answers.pending().count() == 0
    with refused("This answer is no longer pending."):
        milestone_answers.remove(answer=made, by=contributor, at=NOW)


def test_a_milestone_that_changed_after_it_was_answered_is_asked_about_again(
    client_of, of_return, item, milestone, contributor, approver
):
    made = answer(of_return, milestone, contributor)
    write(of_return, item, contributor)
    items.move_forecast(
        milestone=milestone, version=1, forecast_due=TOMORROW, reason="Soon.", by=approver, on=TODAY
    )
    says = "Item 1.2: “Brochure printed” changed after it was answered here. Choose again."
    with refused(f"Not yet complete. {says}"):
        submit(of_return, approver)
    address, client = of_return.get_absolute_url(), client_of(contributor)
    page = client.get(address).text
    assert (says in page, "Keep this answer" in page, SECRET in page) == (True, True, True)
    client.post(address, {"act": f"confirm:{made.pk}", f"a{made.pk}-milestone": 2})
    made.refresh_from_db()
    assert made.milestone_version == 2
    submit(of_return, approver)
    milestone.refresh_from_db()
    assert milestone.forecast_due == SLIPPED


def test_an_approver_must_read_answers_on_milestones_changed_since_the_page_was_loaded(
    client_of, of_return, item, milestone, contributor, approver
):
    write(of_return, item, contributor)
    made = answer(of_return, milestone, contributor)
    address, client = of_return.get_absolute_url(), client_of(approver)
    page = client.get(address).text
    assert f'name="a{made.pk}-version" value="1"' in page
    answer(of_return, milestone, contributor, outcome="done", day=TODAY, answer_version=1)
    read = {"act": "submit", f"i{item.pk}-version": 1, f"a{made.pk}-version": 1}
    told = client.post(address, read, follow=True).text
    assert "“Brochure printed” of item 1.2 was changed while you were reading." in told
    told = client.post(address, read | {f"a{made.pk}-version": 2}, follow=True).text
    assert "Submitted." in told


def test_a_new_date_that_has_passed_before_submission_is_asked_again(
    of_return, item, milestone, contributor, approver
):
    write(of_return, item, contributor)
    answer(of_return, milestone, contributor, outcome="not_yet", day=TOMORROW, reason="Soon.")
    says = "Item 1.2: the new date of “Brochure printed” has passed. Give another date."
    with refused(f"Not yet complete. {says}"):
        submit(of_return, approver, on=date(2010, 6, 3))


def test_what_is_answered_here_counts_before_submission(of_return, item, milestone, contributor):
    """The milestone to be closed no longer stands in the way of the stage."""
    write(of_return, item, contributor, stage="complete")
    (fault,) = answers_of(of_return, TODAY).missing
    assert fault.says == "Item 1.2 has milestones to mark as done first: “Brochure printed”."
    answer(of_return, milestone, contributor, outcome="done", day=TODAY)
    assert answers_of(of_return, TODAY).missing == []


# --- who sees it when -------------------------------------------------------------------------


@pytest.fixture
def pages(plan, item, milestone, of_return):
    """Pages, lists and files on which a delay, a date or a mitigation could be seen."""
    slug = plan.slug
    exports = [
        reverse("dashboard:export", args=[slug, sheet, kind])
        for sheet in ("delays", "milestones", "items", "attention")
        for kind in ("csv",)
    ]
    return [
        item.get_absolute_url(),
        *(reverse(f"dashboard:{name}", args=[slug]) for name in ("overview", "changes", "delays")),
        *(reverse(f"dashboard:{name}", args=[slug]) for name in ("attention", "milestones")),
        reverse("workitems:history", args=[slug, item.number]),
        reverse("plans:history", args=[slug]),
        reverse("risks:list", args=[slug]),
        reverse("variations:list", args=[slug]),
        reverse("returns:round", args=[slug, of_return.round_id]),
        "/",
        *exports,
    ]


def seen_by(client, pages, *words):
    found = set()
    for page in pages:
        response = client.get(page)
        if response.status_code == 404:  # no such sheet
            continue
        text = b"".join(response.streaming_content) if response.streaming else response.content
        if any(word in text.decode(errors="replace") for word in words):
            found.add(page)
    return found


def test_others_see_nothing_before_submission_and_everything_after(
    client_of, pages, of_return, item, milestone, contributor, approver, colleague, coordinator
):
    answer(of_return, milestone, contributor)
    write(of_return, item, contributor, confidence="off_track", achieved=SECRET)
    for user in (colleague, coordinator):
        assert seen_by(client_of(user), pages, SECRET, "30 September 2010", "30 Sep 2010") == set()
    assert item.get_absolute_url() in seen_by(client_of(contributor), pages, SECRET)
    submit(of_return, approver)
    assert item.get_absolute_url() in seen_by(client_of(colleague), pages, SECRET)


def test_an_observer_of_the_agency_does_not_see_what_is_pending(
    client_of, of_return, milestone, contributor, police
):
    answer(of_return, milestone, contributor)
    observer = seated("Police observer", police, Seat.Role.OBSERVER)
    for page in (of_return.get_absolute_url(), milestone.item.get_absolute_url()):
        assert SECRET in client_of(contributor).get(page).text
        assert SECRET not in client_of(observer).get(page).text


def test_pages_say_who_sees_what_when(client_of, of_return, item, milestone, contributor):
    client = client_of(contributor)
    part = "Part of Police’s return for January to June 2010"
    at_once = "A change takes effect at once, and everyone in the plan can see it."
    address = reverse("workitems:milestone", args=[item.plan.slug, item.number, 1])
    status = reverse("workitems:change-status", args=[item.plan.slug, item.number])
    assert "nobody outside Police sees it" in " ".join(
        client.get(of_return.get_absolute_url()).text.split()
    )
    for page in (address, status, item.get_absolute_url()):
        assert part in client.get(page).text
    of_return.round.closed_at = NOW
    of_return.round.save()
    for page in (address, status):
        assert (at_once in client.get(page).text, part in client.get(page).text) == (True, False)


def test_between_rounds_a_change_takes_effect_at_once(client_of, item, milestone, contributor):
    address = reverse("workitems:milestone", args=[item.plan.slug, item.number, 1])
    said = {"act": "close", "close-version": 1, "close-completed_on": "1 June 2010"}
    client_of(contributor).post(address, said)
    milestone.refresh_from_db()
    assert milestone.completed_on == TODAY


@pytest.mark.parametrize("act", ["close", "move", "reopen"])
def test_during_a_round_the_milestones_page_answers_in_the_return(
    client_of, of_return, item, milestone, contributor, act
):
    if act == "reopen":
        milestone.completed_on = TODAY
        milestone.save()
    said = {
        "close-completed_on": "1 June 2010",
        "move-forecast_due": "20 June 2010",
        "move-reason": "Sooner.",
        "reopen-reason": "A page is missing.",
    }
    address = reverse("workitems:milestone", args=[item.plan.slug, item.number, 1])
    with unchanged(milestone):
        client_of(contributor).post(address, {"act": act, f"{act}-version": 1, **said})
    made = of_return.milestone_answers.get()
    assert made.outcome == {"close": "done", "move": "not_yet", "reopen": "reopened"}[act]
    # The same stored answer is on the return's page, and the form begins with it.
    assert f"answer-{made.pk}" in client_of(contributor).get(of_return.get_absolute_url()).text
    form = client_of(contributor).get(address).context["forms"][act]
    assert form["answer_version"].value() == 1


@pytest.mark.parametrize("part", ["end-delay", "finish-mitigation"])
def test_during_a_round_delays_and_mitigations_are_part_of_the_return(
    client_of, of_return, item, delayed, contributor, approver, part
):
    numbers = [item.plan.slug, "1.2", 2, 1, *([1] if part == "finish-mitigation" else [])]
    said = {"ended_on": "1 June 2010", "done_on": "1 June 2010", "reason": "Trained."}
    with unchanged(delayed.delays.get(), Mitigation.objects.get()):
        client_of(contributor).post(reverse(f"workitems:{part}", args=numbers), said)
    assert of_return.milestone_answers.pending().count() == 1
    write(of_return, item, contributor)
    if part == "end-delay":
        # Its end would leave a late milestone without a delay.
        items.move_forecast(
            milestone=delayed,
            version=1,
            forecast_due=delayed.agreed_due,
            reason="On time.",
            by=approver,
            on=TODAY,
        )
        return
    submit(of_return, approver)
    assert Mitigation.objects.get().done_on == TODAY


# --- variations and risks ---------------------------------------------------------------------


def at(name, entry):
    return reverse(f"held:{name}", args=[entry.plan.slug, entry.pk])


@pytest.fixture
def held(client_of, contributor, milestone):
    """A request that a contributor wrote."""
    address = reverse("variations:request-date", args=[milestone.item.plan.slug, "1.2", 1])
    said = {"version": 1, "due_after": "30 September 2010", "reason": SECRET}
    answer = client_of(contributor).post(address, said)
    made = HeldEntry.objects.get()
    assert answer.url == at("detail", made)
    return made


def test_a_contributors_request_waits_for_release(
    client_of, pages, held, contributor, approver, colleague, coordinator
):
    assert Variation.objects.count() == 0
    for user in (colleague, coordinator):
        assert seen_by(client_of(user), pages, SECRET, "30 September 2010") == set()
        assert client_of(user).get(at("detail", held)).status_code == 403
    waiting = "Release or withdraw: Move “Brochure printed” to 30 September 2010"
    assert waiting in [line.what for line in lines_for(approver, TODAY)]
    assert waiting not in [line.what for line in lines_for(contributor, TODAY)]
    assert client_of(contributor).post(at("release", held)).status_code == 403
    answer = client_of(approver).post(at("release", held))
    made = Variation.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.number, made.state, made.due_after) == (1, "requested", SLIPPED)
    assert (made.requested_by, made.reason) == (contributor, SECRET)
    both = "Police contributor (Police), released by Police approver"
    assert newest(made) == ("+", both, SECRET)
    assert waiting not in [line.what for line in lines_for(approver, TODAY)]
    assert SECRET in client_of(colleague).get(made.get_absolute_url()).text


def test_an_approvers_request_takes_effect_at_once(client_of, approver, milestone):
    address = reverse("variations:request-date", args=[milestone.item.plan.slug, "1.2", 1])
    said = {"version": 1, "due_after": "30 September 2010", "reason": "Printer."}
    client_of(approver).post(address, said)
    assert (Variation.objects.count(), HeldEntry.objects.count()) == (1, 0)


def test_approvers_are_told_what_waits_for_release(held, of_return, approver, contributor):
    assert ("Police approver", "to_release") in run(TODAY)
    assert ("Police contributor", "to_release") not in run(TOMORROW)


def test_a_withdrawn_entry_is_never_released(client_of, held, contributor, approver):
    answer = client_of(contributor).post(at("withdraw", held), {"note": ""})
    assert answer.status_code == 422
    client_of(contributor).post(at("withdraw", held), {"note": "Found another printer."})
    held.refresh_from_db()
    assert (held.state, held.note, held.settled_by) == (
        "withdrawn",
        "Found another printer.",
        contributor,
    )
    with refused("This is already withdrawn."):
        held_entries.release(entry=held, by=approver, at=NOW)


def test_a_request_that_could_not_be_made_is_refused_at_once(client_of, held, contributor):
    address = reverse("variations:request-date", args=[held.plan.slug, "1.2", 1])
    said = {"version": 1, "due_after": "30 June 2010", "reason": "Same day."}
    answer = client_of(contributor).post(address, said)
    assert (answer.status_code, HeldEntry.objects.count()) == (422, 1)


def test_one_request_at_a_time_waits_for_release(client_of, held, contributor):
    address = reverse("variations:request-date", args=[held.plan.slug, "1.2", 1])
    said = {"version": 1, "due_after": "30 July 2010", "reason": "Another day."}
    answer = client_of(contributor).post(address, said)
    says = "The same request is already waiting for release by an approver of Police."
    assert (answer.status_code, says in answer.text) == (422, True)


def test_an_outdated_request_says_so_before_release(client_of, held, milestone, approver):
    items.move_forecast(
        milestone=milestone, version=1, forecast_due=TOMORROW, reason="Soon.", by=approver, on=TODAY
    )
    assert "Changed since this was written" in client_of(approver).get(at("detail", held)).text


@pytest.mark.parametrize("kind", ["wording", "withdrawal"])
def test_other_requests_wait_too(client_of, plan, item, contributor, approver, kind):
    said = {"version": 1, "reason": "Demand.", "text_after": "Print two brochures."}
    names = {"wording": "request-wording", "withdrawal": "request-withdrawal"}
    of_item = [plan.slug, "1.2", *(["action"] if kind == "wording" else [])]
    client_of(contributor).post(reverse(f"variations:{names[kind]}", args=of_item), said)
    made = HeldEntry.objects.get()
    assert (made.kind, Variation.objects.count()) == (kind, 0)
    assert client_of(contributor).get(at("detail", made)).status_code == 200
    client_of(approver).post(at("release", made))
    assert Variation.objects.get().kind == kind


def test_a_contributors_risk_waits_for_release(
    client_of, pages, plan, item, contributor, approver, colleague, coordinator
):
    said = {"description": SECRET, "likelihood": "low", "impact": "high", "item": item.pk}
    client_of(contributor).post(reverse("risks:raise", args=[plan.slug]), said)
    held = HeldEntry.objects.get()
    assert Risk.objects.count() == 0
    for user in (colleague, coordinator):
        assert seen_by(client_of(user), pages, SECRET) == set()
    register = reverse("risks:list", args=[plan.slug])
    assert "Waiting for release" in client_of(contributor).get(register).text
    client_of(approver).post(at("release", held))
    made = Risk.objects.get()
    assert (made.description, made.owner_agency, made.number) == (SECRET, item.lead_agency, 1)
    both = "Police contributor (Police), released by Police approver"
    assert newest(made) == ("+", both, "")
    assert made.history.latest().history_user == approver


def test_the_coordinators_risk_needs_no_release(client_of, plan, coordinator, police):
    said = {"description": SECRET, "likelihood": "low", "impact": "high"}
    said["owner_agency"] = police.pk
    client_of(coordinator).post(reverse("risks:raise", args=[plan.slug]), said)
    assert (Risk.objects.count(), HeldEntry.objects.count()) == (1, 0)


def test_a_supporting_agencys_approver_does_not_release_for_the_lead(
    client_of, held, item, customs
):
    SupportFactory(item=item, agency=customs)
    other = seated("Customs approver", customs, Seat.Role.APPROVER)
    assert client_of(other).post(at("release", held)).status_code == 403
