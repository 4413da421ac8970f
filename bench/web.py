"""The rows of pages behind the web server: plans with ten years of history, a return, a workshop."""

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from bench.rows import PAGES, TOP, Figures, Line
from bench.server import (
    CLIENTS,
    Browser,
    Server,
    Timed,
    client_of,
    cookies_of,
    plain_body,
    pss_mebibytes,
    serving,
    sql_alone,
    statements,
    together,
    token_of,
)

YEAR = timedelta(days=365)
PARAGRAPHS = 200  # of the workshop's draft
NUMBERS = 40  # of each of 1,000 measures
OF_TEN = 30  # items of each of ten plans
LASTING = 8  # seconds that eight clients ask for one page
# Seconds that eight clients ask for each page before memory is read.
FILLING = 4


# --- the data -------------------------------------------------------------------------------


def fill(sizes: list[int]) -> None:
    """Create plans with ten years of history, a draft of 200 paragraphs, and two people."""
    from django.utils.timezone import localdate

    from bench.big_plan import give_numbers, make_person, make_plan
    from bench.server import seconds
    from bench.ten_years import make_ten_years
    from workitems.models import Plan

    today = localdate()
    for size in sizes:
        taken = seconds(partial(make_ten_years, size, today))
        print(f"made a plan of {size:,} items in {taken:.0f} s", flush=True)
    agency = Plan.objects.get(slug=slug_of(sizes[0])).coordinating_agency
    make_person(agency, "contributor")
    make_person(agency, "coordinator")
    draft_of_paragraphs(today)
    give_numbers(make_plan(TOP, today, "-with-numbers"), today, NUMBERS)


def fill_ten() -> None:
    """Create ten plans of one agency. A milestone of each but the first waits for one of the plan before."""
    from django.utils.timezone import localdate

    from bench.big_plan import make_person, make_plan
    from workitems.models import Milestone, Wait

    today = localdate()
    plans = [make_plan(OF_TEN, today, f"-{number}") for number in range(10)]
    firsts = [Milestone.objects.open().filter(item__plan=plan).order_by("pk")[0] for plan in plans]
    for before, after in pairwise(firsts):
        Wait.objects.create(
            milestone=after, waits_for=before, why="Its list is needed.", said_on=today, answer="confirmed",
            answered_on=today,
        )  # fmt: skip
    make_person(plans[0].coordinating_agency, "contributor")


def slug_of(size: int) -> str:
    return f"ten-years-of-{size}"


def draft_of_paragraphs(today: date) -> None:
    """Create a plan of 200 items and its draft of 200 paragraphs.

    What is generated keeps to the length of a paper; the rest is typed, and cites the same records.
    """
    from django.utils import timezone

    from agencies.models import Appointment
    from bench.big_plan import make_plan
    from reports.document import Source
    from reports.drafting.cover import draft
    from reports.workshop.services import drafts
    from reports.workshop.services.beginning import begin_as
    from workitems.models import Update

    plan = make_plan(PARAGRAPHS, today)
    # The newest of its rounds is not accepted yet.
    last = plan.rounds.order_by("-period_end")[1]
    Update.objects.filter(of_return__round=last).update(key_achievement="yes")
    Appointment.objects.create(
        portfolio=plan.portfolio, minister="Hon A Minister", from_on=plan.released_on
    )
    briefing = draft(
        plan, period_start=today - YEAR, period_end=today, dated=today, tracker_number="10/1"
    )
    briefing.created_at = timezone.now()
    briefing.save()
    nobody: Any = None
    begin_as(briefing=briefing, slug="annual", by=nobody)
    briefing.refresh_from_db()
    shown = briefing.draft_paragraphs.filter(is_hidden=False)
    cited = [Source(**each) for row in shown.order_by("pk") for each in row.sources]
    for number in range(PARAGRAPHS - shown.count()):
        drafts.add(
            briefing=briefing,
            section="achievements",
            text=f"District {number + 1} agreed on its part. It was shown to the working group.",
            sources=(cited[number % len(cited)],),
            by=nobody,
        )
    assert shown.count() == PARAGRAPHS, shown.count()


