"""Test `/.well-known/security.txt` (RFC 9116)."""

from datetime import UTC, datetime

import pytest
import time_machine

pytestmark = pytest.mark.django_db


@time_machine.travel(datetime(2026, 11, 27, 10, 30, tzinfo=UTC), tick=False)
def test_a_contact_is_told_to_everybody(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.govt.nz"
    settings.SITE_URL = "https://plan.example.govt.nz"
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.govt.nz",
        "Expires: 2027-02-25T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://plan.example.govt.nz/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_no_page(client):
    assert client.get("/.well-known/security.txt").status_code == 404
