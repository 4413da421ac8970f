"""Test that templates let go of what they were given, without a garbage collection."""

import gc
import weakref

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.test import RequestFactory


class Words(str):
    __slots__ = ("__weakref__",)


@pytest.fixture
def uncollected():
    """Run a test without garbage collections."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("request_made", [None, RequestFactory().get("/")])
def test_a_rendered_template_keeps_nothing_that_it_was_given(uncollected, request_made):
    words = Words("Open")
    given = weakref.ref(words)
    html = render_to_string("components/tag.html", {"text": words}, request_made)
    del words
    assert html.strip() == '<span class="tag">Open</span>'
    assert given() is None


def test_a_template_that_is_missing_is_named_with_where_it_was_looked_for():
    with pytest.raises(TemplateDoesNotExist) as error:
        engines["django"].get_template("no-such.html")
    assert str(error.value) == "no-such.html"
    assert error.value.backend == engines["django"]
    assert error.value.tried != []


def test_a_missing_part_is_named_too():
    page = engines["django"].from_string("{% include 'no-such.html' %}")
    with pytest.raises(TemplateDoesNotExist) as error:
        page.render()
    assert str(error.value) == "no-such.html"
