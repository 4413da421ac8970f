"""The demo's requests for official information.

The one of 2013 was answered a day late, and the 2010 briefing was released and published because of
it. Another, on the current plan, is open and due in a few working days. People are roles.
"""

from datetime import date, timedelta
from io import BytesIO

from django.core.files.base import File

from agencies.models import Agency
from agencies.records import history
from reports.demo.example_paper import example_paper
from reports.models import IssuedPaper, PublicProgress, Response
from reports.progress.published_content import content_of, digest_of, moment_of
from reports.public import services as progress_pages
from reports.requests.demo.information_request import Asked
from reports.requests.earlier_papers import services as earlier_papers
from reports.requests.models import EarlierPaper, RequestLetter, ScheduleLine
from reports.requests.models.request_clock import calendar
from reports.requests.services import releases
from workitems.models import Plan

REFERENCE = "13/02025"
# MBIE answered for the Department of Labour, which had become a part of it.
AGENCY = "MBIE"
REQUESTER = {
    "requester_name": "A requester by a public request site",
    "requester_address": "role@example.org",
}
PRIVACY = "9(2)(a)"
NUMBER_IN_PUBLIC = (
    "Nobody needs the number to hold the Department to account: the letter names a contact."
)
WARNINGS_LEFT = {
    "unlike-1-name": "The manager answers for the paper; the adviser does not.",
    "unlike-1-direct_dial": "The manager’s direct number was given to the public before.",
    "unlisted": "The request is for the annual reports. This is the Minister’s answer to one.",
}
WORKING_DAYS_LEFT = 4


def request_of_2013(plan: Plan) -> None:
    agency = Agency.objects.get(short_name=AGENCY)
    asked = Asked(agency, date(2013, 4, 22)).record(
        plan=plan,
        reference=REFERENCE,
        channel="site",
        dated=date(2013, 4, 21),
        text=(
            "The annual reports compiled since the Plan of Action to prevent people trafficking was "
            "introduced, covering the progress each of the departments included in the inter-agency "
            "working group have made."
        ),
        **REQUESTER,
    )
    asked.later(2).acknowledge(contact="Policy Adviser")
    asked.later(5).scope(
        date(2009, 7, 31),
        date(2013, 4, 22),
        "Reports to the Minister on the whole Plan, from its release to the day of the request.",
    )
    issued = IssuedPaper.objects.without_contents().filter(briefing__plan=plan).get()
    line = asked.list_paper(issued)
    asked.start_preparing()
    asked.later(14).withhold(
        line,
        "cover.contacts.0.name",
        PRIVACY,
        public_interest="The report is the Department’s. Who drafted it adds nothing to it.",
        reason="The adviser drafted the paper, and did not decide or speak for the Department.",
    )
    for place in ("cover.contacts.0.direct_dial", "cover.authorising_manager.mobile"):
        asked.withhold(line, place, PRIVACY, public_interest=NUMBER_IN_PUBLIC)
    asked.decide(line, ScheduleLine.Decision.PART)
    asked.later(7).prepare_decision(
        RequestLetter.Kind.DECIDE_AND_RELEASE,
        on=date(2013, 5, 22),
        contact="Policy Adviser",
        signatory="Manager, International Strategy and Partnerships",
    )
    asked.send_for_review().later(1).agree_all().finish_review()
    asked.later(1).sign(WARNINGS_LEFT)
    release = asked.release()
    asked.send_decision().close()
    asked.later(5).publish(release)
    decision_maker = asked.seated("oia_decision_maker", plan.coordinating_agency)
    with history.written_at(asked.at):
        releases.change_public_page(
            plan=plan, is_open=True, is_indexed=False, version=0, by=decision_maker
        )
    publish_progress(plan, asked)


def publish_progress(plan: Plan, asked: Asked) -> None:
    """Publish the plan's progress as on the day, without achievements: they are agencies' own words."""
    part = PublicProgress.Part
    parts = (part.WORK_ITEMS, part.FIGURES, part.TIMELINE, part.RELEASED_PAPERS)
    content = content_of(plan, moment_of(plan, asked.today, asked.today), parts)
    progress_pages.publish_progress(
        plan=plan,
        content=content,
        seen_sha256=digest_of(content),
        by=asked.seated("coordinator", plan.coordinating_agency),
        at=asked.at,
    )


def open_request(plan: Plan, today: date) -> None:
    """Load a request that is due in `WORKING_DAYS_LEFT` working days, its schedule begun."""
    agency = Agency.objects.get(short_name=AGENCY)
    days = calendar()
    last = days.after(today, WORKING_DAYS_LEFT)
    received = next(
        day for back in range(70) if days.due(day := today - timedelta(days=back)) <= last
    )
    year = today.year if today.month > 6 else today.year - 1
    asked = Asked(agency, received).record(
        plan=plan,
        reference=f"DOIA {year % 100:02}{(year + 1) % 100:02}-0412",
        channel="email",
        dated=received - timedelta(days=1),
        text=(
            "Please send me all reports to the Minister on the Plan of Action since it was published, "
            "what the Minister answered, and the budget of each agency for it."
        ),
        requester_name="A researcher at a university",
        requester_address="researcher@example.org",
    )
    asked.until(days.after(received, 1)).acknowledge(contact="OIA adviser")
    earlier = file_earlier_paper(plan, asked)
    asked.until(days.after(received, 5)).scope(
        plan.released_on,
        received,
        "Papers to the Minister on the whole Plan, and the Minister’s answers.",
    )
    issued = IssuedPaper.objects.without_contents().filter(briefing__plan=plan)[:1].get()
    answer = Response.objects.filter(issued=issued)[:1].get()
    line = asked.list_paper(issued)
    asked.list_paper(answer)
    asked.decide(asked.list_paper(earlier), ScheduleLine.Decision.FULL)
    asked.list_not_held("The budget of each agency for the Plan", ground="18(g)")
    asked.start_preparing()
    asked.until(days.after(received, 9)).withhold(
        line, "cover.contacts.0.direct_dial", PRIVACY, public_interest=NUMBER_IN_PUBLIC
    )


def file_earlier_paper(plan: Plan, asked: Asked) -> EarlierPaper:
    """File an example of a paper from before the product. Its text says that it is an example."""
    dated = plan.released_on + timedelta(days=183)
    title = "Example of an earlier paper: the Plan’s first six months"
    with history.written_at(asked.at):
        return earlier_papers.add_earlier_paper(
            agency=asked.agency,
            title=title,
            kind="Progress report",
            dated=dated,
            number="Example 1",
            plan=plan,
            file=File(BytesIO(example_paper(title, dated)), name="example-of-an-earlier-paper.pdf"),
            by=asked.adviser,
            at=asked.at,
        )
