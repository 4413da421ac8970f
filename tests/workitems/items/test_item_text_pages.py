"""Test the page of a text that is not official: how sentences name an item or a milestone."""

import pytest
from django.urls import reverse

from agencies.pages.form_pages import NOTHING_CHANGED
from tests.workitems.record import item_history, newest, unchanged
from workitems.plan.services import Conflict, Refused
from workitems.plan.services import items as item_services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

TRAINING = "formal training for frontline staff"


def of_item(item):
    return reverse("workitems:set-text", args=[item.plan.slug, item.number, "as_told"])


def of_milestone(milestone):
    item = milestone.item
    return reverse(
        "workitems:set-milestone-text",
        args=[item.plan.slug, item.number, milestone.number, "as_told"],
    )


def messages(response):
    return [str(each) for each in response.context["messages"]]


def test_the_agency_says_how_sentences_name_a_milestone(writer, milestone):
    page = writer.get(milestone.item.get_absolute_url())
    assert of_milestone(milestone) in page.text
    response = writer.post(of_milestone(milestone), {"was": "", "as_told": TRAINING}, follow=True)
    assert messages(response) == [
        "Saved. Briefings can now say: Formal training for frontline staff is expected by 30 June "
        "2010."
    ]
    assert f"in briefings, this is called {TRAINING}." in response.text
    milestone.refresh_from_db()
    assert milestone.as_told == TRAINING
    assert newest(milestone) == ("~", "Police contributor (Police)", "")
    told = [entry.what for entry in item_history(milestone.item)[:1]]
    assert told == ["changed the wording in sentences of “Brochure printed”."]


def test_the_coordinator_says_how_sentences_name_an_item(client_of, coordinator, item):
    client = client_of(coordinator)
    response = client.post(of_item(item), {"was": "", "as_told": "public awareness"}, follow=True)
    assert messages(response) == ["Saved. Briefings can now say: Public awareness is under way."]
    assert "in briefings, this is called public awareness." in response.text


def test_the_wording_does_not_make_answers_in_returns_outdated(milestone, contributor):
    saved = item_services.set_text(
        field="as_told", row=milestone, was="", text=TRAINING, by=contributor
    )
    assert (saved.as_told, saved.version) == (TRAINING, milestone.version)


def test_the_wording_can_be_left_empty_again(writer, item):
    item.as_told = TRAINING
    item.save()
    response = writer.post(of_item(item), {"was": TRAINING, "as_told": ""}, follow=True)
    assert messages(response) == ["Saved. Briefings quote the title."]
    item.refresh_from_db()
    assert item.as_told == ""


def test_the_same_wording_again_changes_nothing(writer, item):
    with unchanged(item):
        response = writer.post(of_item(item), {"was": "", "as_told": ""}, follow=True)
    assert messages(response) == [NOTHING_CHANGED]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            "Formal training.",
            "Leave out the punctuation at the end: the phrase is used within a sentence.",
        ),
        ("“formal training”", "Leave out the quotation marks around the phrase."),
        (
            "a" * 121,
            "“Wording in sentences” is 1 character too long. The limit is 120 characters.",
        ),
    ],
)
def test_what_stands_in_no_sentence_is_refused_and_kept_as_typed(writer, item, typed, error):
    with unchanged(item):
        response = writer.post(of_item(item), {"was": "", "as_told": typed})
    assert response.status_code == 422
    assert response.context["form"].errors == {"as_told": [error]}
    assert response.context["form"]["as_told"].value() == typed


def test_the_service_refuses_it_too(item, contributor):
    with unchanged(item), pytest.raises(Refused):
        item_services.set_text(field="as_told", row=item, was="", text="Training.", by=contributor)


def test_both_wordings_are_shown_if_another_was_saved_first(writer, item, coordinator):
    item_services.set_text(field="as_told", row=item, was="", text="staff training", by=coordinator)
    response = writer.post(of_item(item), {"was": "", "as_told": TRAINING})
    assert response.status_code == 422
    assert "<p>staff training</p>" in response.text
    form = response.context["form"]
    assert (form["as_told"].value(), form["was"].value()) == (TRAINING, "staff training")
    data = {"was": form["was"].value(), "as_told": TRAINING}
    assert writer.post(of_item(item), data).status_code == 302
    with pytest.raises(Conflict):
        item_services.set_text(field="as_told", row=item, was="", text="training", by=coordinator)


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        (
            "brochures and notices",
            (
                "Brochures and notices are expected by 30 June 2010.",
                "Police expects brochures and notices by 30 June 2010.",
            ),
        ),
        ("brochures.", ()),
        ("", ()),
    ],
)
def test_the_page_shows_the_sentences_of_what_is_typed(writer, milestone, typed, sentences):
    """The script asks for the page again while somebody types."""
    response = writer.get(of_milestone(milestone), {"as_told": typed})
    assert response.context["sentences"] == sentences
    for sentence in sentences:
        assert f"<p>{sentence}</p>" in response.text


def test_other_readers_see_the_wording_and_cannot_set_it(client_of, colleague, item, milestone):
    item.as_told = TRAINING
    item.save()
    client = client_of(colleague)
    page = client.get(item.get_absolute_url()).text
    assert f"in briefings, this is called {TRAINING}." in page
    assert of_item(item) not in page
    assert client.get(of_item(item)).status_code == 403
    assert client.post(of_milestone(milestone), {"as_told": TRAINING}).status_code == 403
