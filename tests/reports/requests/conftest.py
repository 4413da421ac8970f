"""A request to an agency, its people, and papers that it is about."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from reports.requests.letters import Ombudsman
from reports.requests.models import InformationRequest
from reports.requests.services import deciding, letters, redactions, requests, schedule
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    IssuedPaperFactory,
    PlanFactory,
    SeatFactory,
)

NOW = datetime(2013, 5, 22, 2, tzinfo=UTC)  # the afternoon of that day in New Zealand
TODAY = date(2013, 5, 22)
RECEIVED = date(2013, 4, 22)
FIRST, LAST = date(2010, 7, 1), date(2010, 7, 31)
OMBUDSMAN = Ombudsman(website="www.ombudsman.parliament.nz")
TYPED = {
    "contact": {"role": "OIA adviser", "email": "oia@example.org"},
    "signatory": {"role": "OIA decision-maker"},
}


@pytest.fixture
def today(settings):
    """Make it the day of the letter, with the Ombudsman's address set."""
    settings.OMBUDSMAN = {"website": OMBUDSMAN.website}
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name, *arguments):
    return reverse(f"requests:{name}", args=arguments)


@pytest.fixture
def agency():
    return AgencyFactory(short_name="Labour", name="Department of Labour")


def seated(agency, role, name):
    return SeatFactory(agency=agency, role=role, user__name=name).user


@pytest.fixture
def adviser(agency):
    return seated(agency, "oia_adviser", "OIA adviser")


@pytest.fixture
def reviewer(agency):
    return seated(agency, "oia_reviewer", "OIA reviewer")


@pytest.fixture
def decision_maker(agency):
    return seated(agency, "oia_decision_maker", "OIA decision-maker")


@pytest.fixture
def plan(agency):
    return PlanFactory(coordinating_agency=agency)


@pytest.fixture
def issued(plan):
    return IssuedPaperFactory(briefing=BriefingFactory(plan=plan, state="with_minister"))


@pytest.fixture
def recorded(agency, adviser):
    """Record a request; the real one of 2013 unless told otherwise."""

    def record(**columns):
        return requests.record_request(
            **{
                "agency": agency,
                "reference": "13/02025",
                "channel": "site",
                "requester_name": "The requester",
                "requester_address": "requester@example.org\n12 Quiet Street",
                "dated": date(2013, 4, 21),
                "received_on": RECEIVED,
                "text": "Please send me the annual reports on the Plan of Action.",
                "by": adviser,
                "at": NOW,
                **columns,
            }
        )

    return record


@pytest.fixture
def request_(recorded, plan):
    return recorded(plan=plan)


@pytest.fixture
def line(request_, issued, adviser):
    """A briefing in the schedule of a request that is being prepared."""
    requests.start_scoping(request=request_, by=adviser)
    found = schedule.add_paper(request=request_, paper=issued, by=adviser)
    requests.start_preparing(request=request_, by=adviser)
    return found


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def decide(adviser):
    def decide(line, decision, **others):
        return schedule.decide_line(
            line=line,
            decision=decision,
            version=fresh(line).version,
            by=adviser,
            at=NOW,
            **others,
        )

    return decide


@pytest.fixture
def propose(line, adviser):
    """Propose to withhold words of the briefing: the first of its title unless told otherwise."""

    def propose(place="cover.title", start=0, end=8, **others):
        (row,) = redactions.propose(
            **{
                "line": line,
                "document_sha256": line.issued.document_sha256,
                "spans": [(place, start, end)],
                "grounds": ["6(c)"],
                "by": adviser,
                "at": NOW,
                **others,
            }
        )
        return row

    return propose


@pytest.fixture
def title_withheld(propose, reviewer):
    """Withhold the first word of a briefing's title: proposed, and agreed by another."""

    def withhold(line, **others):
        row = propose(line=line, **others)
        return redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)

    return withhold


@pytest.fixture
def prepared(adviser):
    def prepare(request, on=TODAY, **others):
        return letters.prepare_letter(
            request=request,
            kind="decide",
            typed=TYPED,
            on=on,
            ombudsman=OMBUDSMAN,
            at=NOW,
            **{"by": adviser, **others},
        )

    return prepare


@pytest.fixture
def ready(request_, line, decide, prepared, adviser, reviewer):
    """Make the request ready to sign: its one briefing goes out in full."""

    def make(decision="full", **others):
        decide(line, decision, **others)
        letter = prepared(request_)
        requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
        requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
        return letter

    return make


@pytest.fixture
def sign(request_, decision_maker, adviser):
    """Sign the decision, and send it on that day unless told otherwise."""

    def sign(letter, *, sends=True, **others):
        event = deciding.sign_decision(
            **{
                "request": request_,
                "letter_version": letter.version,
                "on": TODAY,
                "pdf": b"%PDF-1.7 letter",
                "docx": b"",
                "ombudsman": OMBUDSMAN,
                "by": decision_maker,
                "at": NOW,
                **others,
            }
        )
        if sends and not event.request.is_own_initiative:
            requests.record_sent(
                request=event.request, on=event.happened_on, by=adviser, at=event.recorded_at
            )
        return event

    return sign


@pytest.fixture
def decided(ready, sign, request_):
    sign(ready())
    return InformationRequest.objects.get(pk=request_.pk)


class Killed(BaseException):
    """The process ends here."""


def killed_at_each_write(act, *, stored):
    """Call `act` again and again, killed at its first write, then at its second, until it ends.

    Return what `stored` found after each kill.
    """
    found = []
    while True:
        writes = 0

        def kill(execute, sql, params, many, context):
            nonlocal writes
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                writes += 1
                if writes > len(found):
                    raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(kill):
                act()
        except Killed:
            found.append(stored())
        else:
            return found


@pytest.fixture
def scoped(request_, adviser):
    requests.start_scoping(request=request_, by=adviser)
    row = fresh(request_)
    requests.set_scope(
        request=row,
        scope_from=FIRST,
        scope_to=LAST,
        scope_note="",
        version=row.version,
        by=adviser,
        at=NOW,
    )
    return fresh(request_)
