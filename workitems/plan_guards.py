"""Database triggers of this app (see agencies/guards.py)."""

from typing import Any

from agencies.guards import Guard, frozen, frozen_history, install

GUARDS = (
    Guard(
        name="agreed_date_moves_by_variation",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when=(
            "NEW.agreed_due <> OLD.agreed_due AND NOT EXISTS ("
            "SELECT 1 FROM workitems_variation v WHERE v.milestone_id = NEW.id"
            " AND v.kind = 'date' AND v.state = 'approved'"
            " AND v.due_before = OLD.agreed_due AND v.due_after = NEW.agreed_due"
            # Only the latest approval counts; older ones must not allow the date to move back.
            " AND NOT EXISTS (SELECT 1 FROM workitems_variation later"
            " WHERE later.milestone_id = v.milestone_id AND later.kind = 'date'"
            " AND later.state = 'approved' AND later.decided_at > v.decided_at))"
        ),
        message="An agreed date moves only through an approved variation.",
    ),
    Guard(
        name="original_date_never_moves",
        table="workitems_milestone",
        events=("UPDATE",),
        refuse_when="NEW.original_due <> OLD.original_due",
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
    *frozen(
        "workitems_notice",
        name="told_once_for_all",
        message="What was told is never changed or deleted.",
    ),
    *frozen_history(
        f"workitems_historical{name}"
        for name in (
            "plan", "member", "pillar", "workitem", "support", "measure", "milestone", "delay",
            "mitigation", "variation", "risk", "round", "reminder", "return", "returnnote",
            "evidence", "meeting", "attendance", "matter", "decision", "calendarfeed", "milestoneanswer",
            "statusproposal", "heldentry",
        )
    ),
    *frozen_history(["workitems_historicalupdate"], with_pauses=True),
)  # fmt: skip


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
