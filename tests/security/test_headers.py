"""Test the security headers of every response."""

import pytest
from django.test import override_settings

from tests.content_policy import POLICY, policy
from tests.factories import SeatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    user = SeatFactory().user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/account/sign-in/", 200),
        ("/nowhere/", 404),
        ("/?q=%00", 400),
        ("/healthz", 200),
    ],
)
def test_every_response_has_the_same_security_headers(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert policy(response) == POLICY
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_of_a_signed_in_user_are_never_cached(client, person):
    for path in ["/", "/plans/", "/account/password/change/", "/nowhere/"]:
        kept = set(client.get(path).headers["Cache-Control"].split(", "))
        assert kept == {"max-age=0", "no-cache", "no-store", "must-revalidate", "private"}


def test_cookies_are_closed_to_scripts_and_other_sites(client, person):
    client.get("/account/password/change/")
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert set(client.cookies) == {"session", "csrf"}


@override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_SECONDS=31536000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    SECURE_HSTS_PRELOAD=True,
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_NAME="__Host-session",
    CSRF_COOKIE_SECURE=True,
    CSRF_COOKIE_NAME="__Host-csrf",
)
def test_cookies_and_redirects_are_secure_behind_tls(client):
    plain = client.get("/account/sign-in/")
    assert (plain.status_code, plain.url) == (301, "https://testserver/account/sign-in/")
    secure = client.get("/account/sign-in/", secure=True)
    assert secure.headers["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )
    cookie = secure.cookies["__Host-csrf"]
    # What the prefix asks for: Secure, the whole site, and no other host.
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_load_balancer_can_check_health_without_tls(client):
    assert client.get("/healthz").status_code == 200
