"""Test the services of risks: raising, rating, escalating, closing and reopening."""

import pytest

from tests.factories import AgencyFactory, RiskFactory, WorkItemFactory
from tests.workitems.record import (
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.models import Risk
from workitems.models.risk import SEVERITY
from workitems.plan.services import Conflict
from workitems.risks import services as risks

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

WHO = "Coordinator (DoL)"


@pytest.fixture
def risk(plan, police):
    """A risk with its owner; likelihood medium, impact high."""
    return RiskFactory(plan=plan, owner_agency=police)


# --- raising ----------------------------------------------------------------------------------


def raise_risk(plan, police, by, **differs):
    said = {
        "description": "Trained staff leave.",
        "likelihood": "medium",
        "impact": "high",
        "owner_agency": police,
    }
    return risks.raise_risk(plan=plan, by=by, **said | differs)


def test_risks_are_numbered_within_their_plan(plan, item, police, coordinator):
    RiskFactory(number=40)  # of another plan
    first = raise_risk(plan, police, coordinator)
    second = raise_risk(plan, police, coordinator, item=item, response="Train two at a time.")
    assert [risk.reference for risk in (first, second)] == ["R1", "R2"]
    assert (first.item, first.likelihood, first.impact) == (None, "medium", "high")
    assert (second.item, second.response) == (item, "Train two at a time.")
    assert entries(second) == [("+", WHO, "")]


@pytest.mark.parametrize(
    ("differs", "sentence", "field"),
    [
        ({"description": ""}, "Say what could happen.", "description"),
        ({"likelihood": "certain"}, "Choose low, medium or high.", "likelihood"),
        ({"impact": ""}, "Choose low, medium or high.", "impact"),
    ],
)
def test_a_risk_without_description_or_ratings_is_refused(
    plan, police, coordinator, differs, sentence, field
):
    with refused(sentence, field):
        raise_risk(plan, police, coordinator, **differs)
    assert Risk.objects.count() == 0


def test_a_risk_to_another_plans_item_is_refused(plan, police, coordinator):
    with refused("The item belongs to another plan.", "item"):
        raise_risk(plan, police, coordinator, item=WorkItemFactory())
    assert Risk.objects.count() == 0


def test_a_risk_is_owned_by_a_member_of_the_working_group(plan, coordinator):
    with refused("Elsewhere takes no part in this plan.", "owner_agency"):
        raise_risk(plan, AgencyFactory(short_name="Elsewhere"), coordinator)
    assert Risk.objects.count() == 0


# --- rating -----------------------------------------------------------------------------------


def change(risk, by, **differs):
    said = {"version": risk.version, "response": "", "likelihood": "medium", "impact": "high"}
    return risks.change_risk(risk=risk, by=by, **said | differs)


def test_another_rating_needs_a_reason(risk, contributor):
    with unchanged(risk), refused("Say why the rating changes.", "reason"):
        change(risk, contributor, likelihood="high")
    changed = change(risk, contributor, likelihood="high", reason="Two have left.")
    risk.refresh_from_db()
    assert (risk.likelihood, risk.impact, risk.version, changed.version) == ("high", "high", 2, 2)
    assert newest(risk) == ("~", "Police contributor (Police)", "Two have left.")


def test_changing_only_the_response_needs_no_reason(risk, contributor):
    change(risk, contributor, response="Train two at a time.")
    risk.refresh_from_db()
    assert (risk.response, risk.version) == ("Train two at a time.", 2)


def test_saving_a_risk_unchanged_writes_nothing(risk, contributor):
    with unchanged(risk):
        assert change(risk, contributor).version == 1


def test_a_reason_for_the_same_rating_is_kept_as_a_note(risk, contributor):
    assert change(risk, contributor, reason="Looked at.").version == 2
    assert newest(risk)[2] == "Looked at."


def test_an_unknown_level_is_refused(risk, contributor):
    with unchanged(risk), refused("Choose low, medium or high.", "impact"):
        change(risk, contributor, impact="huge", reason="So.")


def test_the_second_of_two_changes_to_a_risk_is_a_conflict(risk, contributor, coordinator):
    change(risk, coordinator, response="Pay more.")
    with pytest.raises(Conflict) as conflict:
        change(risk, contributor, response="Train two at a time.")
    assert (conflict.value.current.response, conflict.value.current.version) == ("Pay more.", 2)
    risk.refresh_from_db()
    assert risk.response == "Pay more."


@pytest.mark.both_databases
def test_every_step_increases_the_version(risk, coordinator):
    said = {"risk": risk, "by": coordinator, "reason": "So."}
    risks.escalate_risk(to="minister", on=TODAY, **said)
    risks.lower_risk(to="group", on=TODAY, **said)
    risks.close_risk(on=TODAY, **said)
    risks.reopen_risk(**said)
    risk.refresh_from_db()
    assert risk.version == 5


# --- escalating and de-escalating -------------------------------------------------------------


@pytest.mark.parametrize("to", Risk.EscalatedTo.values)
def test_a_risk_is_escalated_with_a_reason(risk, coordinator, to):
    with unchanged(risk), refused("Say why you escalate it.", "reason"):
        risks.escalate_risk(risk=risk, to=to, on=TODAY, by=coordinator, reason="")
    risks.escalate_risk(risk=risk, to=to, on=TODAY, by=coordinator, reason="It happened.")
    risk.refresh_from_db()
    assert (risk.escalated_to, risk.escalated_on) == (to, TODAY)
    assert newest(risk) == ("~", WHO, "It happened.")


STEPS = {
    # From and to: the refusal of each action, or nothing if it succeeds.
    ("", ""): ("Choose the working group or the Minister.", "with Police"),
    ("", "group"): ("", "with Police"),
    ("", "minister"): ("", "with Police"),
    ("group", ""): ("Choose the working group or the Minister.", ""),
    ("group", "group"): ("R1 is already with the working group.", "with the working group"),
    ("group", "minister"): ("", "with the working group"),
    ("minister", ""): ("Choose the working group or the Minister.", ""),
    ("minister", "group"): ("R1 is already with the Minister.", ""),
    ("minister", "minister"): ("R1 is already with the Minister.", "with the Minister"),
}


@pytest.mark.parametrize(("at", "to"), STEPS)
def test_a_risk_takes_only_the_allowed_steps(plan, police, coordinator, at, to):
    up, down = STEPS[at, to]
    was = {"escalated_to": at, "escalated_on": YESTERDAY if at else None}
    said = {"to": to, "on": TODAY, "by": coordinator, "reason": "So."}
    risk = RiskFactory(plan=plan, owner_agency=police, **was)
    if up:
        with unchanged(risk), refused(up, "to"):
            risks.escalate_risk(risk=risk, **said)
    if down:
        with (
            unchanged(risk),
            refused(f"R1 is {down}, so it cannot be de-escalated to there.", "to"),
        ):
            risks.lower_risk(risk=risk, **said)
    if not up:
        assert risks.escalate_risk(risk=risk, **said).escalated_to == to
    elif not down:
        lowered = risks.lower_risk(risk=risk, **said)
        assert (lowered.escalated_to, lowered.escalated_on) == (to, TODAY if to else None)


@pytest.mark.both_databases
def test_a_risk_is_de_escalated_with_a_reason(plan, coordinator):
    risk = RiskFactory(plan=plan, escalated_to="minister", escalated_on=YESTERDAY)
    with unchanged(risk), refused("Say why you de-escalate it.", "reason"):
        risks.lower_risk(risk=risk, to="", on=TODAY, by=coordinator, reason="")
    risks.lower_risk(risk=risk, to="", on=TODAY, by=coordinator, reason="Money came.")
    assert newest(risk) == ("~", WHO, "Money came.")


# --- closing ----------------------------------------------------------------------------------


def test_a_risk_is_closed_with_a_reason(risk, coordinator):
    with unchanged(risk), refused("Say why the risk is over.", "reason"):
        risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="")
    risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="Staff stayed.")
    risk.refresh_from_db()
    assert risk.closed_on == TODAY
    assert newest(risk) == ("~", WHO, "Staff stayed.")


