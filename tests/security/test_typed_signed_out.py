"""Test that what is typed into a form survives that the person is signed out."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

TYPED = {
    "version": "1",
    "title": "Train staff",
    "action": "Train all <b>frontline</b> staff.",
    "password1": "four words of mine",
}


def test_a_form_that_arrives_signed_out_gives_back_what_was_typed(client):
    address = reverse("plans:add-item", args=["some-plan"])
    page = client.post(address, TYPED, headers={"accept": "text/html,*/*"})
    assert page.status_code == 403
    assert "Nothing was saved. What you typed is below" in page.text
    assert "Train all &lt;b&gt;frontline&lt;/b&gt; staff." in page.text
    assert f"next={address}" in page.text
    assert "four words of mine" not in page.text


@pytest.mark.parametrize(
    ("typed", "headers"),
    [
        ({"version": "1", "then": "another"}, {"accept": "text/html"}),
        (TYPED, {"accept": "*/*"}),
        (TYPED, {"accept": "text/html", "hx-request": "true"}),
    ],
)
def test_scripts_and_forms_without_words_lead_to_the_sign_in_page(client, typed, headers):
    page = client.post(reverse("plans:start"), typed, headers=headers)
    assert (page.status_code, page.url.split("?")[0]) == (302, reverse("account_login"))
