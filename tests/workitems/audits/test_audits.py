"""Test what an auditor reads and until when, what a finding takes, and what the database refuses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Seat, User
from agencies.rules import roles_to_manage
from tests.factories import (
    AgencyFactory,
    AuditFactory,
    BriefingFactory,
    EvidenceFactory,
    FindingFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.audits import services
from workitems.audits.findings import sentence
from workitems.audits.news import audit_news
from workitems.models import Audit, Finding, Plan
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.services.refusals import Refused

pytestmark = pytest.mark.django_db
BEGAN = date(2027, 3, 1)
NZ = ZoneInfo("Pacific/Auckland")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(datetime(2027, 3, 1, 1, tzinfo=NZ)) as clock:
        yield clock


@pytest.fixture
def item(plan, police):
    return WorkItemFactory(plan=plan, lead_agency=police, number="1.2")


@pytest.fixture
def audit(plan):
    return AuditFactory(plan=plan, agency__short_name="OAG", to_on=date(2027, 6, 30))


@pytest.fixture
def auditor(audit):
    return SeatFactory(agency=audit.agency, role=Seat.Role.AUDITOR, from_on=date(2027, 1, 1)).user


def addresses(plan, item):
    return [
        plan.get_absolute_url(),
        item.get_absolute_url(),
        reverse("dashboard:overview", args=[plan.slug]),
        reverse("dashboard:evidence", args=[plan.slug]),
        reverse("audits:list", args=[plan.slug]),
    ]


def test_after_the_last_day_everything_is_gone(client, plan, item, auditor, then):
    pages = addresses(plan, item)
    client.force_login(auditor)
    assert [client.get(each).status_code for each in pages] == [200] * 5
    other = PlanFactory()
    assert client.get(other.get_absolute_url()).status_code == 404
    then.move_to(datetime(2027, 6, 30, 11, 59, tzinfo=UTC))  # 23:59 in New Zealand
    client.force_login(auditor)
    assert [client.get(each).status_code for each in pages] == [200] * 5
    then.move_to(datetime(2027, 6, 30, 12, 1, tzinfo=UTC))
    client.force_login(auditor)
    assert [client.get(each).status_code for each in pages] == [404] * 5
    found = client.get(reverse("search:search"), {"q": item.title})
    assert item.get_absolute_url() not in found.text


def test_a_draft_paper_and_a_return_that_is_not_accepted_are_not_read(
    client, plan, auditor, police
):
    client.force_login(auditor)
    draft = BriefingFactory(plan=plan)
    of_return = ReturnFactory(
        round__plan=plan,
        agency=police,
        state="submitted",
        submitted_at=datetime(2027, 2, 1, tzinfo=UTC),
    )
    issued = IssuedPaperFactory(briefing__plan=plan, briefing__tracker_number="27/1")
    assert client.get(reverse("briefings:detail", args=[plan.slug, draft.pk])).status_code in (
        403,
        404,
    )
    assert client.get(of_return.get_absolute_url()).status_code == 403
    page = reverse("briefings:issued", args=[plan.slug, issued.briefing_id])
    assert client.get(page).status_code == 200


def set_up(plan, **values):
    values = {
        "agency": AgencyFactory(), "scope": "All.", "from_on": BEGAN, "to_on": date(2027, 9, 1),
        "reason": "Asked for.", "by": UserFactory(), "on": BEGAN,
        "at": datetime(2027, 3, 1, tzinfo=UTC), **values,
    }  # fmt: skip
    return services.set_up(plan=plan, **values)


def test_no_member_audits_and_no_audit_lasts_longer_than_a_year(plan, police):
    for field, values in (
        ("agency", {"agency": police}),
        ("to_on", {"to_on": date(2028, 3, 1)}),
        ("to_on", {"to_on": date(2027, 2, 28)}),
        ("reason", {"reason": ""}),
    ):
        with pytest.raises(Refused) as refused:
            set_up(plan, **values)
        assert refused.value.field == field
    assert set_up(plan, to_on=date(2028, 2, 29)).to_on == date(2028, 2, 29)


def test_the_database_refuses_the_same(plan, police, audit, item):
    finding = FindingFactory(audit=audit, item=item)
    other = WorkItemFactory()
    refused = (
        lambda: AuditFactory(plan=plan, agency=police),
        lambda: AuditFactory(plan=plan, to_on=date(2028, 3, 1)),
        lambda: AuditFactory(plan=PlanFactory(adopted_on=None)),
        lambda: Audit.objects.filter(pk=audit.pk).update(to_on=date(2027, 7, 1)),
        lambda: Audit.objects.filter(pk=audit.pk).update(scope="Less."),
        lambda: FindingFactory(audit=audit, item=other),
        lambda: FindingFactory(audit=audit, given_on=date(2027, 7, 1)),
        lambda: Finding.objects.filter(pk=finding.pk).update(note="Well."),
        lambda: Finding.objects.filter(pk=finding.pk).update(verdict="supported"),
        lambda: Finding.objects.filter(pk=finding.pk).update(item=None),
        lambda: connection.cursor().execute("DELETE FROM workitems_finding"),
    )
    for act in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    replied = FindingFactory(audit=audit, replied=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=replied.pk).update(reply="Other.")


def give(audit, item, by, verdict="not_supported"):
    return services.give_finding(
        audit=audit, item=item, as_at=BEGAN, verdict=verdict, note="Nothing shows it.", by=by, on=BEGAN,
        at=datetime(2027, 3, 1, tzinfo=UTC),
    )  # fmt: skip


def test_a_finding_is_shown_with_its_reply_or_after_ten_working_days(
    client, plan, item, audit, auditor, police
):
    finding = give(audit, item, auditor)
    assert (finding.number, finding.shown_from) == (1, date(2027, 3, 15))
    reader = SeatFactory(
        agency=plan.coordinating_agency, role="observer", from_on=date(2009, 1, 1)
    ).user
    client.force_login(reader)
    assert client.get(finding.get_absolute_url()).status_code == 404
    for day, seen in ((BEGAN, []), (date(2027, 3, 14), []), (date(2027, 3, 15), [finding])):
        assert list(Finding.objects.shown(day)) == seen
    services.reply(finding=finding, version=1, text="On paper.", by=UserFactory(), on=BEGAN)
    assert list(Finding.objects.shown(BEGAN)) == [finding]
    finding.refresh_from_db()
    assert finding.replied_for == police
    with pytest.raises(Refused):
        services.reply(finding=finding, version=2, text="More.", by=UserFactory(), on=BEGAN)
    page = client.get(finding.get_absolute_url())
    assert ("On paper." in page.text, page.status_code) == (True, 200)


def test_the_latest_finding_that_is_shown_counts_and_needs_attention(plan, item, audit, auditor):
    given = FindingFactory(audit=audit, item=item, replied=True)
    on = Moment.today(BEGAN)
    at = plan_at(Plan.objects.get(pk=plan.pk), on)
    assert [row.pk for row in at.findings] == [given.pk]
    assert [each.words for each in at.reasons(item.pk)] == [
        "OAG found that the evidence does not support what was reported."
    ]
    FindingFactory(audit=audit, item=item, verdict="supported")  # waits for a reply
    assert plan_at(Plan.objects.get(pk=plan.pk), on).reasons(item.pk) != []
    FindingFactory(audit=audit, item=item, verdict="supported", replied=True)
    at = plan_at(Plan.objects.get(pk=plan.pk), on)
    assert (at.reasons(item.pk), at.findings[0].verdict) == ([], "supported")


def test_the_dashboard_counts_the_items_by_what_was_found(plan, item, audit, police, client):
    SeatFactory(
        agency=police, role="observer", user__email="reader@example.org", from_on=date(2027, 1, 1)
    )
    other = WorkItemFactory(plan=plan, lead_agency=police, number="1.3")
    shown = {
        "audit": audit, "reply": "Yes.", "replied_on": BEGAN, "replied_for": police, "replied_by": UserFactory(),
    }  # fmt: skip
    FindingFactory(**shown, item=item, verdict="supported")
    FindingFactory(**shown, item=other, verdict="not_supported")
    FindingFactory(**shown, verdict="in_part")  # on the whole plan
    client.force_login(
        User.objects.get(email="reader@example.org"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = client.get(reverse("dashboard:overview", args=[plan.slug]))
    assert page.context["page"].audited == [("supported", 1), ("not_supported", 1)]
    assert f'href="{reverse("audits:list", args=[plan.slug])}">Audit of evidence</a>' in page.text


def test_the_audit_ends_with_its_own_day(plan, audit, auditor, item, client, then):
    services.end(audit=audit, version=1, reason="Done.", by=UserFactory(), on=BEGAN)
    audit.refresh_from_db()
    assert audit.to_on == BEGAN
    then.shift(timedelta(days=1))
    with pytest.raises(Refused):
        services.give_finding(
            audit=audit,
            item=item,
            as_at=BEGAN,
            verdict="supported",
            note="Seen.",
            by=auditor,
            on=localdate(),
            at=datetime.now(tz=UTC),
        )


def test_agencies_are_told_of_the_audit_and_of_a_finding_that_waits(
    plan, police, item, audit, auditor
):
    approver = SeatFactory(agency=police, role="approver", from_on=date(2009, 1, 1)).user
    give(audit, item, auditor)
    found = [(each.recipient, each.reason, each.state) for each in audit_news(BEGAN)]
    assert found == [
        (approver, "audit", "is set up"),
        (approver, "finding", "waits for your reply"),
    ]


def test_a_coordinator_seats_only_auditors_at_the_agency_that_audits(plan, audit):
    coordinator = SeatFactory(
        agency=plan.coordinating_agency, role="coordinator", from_on=date(2009, 1, 1)
    ).user
    assert roles_to_manage(coordinator, audit.agency) == (Seat.Role.AUDITOR,)
    assert coordinator.has_perm("agencies.manage_seats", audit.agency)
    assert not coordinator.has_perm("agencies.seat_others", audit.agency)
    assert not coordinator.has_perm("agencies.manage_seats", AgencyFactory())


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([], ""),
        (["supported"], "The audit looked at 1 item: the evidence supports what was reported for 1."),
        (["not_supported"], "The audit looked at 1 item: the evidence does not support what was reported for 1."),
        (
            ["in_part", "not_supported"],
            "The audit looked at 2 items: the evidence supports in part what was reported for 1 and does not support it for 1.",
        ),
        (
            ["supported", "supported", "in_part", "not_supported"],
            "The audit looked at 4 items: the evidence supports what was reported for 2, supports it in part for 1 and does "
            "not support it for 1.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_counts_items(verdicts, words):
    rows = [Finding(item_id=1, verdict=each) for each in verdicts]
    assert sentence([*rows, Finding(verdict="supported")]) == words


def test_an_auditor_sees_on_the_item_what_they_found_before_everyone_does(
    client, plan, item, audit, auditor, police
):
    FindingFactory(audit=audit, item=item, shown_from=date(2027, 3, 15), given_on=BEGAN)
    says = " is shown to everyone from 15 March 2027, or sooner with a reply."
    client.force_login(auditor)
    page = client.get(item.get_absolute_url())
    assert says in " ".join(page.text.split())
    form = client.get(reverse("audits:find", args=[plan.slug, audit.pk]))
    assert says in " ".join(form.text.split())
    client.force_login(SeatFactory(agency=police).user)
    assert says not in " ".join(client.get(item.get_absolute_url()).text.split())


def test_the_page_of_audits_says_what_evidence_there_is_to_take(client, plan, item, auditor):
    step = MilestoneFactory(item=item)
    EvidenceFactory(milestone=step, note="", link="https://example.org/a")
    EvidenceFactory(milestone=step, note="Seen.")
    EvidenceFactory(milestone=step, note="Heard.")
    client.force_login(auditor)
    page = client.get(reverse("audits:list", args=[plan.slug]))
    assert "All evidence: no files, 1 link and 2 notes." in page.text