def test_a_closed_risk_cannot_be_escalated(plan, coordinator):
    risk = RiskFactory(plan=plan, closed_on=YESTERDAY)
    said = {"risk": risk, "by": coordinator, "reason": "So."}
    with unchanged(risk):
        with refused("This risk is closed."):
            risks.escalate_risk(to="group", on=TODAY, **said)
        with refused("This risk is closed."):
            risks.lower_risk(to="", on=TODAY, **said)
        with refused("This risk is closed."):
            change(risk, coordinator, response="Late.")
        with refused("This risk was closed on 31 May 2010."):
            risks.close_risk(on=TODAY, **said)


def test_a_reopened_risk_returns_to_its_level(plan, coordinator):
    risk = RiskFactory(plan=plan, escalated_to="group", escalated_on=YESTERDAY, closed_on=YESTERDAY)
    with unchanged(risk), refused("Say why the risk is reopened.", "reason"):
        risks.reopen_risk(risk=risk, by=coordinator, reason="")
    risks.reopen_risk(risk=risk, by=coordinator, reason="They leave after all.")
    risk.refresh_from_db()
    assert (risk.closed_on, risk.escalated_to) == (None, "group")
    assert newest(risk) == ("~", WHO, "They leave after all.")
    with unchanged(risk), refused("This risk is open."):
        risks.reopen_risk(risk=risk, by=coordinator, reason="So.")