# --- the pages ------------------------------------------------------------------------------


@dataclass
class Act:
    """A page to measure: a request of the browser, and the same one to count its statements.

    `form` makes the fields of a POST afresh each time.
    """

    key: str
    items: int
    path: str
    form: Callable[[], dict[str, str]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    check: Callable[[bytes], None] = lambda body: None
    fields: dict[str, str] = field(default_factory=dict)

    def ready(self) -> None:
        if self.form:
            self.fields = self.form()

    def __call__(self, browser: Browser) -> None:
        if self.form:
            browser.post(self.path, self.fields, self.headers)
        else:
            browser.get(self.path)


def acts_of(size: int, today: date) -> Iterable[Act]:
    """Yield the pages of a plan with ten years of history."""
    root = f"/plans/{slug_of(size)}/"
    then, before, last_year = today - 5 * YEAR, today - 6 * YEAR, today - YEAR
    page = partial(Act, items=size)
    item, sure = item_saved(size)
    yield page("list", path=f"{root}items/")
    yield page("item", path=f"{root}items/{item.number}/")
    yield page("save", path=f"{root}items/{item.number}/status/", form=sure)
    yield page("search", path=f"{root}items/?q=district+7")
    yield page("dashboard", path=f"{root}dashboard/")
    yield page(
        "timeline",
        path=f"{root}dashboard/timeline/?open=all",
        check=partial(every_item_is_linked, root, size),
    )
    yield page("past", path=f"{root}dashboard/?at={then}&since={before}")
    yield page("changes", path=f"{root}dashboard/changes/?since={last_year}")
    yield page("slips", path=f"{root}dashboard/slips/")
    yield page("trends", path=f"{root}dashboard/trends/")
    yield page("history", path=f"{root}history/")
    yield page("csv", path=f"{root}dashboard/export/items.csv")
    yield page(
        "xlsx",
        path=f"{root}dashboard/export/items.xlsx",
        check=partial(every_item_is_in_the_workbook, size),
    )


def every_item_is_linked(root: str, size: int, body: bytes) -> None:
    found = len(set(re.findall(rf'href="{root}items/([^/"]+)/', body.decode())))
    assert found == size, f"{found:,} of {size:,} items"


def every_item_is_in_the_workbook(size: int, body: bytes) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(body), read_only=True)
    numbers = {row[0] for sheet in book for row in sheet.iter_rows(values_only=True)}
    found = sum(bool(re.fullmatch(r"\d+\.\d+", str(number))) for number in numbers)
    assert found == size, f"{found:,} of {size:,} items"


def item_saved(size: int) -> tuple[Any, Callable[[], dict[str, str]]]:
    """Return an open item, and the fields that change its confidence.

    It changes in the agency's return if that is being written, else at once.
    """
    from workitems.models import Plan
    from workitems.returns.services.milestone_answers import return_to_write

    plan = Plan.objects.get(slug=slug_of(size))
    item = open_items(plan, plan.coordinating_agency_id)[0]
    of_return = return_to_write(plan.coordinating_agency_id, plan)

    def fields() -> dict[str, str]:
        item.refresh_from_db(fields=["version", "confidence"])
        posted = {"version": str(item.version), "item_version": str(item.version)}
        row: Any = item
        if of_return is not None:
            row = of_return.updates.filter(item=item).first()
            posted["version"] = str(row.version if row else 0)
        sure = "at_risk" if row and row.confidence == "on_track" else "on_track"
        return posted | {"stage": item.stage, "confidence": sure, "reason": "Benchmark"}

    return item, fields


def acts_of_return(size: int) -> Iterable[Act]:
    """Yield the page of a return and saving one of its sections."""
    from workitems.models import Return

    page = partial(Act, items=size)
    of_return = (
        Return.objects.filter(round__plan__slug=slug_of(size), round__closed_at=None)
        .select_related("round__plan")
        .order_by("agency")[0]
    )
    path = of_return.get_absolute_url()
    yield page("return", path=path)
    item = open_items(of_return.round.plan, of_return.agency_id)[0]

    def fields() -> dict[str, str]:
        update = of_return.updates.filter(item=item).first()
        version = update.version if update else 0
        return section_fields(item, version)

    yield page(
        "answer",
        path=f"{path}items/{item.number}/",
        form=fields,
        headers={"Accept": "application/json"},
    )


