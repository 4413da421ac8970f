"""The pages where a person chooses what to follow and what to be emailed about."""

import lxml.html
import pytest
from django.urls import reverse

from tests.factories import WorkItemFactory
from workitems.models import EmailChoice, Follow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

EMAILS = reverse("following:emails")


def chosen(page):
    """Return the values of the radio buttons that are on."""
    return lxml.html.fromstring(page).xpath("//main//input[@type='radio'][@checked]/@value")


def of_item(item):
    return reverse("following:item", args=[item.plan.slug, item.number])


def test_the_items_page_leads_to_why_one_follows_it(item, writer):
    address = of_item(item)
    assert f'href="{address}"' in writer.get(item.get_absolute_url()).content.decode()
    page = writer.get(address).content.decode()
    assert "As my role says: followed. Police leads 1.2." in page
    assert chosen(page) == ["roles"]


@pytest.mark.parametrize(("choice", "kept"), [("yes", [True]), ("no", [False]), ("roles", [])])
def test_a_choice_about_an_item_is_kept_until_it_is_left_to_the_roles(choice, kept, item, writer):
    writer.post(of_item(item), {"choice": "no"})
    response = writer.post(of_item(item), {"choice": choice}, follow=True)
    assert response.redirect_chain == [(item.get_absolute_url(), 302)]
    assert "Your choice about item 1.2 is saved." in response.content.decode()
    assert list(Follow.objects.values_list("is_on", flat=True)) == kept


def test_a_choice_that_is_not_offered_is_refused(item, writer):
    assert writer.post(of_item(item), {"choice": "perhaps"}).status_code == 422
    assert writer.post(EMAILS, {"wants": "everything"}).status_code == 422
    assert (Follow.objects.count(), EmailChoice.objects.count()) == (0, 0)


def test_items_of_other_agencies_are_followed_and_listed_on_the_page_of_emails(
    item, police, customs, reader
):
    WorkItemFactory(plan=item.plan, lead_agency=customs, number="2.1")
    address = reverse("following:plan", args=[item.plan.slug])
    reader.post(address, {"agencies": [police.pk]})
    reader.post(of_item(item), {"choice": "no"})
    page = " ".join(reader.get(EMAILS).content.decode().split())
    assert "The items that Police leads" in page
    assert 'Print a brochure</a> <span class="note">not followed</span>' in page
    reader.post(address, {"whole": "on"})
    assert list(Follow.objects.filter(is_on=True).values_list("agency", flat=True)) == [None]


def test_nobody_sees_what_others_follow(item, police, reader, writer):
    reader.post(reverse("following:plan", args=[item.plan.slug]), {"whole": "on"})
    assert "All items" not in writer.get(EMAILS).content.decode()


def test_emails_about_duties_alone_are_chosen_and_shown_as_chosen(writer, contributor):
    response = writer.post(EMAILS, {"wants": "duties"}, follow=True)
    assert chosen(response.content.decode()) == ["duties"]
    assert EmailChoice.objects.get(person=contributor).wants == "duties"
