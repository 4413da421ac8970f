"""Test every address with what its published description allows, and with what it does not.

Schemathesis makes the requests from the description at /api/openapi.json. No answer is a server error, and
each is one that the description tells of, in its form.
"""

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reports.requests.models import Release
from tests.api.programs import token_of
from tests.cast import Scene
from trafficking_plan.api import admission
from trafficking_plan.api.urls import described

# PostgreSQL refuses more values than SQLite does.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(on="postgresql", reason="admission, forms and schemas refuse"),
]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Of each address, each way.
THERE = 25
# An address that is left to chance seldom leads anywhere.
ANYWHERE = 10
SCHEMA = schemathesis.openapi.from_dict(described())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def tokens(people: Scene) -> dict[str, str]:
    """A text of each scope, of somebody who has rows to read with it."""
    return {
        "GET": token_of(people["contributor"]),
        "PUT": token_of(people["contributor"], "write"),
        "audit": token_of(people["coordinator"], "audit"),
    }


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch):
    monkeypatch.setattr(admission, "REQUESTS_A_MINUTE", 1_000_000)


@pytest.fixture(autouse=True)
def _one_connection():
    """Go on with the connection of the test after a request, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def application():
    return WSGIHandler()


def there(operation: Any, people: Scene) -> dict[str, Any]:
    """Return the parts of the address that lead to a row."""
    release = Release.objects.published().get(request__plan=people.plan)
    found = {
        "slug": people.plan.slug,
        "number": people.item.number,
        "briefing": people.issued.pk,
        "version": 1,
        "round": people.round.pk,
        "agency": people.agencies["police"].pk,
        "milestone": people.milestone.number,
        "release": release.pk,
    }
    asked = {each.name for each in operation.path_parameters}
    if "release" in asked:
        found["number"] = release.papers.get().number
    return {name: value for name, value in found.items() if name in asked}


def anywhere(operation: Any, people: Scene) -> dict[str, Any]:
    """Leave the address to chance."""
    return {}


@pytest.mark.parametrize(
    ("place", "examples"), [(there, THERE), (anywhere, ANYWHERE)], ids=["there", "anywhere"]
)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_makes_a_server_error(label, mode, place, examples, people, tokens, application):
    operation = OPERATIONS[label]
    is_audit = operation.path == reverse("api:audit")
    text = tokens["audit" if is_audit else operation.method.upper()]
    strategy = operation.as_strategy(
        generation_mode=mode, path_parameters=place(operation, people) or None
    )

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def send(case: Any) -> None:
        response = case.call(
            headers={"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"},
            app=application,
        )
        case.validate_response(response, checks=CHECKS)

    send()


def test_the_description_names_every_address_and_its_refusals(client):
    answer = client.get(reverse("api:openapi"))
    found = answer.json()
    assert found["openapi"].startswith("3.")
    assert set(OPERATIONS) == {
        f"{method.upper()} {path}" for path, methods in found["paths"].items() for method in methods
    }
    for methods in found["paths"].values():
        for operation in methods.values():
            assert {"401", "403", "404", "422", "429"} <= operation["responses"].keys()
            assert operation["summary"] and operation["description"]
