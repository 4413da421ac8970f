"""Test hostile requests: they are refused or answered, never a server error."""

from urllib.parse import quote

import pytest
from django.db import transaction
from django.test.client import encode_multipart
from django.urls import reverse
from django.utils.http import urlencode

from reports.workshop.forms.covers import CoverForm
from tests.cast import client_of, standing_scene
from tests.test_permissions import INVALID, RULES
from workitems.items.filters import WorkItemFilter
from workitems.plan.forms.items import (
    ChangeStatusForm,
    CloseMilestoneForm,
    MoveForecastForm,
    ReopenMilestoneForm,
    ReviewForm,
)

# PostgreSQL refuses more values than SQLite does.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(on="postgresql", reason="middleware, forms and filters refuse"),
]


def strict_client(people=None, who="anonymous"):
    """Return a client that shows an error as the 500 page."""
    return client_of(people, who, raise_request_exception=False)


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def coordinator(people):
    return strict_client(people, "coordinator")


def has_our_error_page(response):
    return "<h1>We could not read that request</h1>" in response.text


# --- refused before any view ----------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=a%00b", "%00=1", "q=%ff", "q=%c3%28", "q=%ed%a0%80", "q=" + "a" * 100_000],
    ids=["nul", "nul inside", "nul name", "not utf-8", "broken utf-8", "surrogate", "100 kB"],
)
def test_an_unreadable_query_is_refused_with_our_error_page(people, coordinator, query):
    address = reverse("workitems:list", args=[people.plan.slug])
    response = coordinator.get(address, QUERY_STRING=query)
    assert (response.status_code, has_our_error_page(response)) == (400, True)


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1", "utf8", "unknown"])
def test_a_form_in_another_charset_is_refused_with_our_error_page(charset):
    response = strict_client().generic(
        "POST",
        "/account/sign-in/",
        b"login=a",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert (response.status_code, has_our_error_page(response)) == (400, True)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_form_in_our_charset_is_accepted(charset):
    response = strict_client().post(
        "/account/sign-in/",
        urlencode({"login": "nobody@example.org", "password": "Tāmaki"}),
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert response.status_code == 200
    assert response.context["form"]["password"].value() == "Tāmaki"


def test_a_nul_in_a_url_is_refused_with_our_error_page(people, coordinator):
    response = coordinator.get(f"/plans/{people.plan.slug}/items/1%001/")
    assert (response.status_code, has_our_error_page(response)) == (400, True)


def test_a_nul_in_a_cookie_is_refused_with_our_error_page():
    client = strict_client()
    # The test client would quote the value itself; this is how it comes over the wire.
    response = client.get("/", HTTP_COOKIE='session="aaaaaaaa\\000aaaaaaaa"')
    assert (response.status_code, has_our_error_page(response)) == (400, True)


def test_a_forged_session_cookie_is_treated_as_anonymous():
    response = strict_client().get("/", HTTP_COOKIE="session=" + "a" * 3000)
    assert (response.status_code, response.url) == (302, "/account/sign-in/?next=/")


def test_a_form_with_ten_thousand_fields_is_refused_with_our_error_page():
    response = strict_client().post("/account/sign-in/", {f"f{n}": "" for n in range(10_000)})
    assert (response.status_code, has_our_error_page(response)) == (400, True)


def test_a_form_of_many_megabytes_is_refused_with_our_error_page():
    response = strict_client().post(
        "/account/sign-in/",
        "login=" + "a" * (6 * 1024 * 1024),
        content_type="application/x-www-form-urlencoded",
    )
    assert (response.status_code, has_our_error_page(response)) == (400, True)


def test_an_unknown_host_is_refused_with_our_error_page():
    response = strict_client().get("/account/sign-in/", headers={"host": "evil.example"})
    assert (response.status_code, has_our_error_page(response)) == (400, True)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_http_methods_change_nothing(people, method):
    client = strict_client(people, "contributor")
    address = reverse("workitems:change-status", args=[people.plan.slug, people.item.number])
    assert getattr(client, method)(address).status_code == 405


# --- values that make no sense --------------------------------------------------------------

NASTY = [
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "²",
    "٣",
    "9" * 30,
    "9" * 3000,
    "nan",
    "true",
    "%",
    "_",
    "\\",
    "'",
    '"><script>alert(1)</script>',
    "'; DROP TABLE agencies_user; --",
    "{{ 7|add:7 }}",
    "../../../../etc/passwd",
    "Māori ﷺ" * 20,
    "\u202e\u0000".replace("\u0000", "") + "a" * 1000,
    "e\u0301" * 200,
    "0000-00-00",
    "2010-02-30",
    "30/7/99999",
    "0001-01-01T00:00",
    "a\r\nSet-Cookie: session=1",
]
# More than a column of either database holds: as a number, and as that of a milestone.
HUGE = (str(2**63), f"m{2**63}")
PARAMETERS = [
    *WorkItemFilter.base_fields,
    *("page", "agency", "item", "pillar", "open", "matter", "edit", "show", "at", "as_at", "since"),
    *("state", "milestone", "left", "right", "from", "ask", "into", "after", "section", "then"),
    *("lead_agency", "support", "member", "kind", "field", "until", "compared", "dates", "sort"),
    *("next", "version"),
]


@pytest.mark.parametrize("value", NASTY)
def test_the_list_accepts_any_value_of_any_parameter(people, coordinator, value):
    address = reverse("workitems:list", args=[people.plan.slug])
    assert coordinator.get(address, {"q": value, "page": value[:50]}).status_code == 200
    # All of them together have to stay shorter than the longest address that is read.
    assert coordinator.get(address, dict.fromkeys(PARAMETERS, value[:20])).status_code == 200


# The PDF reads no parameter, and takes a second to draw.
@pytest.mark.parametrize(
    ("place", "name"), enumerate(name for name in RULES if name != "briefings:pdf")
)
def test_no_page_crashes_on_any_value_of_any_parameter(place, name, people, coordinator):
    """Each page is asked with huge numbers and one of the values, and each value of many pages."""
    address = reverse(name, args=RULES[name].arguments(people))
    for value in (*HUGE, NASTY[place % len(NASTY)]):
        response = coordinator.get(address, dict.fromkeys(PARAMETERS, value[:20]))
        assert response.status_code < 500, value


@pytest.mark.parametrize("part", [part for part in NASTY if part.strip() and "\n" not in part])
def test_no_url_crashes_on_any_argument(people, part):
    quoted = quote(part, safe="")
    addresses = [
        f"/plans/{quoted}/",
        f"/plans/{people.plan.slug}/items/{quoted}/",
        f"/plans/{people.plan.slug}/items/{quoted}/status/",
        f"/plans/{people.plan.slug}/items/1.1/milestones/{quoted}/",
        f"/plans/{people.plan.slug}/briefings/{quoted}/",
        f"/account/password/reset/key/{quoted}-{quoted}/",
    ]
    client = strict_client(people, "coordinator")
    assert {client.get(address).status_code for address in addresses[:-1]} <= {403, 404, 400}
    assert client.get(addresses[-1]).status_code in {200, 404}


# --- form input -----------------------------------------------------------------------------

TYPED = ["a\0b", "\ufffe", "a" * 20_000, "9" * 5000, "-1", "0000-00-00"]
FIELDS = {
    *("login", "password", "email", "oldpassword", "password1", "password2", "act", "next"),
    *CoverForm.base_fields,
    *ChangeStatusForm.base_fields,
    *ReviewForm.base_fields,
    *(f"close-{name}" for name in CloseMilestoneForm.base_fields),
    *(f"move-{name}" for name in MoveForecastForm.base_fields),
    *(f"reopen-{name}" for name in ReopenMilestoneForm.base_fields),
}


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: repr(typed[:10]))
def test_no_form_crashes_on_any_input(people, typed):
    clients = {who: strict_client(people, who) for who in ("coordinator", "contributor")}
    clients["anonymous"] = strict_client()
    for name, row in RULES.items():
        address = reverse(name, args=row.arguments(people))
        for who, client in clients.items():
            # A refused form is shown again.
            if row.post[who] not in (200, INVALID):
                continue
            for act in ("close", "move", "reopen") if name == "workitems:milestone" else ("",):
                data = dict.fromkeys(FIELDS, typed) | ({"act": act} if act else {})
                # If any text is valid, it was saved; the next case starts from the same state.
                with transaction.atomic():
                    status = client.post(address, data).status_code
                    transaction.set_rollback(True)
                # An action that no button of the page sends is unknown.
                by_acts = name.startswith("workshop:") or name == "briefings:checks"
                answers = [row.post[who], 302, *([400] if by_acts else [])]
                assert (address, status) in [(address, answer) for answer in answers]


def test_a_broken_multipart_request_is_refused_with_our_error_page(people):
    client = strict_client(people, "contributor")
    address = reverse("workitems:change-status", args=[people.plan.slug, people.item.number])
    whole = encode_multipart("edge", {"stage": "ongoing"})
    response = client.post(address, whole[:-20], content_type="multipart/form-data")
    assert (response.status_code, has_our_error_page(response)) == (400, True)


def test_typed_text_is_escaped_when_shown_again(people):
    client = strict_client(people, "contributor")
    address = reverse("workitems:propose-status", args=[people.plan.slug, "1.2"])
    response = client.post(address, {"stage": "nowhere", "reason": "</textarea><script>x</script>"})
    assert response.status_code == 422
    assert "&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt;" in response.text
    assert "<script>x" not in response.text
