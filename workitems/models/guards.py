"""Database triggers of this app (see agencies/records/guards.py)."""

from typing import Any

from django.db import models

from agencies.records.guards import Guard, frozen, frozen_history, install
from workitems.models import (
    Delay,
    HeldEntry,
    MeasureValue,
    Milestone,
    MilestoneAnswer,
    Target,
    Variation,
)
from workitems.terms.known_dates import Known


def decided_by_the_group(variation: str) -> str:
    """Return SQL: the variation or its item was on the agenda of its meeting, or it was decided out of
    session."""
    return (
        "(EXISTS (SELECT 1 FROM workitems_matter m"
        f" WHERE m.meeting_id = {variation}.meeting_id"
        f" AND (m.variation_id = {variation}.id OR m.item_id = {variation}.item_id)"
        " AND m.withdrawn_on IS NULL)"
        " OR EXISTS (SELECT 1 FROM workitems_outofsession o"
        f" WHERE o.id = {variation}.out_of_session_id AND o.variation_id = {variation}.id"
        f" AND o.state = {variation}.state))"
    )


# Days that end a month or a quarter, as SQL text. Every 29 February does; 28 February does if there is none.
QUARTER_ENDS = "'03-31', '06-30', '09-30', '12-31'"
MONTH_ENDS = f"{QUARTER_ENDS}, '01-31', '02-28', '02-29', '04-30', '05-31', '07-31', '08-31', '10-31', '11-30'"


def not_known_so(day: str, known_to: str) -> str:
    """Return SQL: the row's date is not the last day of the month or quarter that it is known to."""
    text, precision = f"CAST(NEW.{day} AS text)", f"NEW.{known_to}"
    day_of_year, year = f"SUBSTR({text}, 6, 5)", f"CAST(SUBSTR({text}, 1, 4) AS integer)"
    is_leap_year = f"{year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0)"
    return (
        f"({precision} <> 'day' AND (NEW.{day} IS NULL OR NOT ("
        f"({precision} = 'quarter' AND {day_of_year} IN ({QUARTER_ENDS}))"
        f" OR ({precision} = 'month' AND {day_of_year} IN ({MONTH_ENDS})"
        f" AND NOT ({day_of_year} = '02-28' AND {is_leap_year})))))"
    )


def known_dates(model: type[models.Model], *dates: Known[Any]) -> Guard:
    """Return a guard: each date is a day, or the last day of the month or quarter it is known to."""
    return Guard(
        name=f"{model._meta.model_name}_dates_known",
        table=model._meta.db_table,
        events=("INSERT", "UPDATE"),
        refuse_when=" OR ".join(not_known_so(*each.columns) for each in dates),
        message="A month or quarter is kept as its last day.",
    )


def of_adopted_plan(item: str) -> str:
    """Return SQL: the item (its id) is of an adopted plan."""
    return (
        "EXISTS (SELECT 1 FROM workitems_workitem i JOIN workitems_plan p ON p.id = i.plan_id"
        f" WHERE i.id = {item} AND p.adopted_on IS NOT NULL)"
    )


def of_adopted_measure(measure: str) -> str:
    """Return SQL: the measure (its id) is of an adopted plan."""
    return (
        "EXISTS (SELECT 1 FROM workitems_measure m LEFT JOIN workitems_workitem i ON i.id = m.item_id"
        " JOIN workitems_plan p ON p.id = COALESCE(i.plan_id, m.of_plan_id)"
        f" WHERE m.id = {measure} AND p.adopted_on IS NOT NULL)"
    )


def has_accepted_value(measure: str) -> str:
    """Return SQL: the measure (its id) has a number that was accepted."""
    return (
        "EXISTS (SELECT 1 FROM workitems_measurevalue x"
        f" WHERE x.measure_id = {measure} AND x.accepted_on IS NOT NULL AND x.number IS NOT NULL)"
    )


def of_measure(measure: str) -> str:
    """Return SQL: the variation `v` is of the item of the measure (its id), or of its plan."""
    return (
        f"EXISTS (SELECT 1 FROM workitems_measure m WHERE m.id = {measure}"
        " AND (m.item_id = v.item_id OR (v.item_id IS NULL AND m.of_plan_id = v.plan_id)))"
    )


