"""Follow every page of the demo that needs no sign-in, as a stranger, and look for what is not public."""

import subprocess
from collections import deque
from collections.abc import Iterator
from datetime import date
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Seat, User
from reports.models import DraftParagraph
from reports.progress.published_content import content_of, digest_of
from reports.public import services as progress_pages
from reports.requests.models import (
    EarlierPaper,
    InformationRequest,
    PublicPage,
    ReleasedPaper,
    ScheduleLine,
)
from reports.requests.services.redactions import withheld_strings
from tests.content_policy import POLICY, policy
from tests.reports.requests.factories import (
    EarlierPaperFactory,
    ReleasedPaperFactory,
    ReleaseFactory,
    RequestEventFactory,
)
from tests.reports.requests.test_demo_releases import COMMANDS
from workitems.models import Delay, Plan, Risk, Update, Variation
from workitems.plan.asat import Moment

ON = date(2013, 5, 22)
# Achievements are updates' own words, so here they are not chosen.
PARTS = ("figures", "timeline", "released_papers")
SHORTEST = 12


def publish(plan: Plan) -> None:
    """Publish a paper and the progress of a plan, and release another that is not published."""
    PublicPage.objects.update_or_create(plan=plan, defaults={"is_open": True, "is_indexed": True})
    of_plan = {"plan": plan, "agency": plan.coordinating_agency}
    columns = {f"release__request__{name}": value for name, value in of_plan.items()}
    for number, is_published in enumerate((True, False)):
        paper = ReleasedPaperFactory(
            **columns,
            release__request__requester_name=f"A person who asked {number}",
            release__request__requester_address=f"asked{number}@example.org",
            release__request__text=f"What was asked, word for word {number}",
            pdf=f"%PDF-1.7 {plan.pk} {number}".encode(),
            title=f"A released paper, published: {is_published}",
        )
        if is_published:
            RequestEventFactory(
                request=paper.release.request,
                kind="published",
                happened_on=ON,
                release=paper.release,
            )
    ReleaseFactory(**{f"request__{name}": value for name, value in of_plan.items()})
    EarlierPaperFactory(title="An earlier paper for officials", **of_plan)
    seats = Seat.objects.filter(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR)
    moment = Moment.present(plan, timezone.localdate())
    content = content_of(plan, moment, PARTS)
    progress_pages.publish_progress(
        plan=plan,
        content=content,
        seen_sha256=digest_of(content),
        by=seats[0].user,
        at=timezone.now(),
    )


def unpublished() -> Iterator[str]:
    """Yield every text of the demo that no public page may have, whole lines of it."""
    texts: list[str] = []
    for columns in (
        User.objects.values_list("email", "name"),
        Update.objects.values_list("achieved", "planned_next", "challenges"),
        Delay.objects.values_list("explanation", "effect", "meanwhile", "needs"),
        Risk.objects.values_list("description", "response"),
        Variation.objects.values_list("reason", "text_after"),
        DraftParagraph.objects.values_list("text"),
        InformationRequest.objects.values_list("requester_name", "requester_address", "text"),
        EarlierPaper.objects.values_list("title"),
        ReleasedPaper.objects.filter(title__contains="False").values_list("title", "pdf_sha256"),
    ):
        texts += [text for row in columns for text in row if text]
    for text in texts:
        yield from (line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST)


def links(answer) -> Iterator[str]:
    if not answer["Content-Type"].startswith("text/html"):
        return
    for _element, _attribute, link, _place in lxml.html.fromstring(answer.content).iterlinks():
        target = urlsplit(urljoin(f"http://testserver{answer.request['PATH_INFO']}", link))
        if target.netloc == "testserver" and not target.path.startswith("/static/"):
            yield target.path


def withheld() -> set[str]:
    """Return the words that are withheld in the demo's released papers."""
    return {
        words
        for line in ScheduleLine.objects.filter(released_papers__isnull=False, kind="issued")
        for words in (withheld_strings(line) if line.redactions.exists() else ())
    }


def text_of(pdf: bytes) -> str:
    """Return what poppler reads in a PDF; nothing in the stand-ins of this test."""
    command = ["pdftotext", "-q", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True).stdout.decode()


@pytest.mark.sqlite  # what is read is the same on both
def test_a_stranger_finds_nothing_that_was_not_published(load_demo):
    load_demo(*COMMANDS)
    slugs = []
    for plan in Plan.objects.select_related("coordinating_agency"):
        publish(plan)
        slugs.append(plan.slug)
    stranger = Client()
    waiting = deque(["/", reverse("reports:published")])
    waiting += [
        reverse(name, args=[slug])
        for name in ("requests:released", "reports:progress")
        for slug in slugs
    ]
    waiting += [
        reverse("reports:progress-data", args=[slug, what, form])
        for slug in slugs
        for what in ("data", "schema", "figures", "stages", "timeline", "achievements")
        for form in ("json", "csv", "svg")
    ]
    answers: dict[str, bytes] = {}
    while waiting:
        address = waiting.popleft()
        if address in answers:
            continue
        answer = stranger.get(address, follow=address == "/")
        answers[address] = answer.content
        assert policy(answer) >= POLICY, address
        if answer.status_code == 200:
            waiting.extend(links(answer))
    papers = {address: data for address, data in answers.items() if address.endswith(".pdf")}
    assert len(papers) == len(slugs) + 1, "it followed the links; one paper is the demo's own"
    printed = "\n".join(map(text_of, papers.values()))
    assert "RELEASED UNDER THE OFFICIAL INFORMATION ACT" in printed
    # The paper itself quotes updates; neither what was withheld nor who asked.
    hidden = withheld() | {
        each for request in InformationRequest.objects.all() for each in request.requester
    }
    assert len(hidden) > 3
    assert [each for each in hidden if each in printed] == []
    every = b"\n".join(answers.values()).decode("utf-8", "replace")
    assert "A released paper, published: True" in every
    secrets = set(unpublished())
    assert len(secrets) > 200, "it looks for the demo's texts"
    assert sorted(secret for secret in secrets if secret in every) == []