def open_items(plan: Any, agency: int) -> list[Any]:
    """Return the items that an agency leads and may report on."""
    return list(
        plan.items.filter(lead_agency=agency, stage__in=["under_way", "ongoing"]).order_by("pk")
    )


def section_fields(item: Any, version: int) -> dict[str, str]:
    """Return the fields of an item's section of a return."""
    posted = {"version": str(version), "stage": item.stage, "confidence": "on_track"}
    posted |= {"achieved": f"The training was given {version} times. " * 5}
    posted |= {"planned_next": "The rest.", "challenges": "", "key_achievement": "no"}
    return {f"i{item.pk}-{name}": value for name, value in posted.items()}


# What a saved paragraph ends in, or does not, in turn.
MORE = " It went well."


def acts_of_workshop() -> Iterable[Act]:
    """Yield the page of a draft; leaving out a paragraph and putting it back in turn; saving one; and
    undoing and redoing in turn.

    The acts are those of the page's script, which says what state of the draft the page shows.
    """
    from django.urls import reverse

    from agencies.models import User
    from reports.drafting.draft_rows import state_of
    from reports.models import Briefing, DraftAct

    page = partial(Act, items=PARAGRAPHS)
    briefing = Briefing.objects.get(plan__slug=f"plan-of-{PARAGRAPHS}")
    place = [briefing.plan.slug, briefing.pk]
    yield page("workshop", path=reverse("workshop:draft", args=place))
    shown = briefing.draft_paragraphs.filter(is_hidden=False, section__key="achievements")
    row = shown.order_by("position")[20]

    def fields() -> dict[str, str]:
        row.refresh_from_db(fields=["version", "is_hidden"])
        act = "restore" if row.is_hidden else "hide"
        return {"version": str(row.version), "act": act, "state": state_of(briefing)}

    yield page(
        "act",
        path=reverse("workshop:paragraph", args=[*place, row.key]),
        form=fields,
        headers={"Accept": "application/json"},
        check=one_block_comes,
    )
    written = shown.order_by("position")[21]

    def words() -> dict[str, str]:
        written.refresh_from_db(fields=["version", "text"])
        text = written.text.removesuffix(MORE)
        return {
            "version": str(written.version),
            "text": text if text != written.text else text + MORE,
            "state": state_of(briefing),
        }

    yield page(
        "write",
        path=reverse("workshop:paragraph", args=[*place, written.key]),
        form=words,
        headers={"Accept": "application/json"},
    )

    def step() -> dict[str, str]:
        by = User.objects.get(seats__role="coordinator")
        undo = DraftAct.objects.to_undo(by, briefing)
        redo = DraftAct.objects.to_redo(by, briefing)
        name, act = ("redo", redo) if redo else ("undo", undo)
        assert act is not None
        return {"act": name, name: str(act.pk), "state": state_of(briefing)}

    yield page(
        "undo",
        path=reverse("workshop:undo", args=place),
        form=step,
        headers={"Accept": "application/json"},
    )


def one_block_comes(body: bytes) -> None:
    found = json.loads(body)["blocks"].count("data-block=")
    assert found == 1, f"{found} paragraphs"


# --- measuring ------------------------------------------------------------------------------