def by_decision(row: str, kind: str, *conditions: str, column: str = "") -> str:
    """Return SQL: an approved variation of this kind is of the row, and fulfils the conditions on `v`.

    Only the latest approval on the row's `column` counts; older ones must not allow a change back.
    """
    of = f"v.{column}_id = {row}" if column else row
    later = (
        " AND NOT EXISTS (SELECT 1 FROM workitems_variation later"
        f" WHERE later.{column}_id = v.{column}_id AND later.kind = v.kind"
        " AND later.state = 'approved' AND later.decided_at > v.decided_at)"
        if column
        else ""
    )
    where = " AND ".join(
        [of, f"v.kind = '{kind}'", "v.state = 'approved'", *conditions, decided_by_the_group("v")]
    )
    return f"EXISTS (SELECT 1 FROM workitems_variation v WHERE {where}{later})"


def changes_agency(field: str, kind: str, column: str) -> str:
    """Return SQL: a row's agency changes otherwise than by a variation, or to its successor."""
    old, new = f"OLD.{field}_id", f"NEW.{field}_id"
    decided = by_decision(
        "NEW.id", kind, f"v.agency_before_id = {old}", f"v.agency_after_id = {new}", column=column
    )
    return (
        f"{new} <> {old} AND NOT {decided}"
        f" AND NOT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = {old} AND {succeeds(new)})"
    )


def succeeds(agency: str) -> str:
    """Return SQL: the agency (its id) is the successor of agency `a`, or that one's successor."""
    return (
        f"(a.successor_id = {agency} OR EXISTS (SELECT 1 FROM agencies_agency b"
        f" WHERE b.id = a.successor_id AND b.successor_id = {agency}))"
    )


def handed_over(ended_on: str, *holders: tuple[str, str, str]) -> str:
    """Return SQL: the row's agency has ended by the day `ended_on`, and its successor holds the same.

    `holders` are tables, their columns with the agency, and conditions, with which the successor does.
    """
    same = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} h WHERE {where} AND {succeeds(f'h.{column}')})"
        for table, column, where in holders
    )
    return (
        "EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = NEW.agency_id"
        f" AND a.valid_to >= NEW.{ended_on} AND ({same}))"
    )


def kept_when_adopted(table: str, adopted: str) -> Guard:
    """Return a guard: no row of an adopted plan is deleted. `adopted` is SQL of OLD."""
    return Guard(
        name=f"{table.removeprefix('workitems_')}_kept_when_adopted",
        table=table,
        events=("DELETE",),
        refuse_when=adopted,
        message="Nothing of an adopted plan is deleted.",
    )


def changed_or(*columns: str) -> str:
    """Return SQL: one of these columns, none of which is null, changes."""
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


def milestone_of_adopted_plan(milestone: str) -> str:
    """Return SQL: the milestone (its id) is of an adopted plan."""
    return (
        "EXISTS (SELECT 1 FROM workitems_milestone m JOIN workitems_workitem i ON i.id = m.item_id"
        " JOIN workitems_plan p ON p.id = i.plan_id"
        f" WHERE m.id = {milestone} AND p.adopted_on IS NOT NULL)"
    )


# Two writers could close a loop together, so they wait for each other.
ONE_WRITER_OF_WAITS = "719204"
CLOSES_A_LOOP = (
    "NEW.ended_on IS NULL AND EXISTS (WITH RECURSIVE ahead(id) AS ("
    "SELECT w.waits_for_id FROM workitems_wait w"
    " WHERE w.milestone_id = NEW.waits_for_id AND w.ended_on IS NULL"
    " UNION SELECT w.waits_for_id FROM workitems_wait w JOIN ahead a ON a.id = w.milestone_id"
    " WHERE w.ended_on IS NULL) SELECT 1 FROM ahead WHERE id = NEW.milestone_id)"
)

OLD_PLAN_ADOPTED = (
    "EXISTS (SELECT 1 FROM workitems_plan p WHERE p.id = OLD.plan_id AND p.adopted_on IS NOT NULL)"
)

