"""Test that papers which nobody asked for go the way of a request's, from the start to the public page."""

import pytest
from django.urls import reverse

from reports.models import InformationRequest, PublicPage
from reports.services.release import releases
from tests.reports.release.conftest import NOW, TODAY
from tests.reports.release.test_releases import PDF, paper_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(client, plan, adviser):
    """Start it on its page, in place of a request that somebody sent."""
    client.force_login(adviser)
    typed = {
        "agency": plan.coordinating_agency.pk,
        "plan": plan.pk,
        "reference": "PR 1",
        "text": "The report of 2010.",
    }
    assert client.post(reverse("reports:proactive"), typed).status_code == 302
    InformationRequest.objects.update(dated=TODAY, received_on=TODAY)  # as if it were that day
    return InformationRequest.objects.get()


def test_it_is_signed_released_and_published_without_a_requester(
    client, decided, plan, adviser, decision_maker
):
    release = releases.release(
        request=decided, papers=[paper_of(decided)], on=TODAY, by=adviser, at=NOW
    )
    assert release.kind == "proactive"
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    client.force_login(decision_maker)
    assert client.post(reverse("reports:publish", args=[release.pk])).status_code == 302
    client.logout()
    page = client.get(reverse("reports:released", args=[plan.slug])).text
    assert "Released proactively, 22 May 2013" in page
    paper = reverse("reports:released-paper", args=[plan.slug, release.papers.get().pk])
    assert client.get(paper).content == PDF