# --- severity and order -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("likelihood", "impact", "severity"),
    [
        ("low", "medium", "Low"),
        ("high", "low", "Medium"),
        ("medium", "high", "High"),
    ],
)
def test_severity_follows_from_the_two_ratings(likelihood, impact, severity):
    risk = Risk(likelihood=likelihood, impact=impact)
    assert (risk.severity, risk.severity_label) == (severity.lower(), severity)


def test_the_glossary_prints_the_table_of_severity():
    from tests.codebase.source import ROOT

    lines = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    rows = {
        line.split("|")[1].strip(): line.split("|")[2:5]
        for line in lines
        if " likelihood |" in line
    }
    for (likelihood, impact), severity in SEVERITY.items():
        cell = rows[f"{likelihood} likelihood"][["low", "medium", "high"].index(impact)]
        assert cell.strip() == severity


@pytest.mark.both_databases
def test_the_register_shows_open_risks_first_by_severity(plan):
    for number, likelihood, impact, closed_on in (
        (1, "high", "high", YESTERDAY),
        (2, "low", "low", None),
        (3, "medium", "high", TOMORROW),
        (4, "high", "high", None),
        (5, "high", "medium", None),
        (6, "medium", "medium", None),
        (7, "low", "high", None),
        (8, "low", "low", TODAY),
    ):
        RiskFactory(
            plan=plan, number=number, likelihood=likelihood, impact=impact, closed_on=closed_on
        )
    numbers = [risk.number for risk in Risk.objects.open_first(TODAY)]
    assert numbers == [4, 3, 5, 6, 7, 2, 1, 8]


@pytest.mark.both_databases
def test_risks_are_open_closed_or_escalated(plan):
    escalated = {"escalated_to": "group", "escalated_on": YESTERDAY}
    RiskFactory(plan=plan, number=1)
    RiskFactory(plan=plan, number=2, **escalated)
    RiskFactory(plan=plan, number=3, closed_on=TODAY, **escalated)

    def numbers(rows):
        return list(rows.order_by("number").values_list("number", flat=True))

    everything = Risk.objects
    assert numbers(everything.open(TODAY)) == [1, 2]
    assert numbers(everything.closed(TODAY)) == [3]
    assert numbers(everything.escalated()) == [2, 3]
    assert numbers(everything.open(TODAY).escalated()) == [2]
    assert numbers(everything.open(YESTERDAY)) == [1, 2, 3]