def run(keys: set[str], sizes: list[int], rounds: int) -> list[Line]:
    from django.db import connection
    from django.test import Client
    from django.utils.timezone import localdate

    from agencies.models import User

    today = localdate()
    people = {
        role: User.objects.filter(seats__role=role).order_by("pk")[0]
        for role in ("contributor", "coordinator")
    }
    # The size for the rows that are measured with one size only.
    usual = max((size for size in sizes if size <= TOP), default=sizes[0])
    plain = [act for size in sizes for act in acts_of(size, today)]
    # Words of nearly every update.
    everywhere = Act("find", max(sizes), "/search/?q=training+districts")
    numbers = Act("numbers", TOP, f"/plans/plan-of-{TOP}-with-numbers/dashboard/")
    ours = [*plain, numbers, everywhere, *acts_of_return(usual)]
    theirs = list(acts_of_workshop())
    asked = [Act("odata", size, f"/api/plans/{slug_of(size)}/odata/Milestones") for size in sizes]
    wanted = [(act, "contributor") for act in ours if act.key in keys]
    wanted += [(act, "coordinator") for act in theirs if act.key in keys]
    wanted += [(act, "program") for act in asked if act.key in keys]
    figures: dict[tuple[str, int], Figures] = {}
    with serving() as server:
        browsers = {role: server.browser(cookies_of(person)) for role, person in people.items()}
        clients = {role: client_of(person) for role, person in people.items()}
        with_token = token_of(people["contributor"])
        browsers["program"], clients["program"] = server.browser({}), Client(headers=with_token)
        browsers["program"].always = with_token
        timed = {}
        for act, role in wanted:
            client, browser = clients[role], browsers[role]
            counted = statements(client, act.path, act.form() if act.form else None)
            found: Figures = {"statements": counted}
            ask = partial(act, browser)
            act.ready()
            ask()
            found |= {"kb": len(plain_body(browser)) / 1000, "sent": len(browser.body) / 1000}
            act.check(plain_body(browser))
            if not act.form and connection.vendor == "postgresql":
                found["sql"] = sql_alone(client, act.path)
            figures[act.key, act.items] = {name: round(value, 1) for name, value in found.items()}
            timed[act.key, act.items] = Timed(ask, server.cpu_seconds, act.ready)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", flush=True)
            for each in timed.values():
                each.round()
        for place, each in timed.items():
            figures[place] |= each.figures()
        if ("return", usual) in figures:
            [act] = [act for act in ours if act.key == "return"]
            figures["return", usual]["per_s"] = round(
                views_per_second(server, act, people["contributor"]), 2
            )
    if "memory" in keys:
        of_usual = [act for act in plain if act.items == usual and not act.form]
        mib = memory_after([*of_usual, *acts_of_return(usual)], people["contributor"])
        figures["memory", usual] = {"mib": round(mib)}
    order = [row.key for row in PAGES]
    return [
        Line(key, items, found)
        for (key, items), found in sorted(
            figures.items(), key=lambda each: (order.index(each[0][0]), each[0][1])
        )
    ]


def run_ten(keys: set[str], rounds: int) -> list[Line]:
    """Measure the pages over ten plans."""
    from agencies.models import User

    person = User.objects.get(seats__role="contributor")
    paths = {"all-plans": "/all-plans/", "all-due": "/all-plans/due/"}
    lines = []
    with serving() as server:
        for key in [key for key in paths if key in keys]:
            ask = partial(Act(key, 10 * OF_TEN, paths[key]), server.browser(cookies_of(person)))
            ask()
            timed = Timed(ask, server.cpu_seconds)
            for _ in range(rounds):
                timed.round()
            counted: Figures = {"statements": statements(client_of(person), paths[key], None)}
            lines.append(Line(key, 10 * OF_TEN, counted | timed.figures()))
    return lines


def views_per_second(server: Server, act: Act, person: Any) -> float:
    cookies = cookies_of(person)
    acts = [partial(act, server.browser(cookies)) for _ in range(CLIENTS)]
    together(acts, 1)
    return together(acts, LASTING)


def memory_after(acts: list[Act], person: Any) -> float:
    """Return the PSS of a server in MiB after eight clients have read these pages.

    Each request has a connection of its own, as behind the proxy; else one process might answer them all.
    """

    def alone(act: Act, browser: Browser) -> None:
        act(browser)
        browser.connection.close()

    cookies = cookies_of(person)
    with serving() as server:
        browsers = [server.browser(cookies) for _ in range(CLIENTS)]
        for act in acts:
            if not act.form:
                together([partial(alone, act, browser) for browser in browsers], FILLING)
        return pss_mebibytes(server.pid)
