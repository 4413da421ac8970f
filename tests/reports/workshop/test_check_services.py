"""Test accepting warnings with a reason, and the paragraph about missing returns."""

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from reports import checks
from reports.drafting.paper import read_drafted
from reports.models import CheckOverride
from reports.workshop.services import drafts
from reports.workshop.services import overrides as acts
from tests.factories import ReturnFactory, RoundFactory, WorkItemFactory
from tests.reports.drafted import BEFORE, drafted
from workitems.plan.services import Refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database,
]


@pytest.fixture
def begin(plan, item, by):
    return partial(drafted, plan, item, by)


@pytest.fixture
def warned(begin, by):
    """A draft with one warning: a long paragraph."""
    briefing = begin()
    drafts.add(briefing=briefing, section="delay", text="word " * 151, by=by)
    return briefing


def only(briefing):
    (check,) = checks.failed_checks(read_drafted(briefing))
    return check


def override(briefing, by, **how):
    check = only(briefing)
    how = {"key": check.key, "about": check.about, "reason": "It quotes the law."} | how
    return acts.override(briefing=briefing, by=by, at=BEFORE, **how)


def test_an_override_is_recorded_with_its_reason_and_shown(warned, by):
    row = override(warned, by)
    assert only(warned).override == row
    assert not only(warned).is_open
    assert (row.reason, row.by, row.at) == ("It quotes the law.", by, BEFORE)
    assert row.words == only(warned).words
    assert row.history.count() == 1


@pytest.mark.both_databases
def test_an_override_lapses_when_the_text_changes_and_can_be_made_again(warned, by):
    first = override(warned, by)
    row = warned.draft_paragraphs.get(text__startswith="word")
    drafts.edit(briefing=warned, key=row.key, text="other " * 151, version=1, by=by)
    assert (only(warned).override, only(warned).lapsed) == (None, first)
    assert override(warned, by, reason="It still quotes the law.").pk == first.pk
    assert not only(warned).is_open
    assert CheckOverride.objects.get().history.count() == 2


@pytest.mark.both_databases
def test_an_override_can_be_withdrawn(warned, by):
    override(warned, by)
    acts.withdraw_override(briefing=warned, key=only(warned).key, by=by)
    assert (only(warned).override, only(warned).lapsed) == (None, None)
    acts.withdraw_override(briefing=warned, key=only(warned).key, by=by)
    assert CheckOverride.objects.get().history.count() == 2


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"reason": "x" * 1001}, "Enter at most 1,000 characters"),
        ({"key": "long-p-none"}, "no longer exists"),
        ({"about": "otherwise"}, "has changed since"),
    ],
)
def test_an_invalid_override_is_refused(warned, by, how, words):
    with pytest.raises(Refused, match=words):
        override(warned, by, **how)
    assert CheckOverride.objects.count() == 0


def test_a_problem_that_stops_the_paper_cannot_be_overridden(begin, by):
    briefing = begin(copied_to="")
    with pytest.raises(Refused, match="cannot be accepted"):
        override(briefing, by)


@pytest.mark.both_databases
def test_the_database_requires_a_reason_and_at_most_one_override_for_a_warning(warned, by):
    row = override(warned, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckOverride.objects.filter(pk=row.pk).update(reason="")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_locked_paper_accepts_no_override(warned, by):
    warned.state = "withdrawn"
    warned.save()
    with pytest.raises(Refused, match="withdrawn; its text is locked"):
        override(warned, by)


def test_missing_returns_are_listed_in_one_paragraph_with_their_sources(
    begin, by, plan, police, customs
):
    round = RoundFactory(
        plan=plan,
        name="January to June 2010",
        period_start=date(2010, 1, 1),
        period_end=date(2010, 6, 30),
    )
    for agency in (customs, police):
        ReturnFactory(round=round, agency=agency)
    WorkItemFactory(plan=plan, lead_agency=customs)
    briefing = begin()
    assert all(
        check.is_listable
        for check in checks.blocking(read_drafted(briefing), checks.Gate.CONSULTATION)
    )
    row = acts.add_missing_returns_paragraph(briefing=briefing, by=by)
    assert row.text == (
        "The returns of Customs and Police for January to June 2010 had not been submitted by 30 July 2010."
    )
    assert (row.section.content, row.origin) == ("delay", "written")
    assert [source["label"] for source in row.sources] == [
        "Return of Customs, January to June 2010",
        "Return of Police, January to June 2010",
    ]
    assert checks.failed_checks(read_drafted(briefing)) == []
    with pytest.raises(Refused, match="already names every missing return"):
        acts.add_missing_returns_paragraph(briefing=briefing, by=by)
    drafts.hide(briefing=briefing, key=row.key, by=by)
    assert len(checks.blocking(read_drafted(briefing), checks.Gate.CONSULTATION)) == 2


@pytest.mark.both_databases
def test_missing_returns_of_several_rounds_are_listed_by_round(begin, by, plan, police, customs):
    """Two of the rounds end on the same day."""
    WorkItemFactory(plan=plan, lead_agency=customs)
    for name, start, end, agencies in (
        ("the first half of 2010", date(2010, 1, 1), date(2010, 6, 30), [police, customs]),
        ("the second half of 2009", date(2009, 7, 31), date(2009, 12, 31), [police]),
        ("June 2010", date(2010, 6, 1), date(2010, 6, 30), [customs, police]),
    ):
        round = RoundFactory(
            plan=plan, name=name, period_start=start, period_end=end, closed_at=BEFORE, closed_by=by
        )
        for agency in agencies:
            ReturnFactory(round=round, agency=agency)
    row = acts.add_missing_returns_paragraph(briefing=begin(), by=by)
    assert row.text == (
        "The returns of Police for the second half of 2009, of Customs and Police for the first half of "
        "2010 and of Customs and Police for June 2010 had not been submitted by 30 July 2010."
    )


def test_a_missing_return_is_said_to_be_with_the_coordinator_or_still_due(
    begin, by, plan, police, customs
):
    WorkItemFactory(plan=plan, lead_agency=customs)
    round = RoundFactory(
        plan=plan,
        name="June 2010",
        period_start=date(2010, 6, 1),
        period_end=date(2010, 6, 30),
    )
    sent = {"state": "submitted", "submitted_at": BEFORE, "submitted_by": by}
    ReturnFactory(round=round, agency=customs, **sent)
    ReturnFactory(round=round, agency=police, extended_to=date(2010, 8, 13))
    row = acts.add_missing_returns_paragraph(briefing=begin(), by=by)
    assert row.text == (
        "The return of Customs for June 2010 had not been accepted by 30 July 2010. What it says is not in this paper. "
        "The return of Police for June 2010 is due by 13 August 2010."
    )
