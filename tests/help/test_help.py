"""Test that Help says what is on the screens, briefly, and is found from them."""

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.urls import URLResolver, get_resolver, reverse

from tests.factories import SeatFactory
from trafficking_plan.help.tasks import TASKS, by_slug, matching, slug_for, tasks

MOST_WORDS = 300


def view_names(resolver, namespace=""):
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from view_names(
                each, f"{namespace}{each.namespace}:" if each.namespace else namespace
            )
        elif each.name:
            yield f"{namespace}{each.name}"


def words_of_screens(root):
    """Everything that our templates and modules say, but for Help itself, on one line."""
    files = [
        path
        for folder in ("templates", "agencies", "workitems", "reports", "trafficking_plan")
        for path in (root / folder).rglob("*")
        if path.suffix in (".html", ".py") and "help" not in path.relative_to(root).parts
    ]
    text = " ".join(path.read_text(encoding="utf-8") for path in files)
    return " ".join(re.sub(r'"\s*\n\s*"', "", text).split())


@pytest.fixture(scope="module")
def screens(project_root):
    return words_of_screens(project_root)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.slug)
def test_a_task_is_short_and_names_only_what_the_screens_say(task, screens):
    text = render_to_string(task.template)
    assert len(re.sub(r"<[^>]+>", " ", text).split()) <= MOST_WORDS
    named = [
        unescape(" ".join(each.split())) for each in re.findall(r"<b>(.*?)</b>", text, re.DOTALL)
    ]
    assert [
        each
        for each in named
        if not re.search(rf"[\"“>}}]\s*{re.escape(each)}\s*[\"”<{{]", screens)
    ] == []


def test_every_page_that_leads_to_a_task_exists_and_leads_to_one():
    pages = [page for task in TASKS for page in task.pages]
    assert set(pages) - set(view_names(get_resolver())) == set()
    assert len(pages) == len(set(pages))


@pytest.mark.django_db
def test_help_leads_to_the_task_of_the_page(client, plan, police):
    client.force_login(SeatFactory(agency=police).user)
    page = client.get(reverse("variations:list", args=[plan.slug]))
    assert page.context["help_url"] == reverse("help:task", args=["request-change"])
    page = client.get(reverse("home"))
    assert page.context["help_url"] == reverse("help:index")


@pytest.mark.django_db
def test_a_search_finds_tasks_by_words_of_their_title_and_text(client, police):
    client.force_login(SeatFactory(agency=police).user)
    assert [task.slug for task in matching("merge")] == ["merge-paragraphs"]
    page = client.get(reverse("help:index"), {"q": "extend request"})
    assert "extend-request" in [
        task.slug for _who, found in page.context["groups"] for task in found
    ]
    page = client.get(reverse("help:index"), {"q": "zebra"})
    assert page.context["groups"] == []
    assert "No task has these words." in page.text


@pytest.mark.django_db
def test_an_unknown_task_is_not_found(client, police):
    client.force_login(SeatFactory(agency=police).user)
    assert client.get(reverse("help:task", args=["zebra"])).status_code == 404


def test_a_country_without_official_information_has_no_task_about_it(settings):
    settings.REQUESTS = ""
    assert by_slug("answer-request") is None
    assert "oia" not in {task.who for task in tasks()}
    assert slug_for("variations:list") == "request-change"
