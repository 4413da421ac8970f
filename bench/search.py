"""How long a search takes in a plan of 10,000 items with ten years of history.

The page is made in this process, from the request to the HTML, so that nothing else is measured. Beside
it, the time of its SQL statements in the database.
"""

import time
from typing import Any

MOST = 100.0  # ms for a page
ROUNDS = 7
# What is typed, and what it stands for.
SEARCHES = {
    "7.9999": "a number that nothing has",
    "1.77": "an item’s number",
    "V33": "a variation’s number",
    "trafficking": "a word of every item",
    "training districts": "two words of 200,000 updates",
    "train front-line staff of district 4711": "the words of one item",
    "wellington": "a word that nothing has",
    "no money was set aside": "words of thousands of delays and variations",
    "the was and of": "short words of nearly everything",
}
# What was typed, what it stands for, then of its page the ms, the CPU ms of this process and the ms of its
# SQL, and how many statements it took. On SQLite, the CPU time has the database's too.
Timed = tuple[str, str, float, float, float, int]
# What somebody with no plan types, who must not see from the time what others have.
HIDDEN = ("training districts", "wellington")


def run(slug: str) -> list[Timed]:
    """Return how long each search took; the fastest of some rounds counts."""
    from django.db import connection

    from agencies.models import Agency, Seat, User
    from bench.big_plan import make_person
    from workitems.models import Plan

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    plan = Plan.objects.get(slug=slug)
    reader = User.objects.get(
        seats__agency=plan.coordinating_agency_id, seats__role=Seat.Role.COORDINATOR
    )
    name = f"Outside {Plan.objects.count()}"
    outside = Agency.objects.create(short_name=name, name=name)
    other = make_person(outside, "coordinator")
    another = Plan.objects.create(
        title=name,
        slug=f"outside-{outside.pk}",
        released_on=plan.released_on,
        adopted_on=plan.adopted_on,
        portfolio=plan.portfolio,
        coordinating_agency=outside,
    )
    another.members.create(agency=outside)
    return [
        *((typed, what, *measured(reader, typed)) for typed, what in SEARCHES.items()),
        *((typed, "by somebody outside the plan", *measured(other, typed)) for typed in HIDDEN),
    ]


def measured(user: Any, typed: str) -> tuple[float, float, float, int]:
    from django.db import connection
    from django.test import RequestFactory
    from django.urls import resolve

    from reports.search.views import search

    took: list[float] = []
    on_cpu: list[float] = []
    in_sql: list[float] = []
    statements = 0

    def note(execute: Any, sql: str, *more: Any) -> Any:
        nonlocal statements
        start = time.perf_counter()
        try:
            return execute(sql, *more)
        finally:
            in_sql[-1] += (time.perf_counter() - start) * 1000
            statements += 1

    for _ in range(ROUNDS):
        request = RequestFactory().get("/search/", {"q": typed})
        request.user = type(user).objects.get(pk=user.pk)
        request.resolver_match = resolve("/search/")
        in_sql.append(0.0)
        statements = 0
        start, cpu = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(note):
            response = search(request)
        took.append((time.perf_counter() - start) * 1000)
        on_cpu.append((time.process_time() - cpu) * 1000)
        assert response.status_code in (200, 302)
    best = min(range(ROUNDS), key=took.__getitem__)
    return took[best], min(on_cpu), in_sql[best], statements


def table(found: list[Timed]) -> str:
    lines = [
        f"{'ms':>7} {'CPU ms':>7} {'in SQL':>7} {'statements':>11}  search (at most {MOST:.0f} ms)"
    ]
    for typed, what, page, cpu, sql, statements in found:
        missed = "" if page <= MOST else "  MISSED"
        lines.append(f"{page:7.1f} {cpu:7.1f} {sql:7.1f} {statements:11}  {typed}: {what}{missed}")
    return "\n".join(lines)