# The subject of `NEW`, a note that begins a conversation, is of the note's plan.
PLAN_OF_NOTE = " OR ".join(
    f"EXISTS (SELECT 1 FROM {rows} WHERE x.id = NEW.{column} AND {plan} = NEW.plan_id)"
    for column, rows, plan in (
        ("item_id", "workitems_workitem x", "x.plan_id"),
        (
            "milestone_id",
            "workitems_milestone x JOIN workitems_workitem i ON i.id = x.item_id",
            "i.plan_id",
        ),
        ("variation_id", "workitems_variation x", "x.plan_id"),
        ("risk_id", "workitems_risk x", "x.plan_id"),
        (
            "matter_id",
            "workitems_matter x JOIN workitems_meeting m ON m.id = x.meeting_id",
            "m.plan_id",
        ),
        (
            "of_return_id",
            "workitems_return x JOIN workitems_round r ON r.id = x.round_id",
            "r.plan_id",
        ),
    )
)

GUARDS = (
    Guard(
        name="adoption_stands",
        table="workitems_plan",
        events=("UPDATE",),
        refuse_when=(
            "OLD.adopted_on IS NOT NULL"
            " AND (NEW.adopted_on IS NULL OR NEW.adopted_on <> OLD.adopted_on)"
        ),
        message="The adoption of a plan is not taken back or moved.",
    ),
    kept_when_adopted("workitems_plan", "OLD.adopted_on IS NOT NULL"),
    *(
        kept_when_adopted(f"workitems_{name}", OLD_PLAN_ADOPTED)
        for name in ("pillar", "workitem")
    ),
    *(
        kept_when_adopted(f"workitems_{name}", of_adopted_plan("OLD.item_id"))
        for name in ("milestone", "support")
    ),
    # On SQLite the measure itself is gone when its trigger looks.
    kept_when_adopted(
        "workitems_measure",
        f"({of_adopted_plan('OLD.item_id')} OR EXISTS (SELECT 1 FROM workitems_plan p"
        " WHERE p.id = OLD.of_plan_id AND p.adopted_on IS NOT NULL))",
    ),
    kept_when_adopted("workitems_target", of_adopted_measure("OLD.measure_id")),
    Guard(
        name="target_never_changes",
        table="workitems_target",
        events=("UPDATE",),
        refuse_when="1 = 1",
        message="A target never changes; another one replaces it.",
    ),
    Guard(
        name="target_set_by_variation",
        table="workitems_target",
        events=("INSERT",),
        refuse_when=(
            f"{of_adopted_measure('NEW.measure_id')} AND {has_accepted_value('NEW.measure_id')}"
            f" AND NOT {by_decision('v.id = NEW.variation_id', 'measure', of_measure('NEW.measure_id'))}"
        ),
        message="Once a measure has a number, its targets are set only through an approved variation.",
    ),
    Guard(
        name="target_replaces_of_its_measure",
        table="workitems_target",
        events=("INSERT",),
        refuse_when=(
            "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workitems_target t"
            " WHERE t.id = NEW.replaces_id AND t.measure_id = NEW.measure_id)"
        ),
        message="A target replaces one of the same measure.",
    ),
    Guard(
        name="measure_keeps_its_kind",
        table="workitems_measure",
        events=("UPDATE",),
        refuse_when=f"NEW.kind <> OLD.kind AND {has_accepted_value('NEW.id')}",
        message="A measure that has a number keeps its kind.",
    ),
    Guard(
        name="measure_changes_by_variation",
        table="workitems_measure",
        events=("UPDATE",),
        # A baseline that was not known may be filled in.
        refuse_when=(
            "(NEW.unit <> OLD.unit OR NEW.better <> OLD.better OR (OLD.baseline IS NOT NULL"
            " AND (NEW.baseline IS NULL OR NEW.baseline <> OLD.baseline"
            " OR NEW.baseline_on <> OLD.baseline_on)))"
            f" AND {of_adopted_measure('NEW.id')} AND {has_accepted_value('NEW.id')}"
            f" AND NOT {by_decision(of_measure('NEW.id'), 'measure')}"
        ),
        message="Once a measure has a number, it changes only through an approved variation.",
    ),
    *(
        Guard(
            name=f"accepted_value_stands_{event.lower()}",
            table="workitems_measurevalue",
            events=(event,),
            refuse_when="OLD.accepted_on IS NOT NULL",
            message="An accepted number never changes; another one corrects it.",
        )
        for event in ("UPDATE", "DELETE")
    ),
    Guard(
        name="measurevalue_fits_its_measure",
        table="workitems_measurevalue",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "NOT EXISTS (SELECT 1 FROM workitems_measure m"
            " LEFT JOIN workitems_workitem i ON i.id = m.item_id"
            " WHERE m.id = NEW.measure_id AND m.kind <> 'words'"
            " AND (NEW.number IS NULL OR ("
            "(m.kind = 'share') = (NEW.out_of IS NOT NULL)"
            " AND (m.kind <> 'period' OR NEW.starts_on IS NOT NULL)"
            " AND (m.kind <> 'yes_no' OR NEW.number IN (0, 1))))"
            " AND (NEW.of_return_id IS NULL OR EXISTS (SELECT 1 FROM workitems_return r"
            " JOIN workitems_round o ON o.id = r.round_id WHERE r.id = NEW.of_return_id"
            " AND r.agency_id = NEW.agency_id AND o.plan_id = COALESCE(i.plan_id, m.of_plan_id)))"
            " AND (NEW.corrects_id IS NULL OR EXISTS (SELECT 1 FROM workitems_measurevalue c"
            " WHERE c.id = NEW.corrects_id AND c.measure_id = NEW.measure_id"
            " AND c.accepted_on IS NOT NULL)))"
        ),
        message="The number does not fit its measure.",
    ),
    known_dates(Target, Target.by),
    known_dates(MeasureValue, MeasureValue.expected_by),
    known_dates(Milestone, Milestone.original, Milestone.agreed, Milestone.forecast),
    known_dates(Delay, Delay.before, Delay.after),
    known_dates(Variation, Variation.before, Variation.after),
    known_dates(HeldEntry, HeldEntry.after),
    known_dates(MilestoneAnswer, MilestoneAnswer.when),
    Guard(
        name="variation_decided_by_the_group",
        table="workitems_variation",
        events=("UPDATE",),
        # Rows decided before there was this rule stay as they are.
        refuse_when=(
            "NEW.state IN ('approved', 'declined') AND OLD.state <> NEW.state"
            f" AND NOT {decided_by_the_group('NEW')}"
        ),
        message="A variation is decided where it is on the agenda, or out of session.",
    ),
    Guard(
        name="out_of_session_decision_stands",
        table="workitems_outofsession",
        events=("UPDATE",),
        refuse_when="OLD.state <> 'open'",
        message="A closed decision out of session does not change.",
    ),
    Guard(
        name="out_of_session_answers_stand",
        table="workitems_outofsessionanswer",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "EXISTS (SELECT 1 FROM workitems_outofsession o"
            " WHERE o.id = NEW.out_of_session_id AND o.state <> 'open')"
        ),
        message="The decision is closed; its answers do not change.",
    ),
    Guard(
        name="agreed_date_moves_by_variation",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when=(
            "(NEW.agreed_due <> OLD.agreed_due OR NEW.agreed_known_to <> OLD.agreed_known_to)"
            f" AND {of_adopted_plan('NEW.item_id')}"
            " AND NOT EXISTS ("
            "SELECT 1 FROM workitems_variation v WHERE v.milestone_id = NEW.id"
            " AND v.kind = 'date' AND v.state = 'approved'"
            " AND v.due_before = OLD.agreed_due AND v.due_after = NEW.agreed_due"
            " AND v.before_known_to = OLD.agreed_known_to AND v.after_known_to = NEW.agreed_known_to"
            f" AND {decided_by_the_group('v')}"
            # Only the latest approval counts; older ones must not allow the date to move back.
            " AND NOT EXISTS (SELECT 1 FROM workitems_variation later"
            " WHERE later.milestone_id = v.milestone_id AND later.kind = 'date'"
            " AND later.state = 'approved' AND later.decided_at > v.decided_at))"
        ),
        message="An agreed date moves only through an approved variation.",
    ),
    Guard(
        name="lead_changes_by_variation",
        table="workitems_workitem",
        events=("UPDATE",),
        refuse_when=f"{changes_agency('lead_agency', 'lead', 'item')} AND {of_adopted_plan('NEW.id')}",
        message="The lead of an adopted item changes only through an approved variation.",
    ),
    Guard(
        name="responsible_agency_changes_by_variation",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when=(
            f"{changes_agency('responsible_agency', 'responsible', 'milestone')}"
            f" AND {of_adopted_plan('NEW.item_id')}"
        ),
        message="The responsible agency of an adopted milestone changes only through an approved variation.",
    ),
    Guard(
        name="milestone_cancelled_by_variation",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when=(
            "NEW.withdrawn_on IS NOT NULL AND OLD.withdrawn_on IS NULL"
            f" AND {of_adopted_plan('NEW.item_id')}"
            f" AND NOT {by_decision('NEW.id', 'cancel', column='milestone')}"
            " AND NOT EXISTS (SELECT 1 FROM workitems_workitem w"
            " WHERE w.id = NEW.item_id AND w.stage = 'withdrawn')"
        ),
        message="An adopted milestone is cancelled only through an approved variation.",
    ),
    Guard(
        name="support_ended_by_variation",
        table="workitems_support",
        events=("UPDATE",),
        refuse_when=(
            "NEW.ended_on IS NOT NULL AND OLD.ended_on IS NULL"
            f" AND {of_adopted_plan('NEW.item_id')}"
            f" AND NOT {by_decision('v.item_id = NEW.item_id', 'supporter', 'v.agency_before_id = NEW.agency_id', 'v.agency_after_id IS NULL')}"
            f" AND NOT {by_decision('v.item_id = NEW.item_id', 'lead', 'v.agency_after_id = NEW.agency_id')}"
            # The lead needs no support of its own, and what a successor has needs no second row.
            " AND NOT EXISTS (SELECT 1 FROM workitems_workitem w"
            " WHERE w.id = NEW.item_id AND w.lead_agency_id = NEW.agency_id)"
            f" AND NOT {handed_over('ended_on', ('workitems_workitem', 'lead_agency_id', 'h.id = NEW.item_id'), ('workitems_support', 'agency_id', 'h.item_id = NEW.item_id AND h.ended_on IS NULL'))}"
        ),
        message="An agency’s support of an adopted item ends only through an approved variation.",
    ),
    Guard(
        name="member_leaves_by_variation",
        table="workitems_member",
        events=("UPDATE",),
        refuse_when=(
            "NEW.left_on IS NOT NULL AND OLD.left_on IS NULL"
            f" AND NOT {by_decision('v.plan_id = NEW.plan_id', 'member', 'v.agency_before_id = NEW.agency_id')}"
            f" AND NOT {handed_over('left_on', ('workitems_member', 'agency_id', 'h.plan_id = NEW.plan_id AND h.left_on IS NULL'))}"
        ),
        message="An agency leaves a working group only through an approved variation.",
    ),
    Guard(
        name="plan_ends_by_variation",
        table="workitems_plan",
        events=("UPDATE",),
        refuse_when=(
            "OLD.adopted_on IS NOT NULL"
            " AND COALESCE(CAST(NEW.ends_on AS text), '') <> COALESCE(CAST(OLD.ends_on AS text), '')"
            " AND NOT "
            + by_decision(
                "NEW.id",
                "end",
                "COALESCE(CAST(v.due_before AS text), '') = COALESCE(CAST(OLD.ends_on AS text), '')",
                "COALESCE(CAST(v.due_after AS text), '') = COALESCE(CAST(NEW.ends_on AS text), '')",
                column="plan",
            )
        ),
        message="The end of an adopted plan moves only through an approved variation.",
    ),
    Guard(
        name="original_date_never_moves",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when=(
            "(NEW.original_due <> OLD.original_due"
            " OR NEW.original_known_to <> OLD.original_known_to)"
            f" AND {of_adopted_plan('NEW.item_id')}"
        ),
        message="The original date of a milestone never moves.",
    ),
    Guard(
        name="pillar_belongs_to_items_plan",
        table="workitems_workitem",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "NOT EXISTS (SELECT 1 FROM workitems_pillar p"
            " WHERE p.id = NEW.pillar_id AND p.plan_id = NEW.plan_id)"
        ),
        message="The pillar belongs to another plan.",
    ),
    Guard(
        name="assignment_unit_of_its_agency",
        table="workitems_assignment",
        events=("INSERT", "UPDATE"),
        refuse_when=(
            "NEW.unit_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agencies_unit u"
            " WHERE u.id = NEW.unit_id AND u.agency_id = NEW.agency_id)"
        ),
        message="The unit belongs to another agency.",
    ),
    Guard(
        name="audit_by_no_member",
        table="workitems_audit",
        events=("INSERT",),
        refuse_when=(
            "EXISTS (SELECT 1 FROM workitems_member m WHERE m.plan_id = NEW.plan_id"
            " AND m.agency_id = NEW.agency_id AND m.left_on IS NULL)"
            " OR NOT EXISTS (SELECT 1 FROM workitems_plan p"
            " WHERE p.id = NEW.plan_id AND p.adopted_on IS NOT NULL)"
        ),
        message="A plan is audited once it is adopted, by an agency that is no member of its working group.",
    ),
    Guard(
        name="audit_a_year_at_most",
        table="workitems_audit",
        events=("INSERT",),
        refuse_when=(
            "CAST(NEW.to_on AS text) >= CAST(CAST(SUBSTR(CAST(NEW.from_on AS text), 1, 4) AS integer)"
            " + 1 AS text) || SUBSTR(CAST(NEW.from_on AS text), 5)"
        ),
        message="An audit lasts a year at most.",
    ),
    *frozen(
        "workitems_audit",
        name="audit_stands",
        message="Of an audit, only the last day changes, to an earlier one.",
        refuse_update_when=changed_or("plan_id", "agency_id", "scope", "from_on", "set_up_by_id", "set_up_at")
        + " OR NEW.to_on > OLD.to_on",
    ),
    Guard(
        name="finding_of_its_audit",
        table="workitems_finding",
        events=("INSERT",),
        refuse_when=(
            "NOT EXISTS (SELECT 1 FROM workitems_audit a WHERE a.id = NEW.audit_id"
            " AND NEW.given_on >= a.from_on AND NEW.given_on <= a.to_on"
            " AND (NEW.item_id IS NULL OR EXISTS (SELECT 1 FROM workitems_workitem i"
            " WHERE i.id = NEW.item_id AND i.plan_id = a.plan_id)))"
        ),
        message="A finding is given while its audit lasts, on an item of its plan.",
    ),
    *frozen(
        "workitems_finding",
        name="finding_stands",
        message="A finding never changes; it takes one reply.",
        refuse_update_when="OLD.reply <> '' OR "
        + changed_or(
            *("audit_id", "number", "as_at", "verdict", "note", "written_by_id", "written_at"),
            *("given_on", "shown_from"),
        )
        + " OR COALESCE(NEW.item_id, 0) <> COALESCE(OLD.item_id, 0)",
    ),
    Guard(
        name="wait_closes_no_loop",
        table="workitems_wait",
        events=("INSERT", "UPDATE"),
        refuse_when=CLOSES_A_LOOP,
        message="That would be a loop: a milestone would wait for itself.",
        lock=ONE_WRITER_OF_WAITS,
    ),
    Guard(
        name="wait_of_adopted_plans",
        table="workitems_wait",
        events=("INSERT",),
        refuse_when=(
            f"NOT {milestone_of_adopted_plan('NEW.milestone_id')}"
            f" OR NOT {milestone_of_adopted_plan('NEW.waits_for_id')}"
        ),
        message="A milestone waits for another only in adopted plans.",
    ),
    *frozen(
        "workitems_wait",
        name="wait_stands",
        message="A wait is answered and ended; nothing else of it changes, and it is never deleted.",
        refuse_update_when="OLD.ended_on IS NOT NULL OR "
        + changed_or("milestone_id", "waits_for_id", "days_after", "why", "said_on"),
    ),
    Guard(
        name="note_of_its_plan",
        table="workitems_note",
        events=("INSERT",),
        refuse_when=(
            "(NEW.first_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workitems_note f"
            " WHERE f.id = NEW.first_id AND f.first_id IS NULL AND f.plan_id = NEW.plan_id))"
            f" OR (NEW.first_id IS NULL AND NOT ({PLAN_OF_NOTE}))"
        ),
        message="A note begins a conversation on something of its plan, or answers in one of that plan.",
    ),
    *frozen(
        "workitems_note",
        name="note_stands",
        message="Of a note, its text may change until it is withdrawn; what it is about and who reads it never do.",
        refuse_update_when=changed_or("plan_id", "readers", "written_by_id", "written_for_id", "written_at")
        + "".join(
            f" OR COALESCE(NEW.{column}, 0) <> COALESCE(OLD.{column}, 0)"
            for column in ("first_id", "item_id", "milestone_id", "variation_id", "risk_id", "matter_id", "of_return_id")
        )
        + " OR (OLD.withdrawn_at IS NOT NULL AND (NEW.text <> OLD.text OR NEW.withdrawn_at IS NULL))"
        + " OR (COALESCE(NEW.agency_id, 0) <> COALESCE(OLD.agency_id, 0) AND NOT EXISTS"
        + f" (SELECT 1 FROM agencies_agency a WHERE a.id = OLD.agency_id AND {succeeds('NEW.agency_id')}))",
    ),
    Guard(
        name="mention_of_a_reader",
        table="workitems_mention",
        events=("INSERT",),
        refuse_when=(
            "NEW.person_id IS NULL AND EXISTS (SELECT 1 FROM workitems_note n"
            " JOIN workitems_note f ON f.id = COALESCE(n.first_id, n.id)"
            " JOIN workitems_plan p ON p.id = f.plan_id WHERE n.id = NEW.note_id AND f.readers <> 'all'"
            " AND f.agency_id <> COALESCE(NEW.agency_id, p.coordinating_agency_id)"
            " AND NOT (f.readers = 'with' AND NEW.agency_id IS NULL))"
        ),
        message="A note asks only those who can read it.",
    ),
    *frozen(
        "workitems_mention",
        name="mention_stands",
        message="Whom a note asks never changes, and a question is closed once.",
        refuse_update_when="OLD.closed_at IS NOT NULL OR "
        + changed_or("note_id", "asked_at")
        + " OR COALESCE(NEW.person_id, 0) <> COALESCE(OLD.person_id, 0)"
        + " OR (COALESCE(NEW.agency_id, 0) <> COALESCE(OLD.agency_id, 0) AND NOT EXISTS"
        + f" (SELECT 1 FROM agencies_agency a WHERE a.id = OLD.agency_id AND {succeeds('NEW.agency_id')}))",
    ),
    *frozen(
        "workitems_notice",
        name="told_once_for_all",
        message="What was told is never changed or deleted.",
    ),
    *frozen(
        "workitems_keptestimate",
        name="keptestimate_frozen",
        message="An estimate is never changed or deleted; it is compared with what happened.",
    ),
    *frozen_history(
        f"workitems_historical{name}"
        for name in (
            "plan", "member", "pillar", "workitem", "support", "measure", "milestone", "delay",
            "mitigation", "variation", "risk", "round", "reminder", "return",
            "evidence", "meeting", "attendance", "matter", "decision", "calendarfeed", "milestoneanswer",
            "statusproposal", "heldentry", "outofsession", "outofsessionanswer", "assignment", "glossaryentry", "target", "audit", "finding", "wait",
            "note", "mention",
        )
    ),
    *frozen_history(
        ["workitems_historicalupdate", "workitems_historicalreturnnote", "workitems_historicalmeasurevalue"],
        with_pauses=True,
    ),
)  # fmt: skip


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
