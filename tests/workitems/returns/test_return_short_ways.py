"""Test short ways through a return: no change to the rest, last time's words copied, evidence dropped."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import (
    MilestoneFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, earlier_return
from workitems.models import Evidence, Update
from workitems.plan.services import Refused
from workitems.returns.services import rounds

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]


@pytest.fixture
def earlier(of_return):
    """Accepted returns before this one, the last one first."""
    begin = of_return.round.period_start

    def made(back):
        end = begin - timedelta(days=1 + 100 * back)
        return earlier_return(of_return, end - timedelta(days=99), end)

    return [made(0), made(1)]


def item_of(of_return, **more):
    return WorkItemFactory(plan=of_return.round.plan, lead_agency=of_return.agency, **more)


def rest(of_return, by):
    return rounds.say_no_change_to_the_rest(of_return=of_return, by=by, on=TODAY, at=NOW)


# --- no change to the rest -----------------------------------------------------------------------


def test_each_item_without_an_answer_gets_a_dated_no_change_within_the_limits(
    of_return, item, earlier, contributor
):
    overdue, told_twice, answered = (item_of(of_return, number=f"7.{n}") for n in range(3))
    MilestoneFactory(item=overdue, original_due=TODAY - timedelta(days=1))
    for before in earlier:
        UpdateFactory(of_return=before, item=told_twice, no_change_on=TODAY, achieved="")
    UpdateFactory(of_return=of_return, item=answered, achieved="Our words.")
    done = rest(of_return, contributor)
    assert done.answered == [item]
    assert [(each.pk, why) for each, why in done.not_answered] == [
        (overdue.pk, f"Item {overdue.number}: a milestone is overdue, so “No change” is not enough. Write at least one sentence."),
        (told_twice.pk, "This item had “no change” twice in a row. Write at least one sentence this time."),
    ]  # fmt: skip
    updates = {update.item_id: update for update in of_return.updates.all()}
    assert set(updates) == {item.pk, answered.pk}
    assert (updates[item.pk].no_change_on, updates[item.pk].written_by) == (TODAY, contributor)
    assert (updates[answered.pk].no_change_on, updates[answered.pk].achieved) == (
        None,
        "Our words.",
    )


@pytest.mark.both_databases
def test_one_act_is_one_record_of_each_answer(of_return, item, contributor):
    rest(of_return, contributor)
    assert rest(of_return, contributor).answered == []
    assert Update.history.filter(of_return=of_return.pk).count() == 1


@pytest.mark.both_databases
def test_a_locked_return_is_refused_as_a_whole(of_return, item, contributor):
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    with pytest.raises(Refused):
        rest(of_return, contributor)
    assert not of_return.updates.exists()


def test_the_page_says_what_it_answered_and_left_with_links(client, of_return, item, contributor):
    overdue = item_of(of_return, number="7.1")
    MilestoneFactory(item=overdue, original_due=TODAY - timedelta(days=1))
    client.force_login(contributor)
    page = client.get(of_return.get_absolute_url())
    assert "No change to the rest" in page.text
    page = client.post(of_return.get_absolute_url(), {"act": "no-change-rest"}, follow=True)
    (said,) = (str(each) for each in page.context["messages"])
    address = of_return.get_absolute_url()
    link = '<a href="{0}?open={1}#item-{1}">{1}</a>'.format
    assert said == (
        f"“No change” is saved for {link(address, item.number)}. You can still change each. Not answered: "
        f"{link(address, overdue.number)}, because a milestone is overdue, so “No change” is not enough. "
        "Write at least one sentence."
    )
    page = client.post(of_return.get_absolute_url(), {"act": "no-change-rest"}, follow=True)
    assert "No item could be answered with “no change”." in page.text


def test_words_on_the_page_are_saved_and_not_replaced(client, of_return, item, contributor):
    client.force_login(contributor)
    page = client.get(of_return.get_absolute_url())
    (entry,) = page.context["led"]
    typed = {
        field.html_name: "" if field.value() is None else field.value() for field in entry.form
    }
    typed |= {f"i{item.pk}-achieved": "Trained 20 people.", "act": "no-change-rest"}
    page = client.post(of_return.get_absolute_url(), typed, follow=True)
    assert of_return.updates.get().achieved == "Trained 20 people."
    assert "Every item already has an answer" in page.text


# --- last time's words ---------------------------------------------------------------------------


def test_last_times_words_fill_the_empty_boxes_and_are_not_saved(
    client, of_return, item, earlier, contributor
):
    UpdateFactory(
        of_return=earlier[0],
        item=item,
        achieved="Trained 20.",
        planned_next="Train 30.",
        challenges="",
    )
    UpdateFactory(
        of_return=of_return, item=item, achieved="", planned_next="Train 40.", challenges=""
    )
    client.force_login(contributor)
    page = client.post(of_return.get_absolute_url(), {"act": f"copy:{item.number}"}, follow=True)
    (entry,) = page.context["led"]
    boxes = {name: entry.form[name].value() for name in ("achieved", "planned_next", "challenges")}
    assert boxes == {"achieved": "Trained 20.", "planned_next": "Train 40.", "challenges": ""}
    assert of_return.updates.get().achieved == ""
    assert f"Last time’s words are in the empty boxes of item {item.number}." in page.text
    typed = {
        field.html_name: "" if field.value() is None else field.value() for field in entry.form
    }
    client.post(of_return.get_absolute_url(), typed)
    assert of_return.updates.get().achieved == "Trained 20."


def test_full_boxes_are_left_and_the_page_says_so(client, of_return, item, earlier, contributor):
    UpdateFactory(
        of_return=earlier[0], item=item, achieved="Trained 20.", planned_next="", challenges=""
    )
    UpdateFactory(of_return=of_return, item=item, achieved="Ours.")
    client.force_login(contributor)
    page = client.post(of_return.get_absolute_url(), {"act": f"copy:{item.number}"}, follow=True)
    assert "so nothing was copied. Clear a box first." in page.text
    assert page.context["led"][0].form["achieved"].value() == "Ours."


@pytest.mark.both_databases
def test_the_page_hints_at_the_same_words_as_last_time(
    client, of_return, item, earlier, contributor
):
    same = {"achieved": "Trained 20.", "planned_next": "Train 30.", "challenges": ""}
    UpdateFactory(of_return=earlier[0], item=item, **same)
    update = UpdateFactory(of_return=of_return, item=item, **same)
    client.force_login(contributor)
    assert client.get(of_return.get_absolute_url()).context["led"][0].section.says_the_same
    Update.objects.filter(pk=update.pk).update(achieved="Trained 21.")
    assert not client.get(of_return.get_absolute_url()).context["led"][0].section.says_the_same


# --- evidence dropped ----------------------------------------------------------------------------


def drop(client, of_return, item, name="report.txt", content=b"What was done."):
    return client.post(
        f"{of_return.get_absolute_url()}items/{item.number}/evidence/",
        {"once": "one", "file": SimpleUploadedFile(name, content)},
        headers={"accept": "application/json"},
    )


def test_a_dropped_file_is_added_and_the_list_comes_back(client, of_return, item, contributor):
    UpdateFactory(of_return=of_return, item=item)
    client.force_login(contributor)
    answer = drop(client, of_return, item)
    assert (answer.status_code, "report.txt" in answer.json()["list"]) == (200, True)
    drop(client, of_return, item)  # the same again
    assert Evidence.objects.get().added_by == contributor


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("tool.exe", b"MZ", "tool.exe"), ("empty.txt", b"", "The file is empty.")],
)
def test_a_dropped_file_is_refused_in_words(
    client, of_return, item, contributor, name, content, says
):
    UpdateFactory(of_return=of_return, item=item)
    client.force_login(contributor)
    answer = drop(client, of_return, item, name, content)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error.endswith(".")
    assert Evidence.objects.count() == 0


def test_evidence_waits_for_an_answer(client, of_return, item, contributor):
    client.force_login(contributor)
    answer = drop(client, of_return, item)
    assert answer.json() == {"errors": [f"Answer for item {item.number} first, then add evidence."]}
