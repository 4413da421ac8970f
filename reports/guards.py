"""Truths that the database holds by trigger (see agencies/guards.py)."""

from typing import Any

from agencies.guards import Guard, frozen_history, install

GUARDS = (
    *frozen_history(
        [
            "reports_historicalbriefing",
            "reports_historicalbriefingkind",
            "reports_historicalkindsection",
            "reports_historicaldraftsection",
            "reports_historicaldraftparagraph",
            "reports_historicaldraftask",
            "reports_historicalcheckoverride",
            "reports_historicalfollowup",
            "reports_historicalclearance",
            "reports_historicalclearancecomment",
        ]
    ),
    *(
        Guard(
            name=f"meetingpaper_frozen_{event.lower()}",
            table="reports_meetingpaper",
            events=(event,),
            refuse_when="1 = 1",
            message="A frozen paper is never changed or deleted.",
        )
        for event in ("UPDATE", "DELETE")
    ),
    *(
        Guard(
            name=f"{name}_frozen_{event.lower()}",
            table=f"reports_{name}",
            events=(event,),
            refuse_when="1 = 1",
            message=message,
        )
        for name, message in (
            ("issuedpaper", "An issued paper is never changed or deleted."),
            ("response", "An answer is never changed or deleted; a correction is a new one."),
            ("clearancereply", "A reply is never changed or deleted; write another."),
            ("responsechoice", "An answer is never changed or deleted; a correction is a new one."),
        )
        for event in ("UPDATE", "DELETE")
    ),
    Guard(
        name="clearancecomment_words_stand",
        table="reports_clearancecomment",
        events=("UPDATE",),
        refuse_when=(
            "NEW.text <> OLD.text OR NEW.clearance_id <> OLD.clearance_id OR NEW.key <> OLD.key"
            " OR NEW.about <> OLD.about OR NEW.made_as <> OLD.made_as"
        ),
        message="The words of a comment never change; write a reply.",
    ),
    Guard(
        name="response_corrects_one_of_its_paper",
        table="reports_response",
        events=("INSERT",),
        refuse_when=(
            "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reports_response other"
            " WHERE other.id = NEW.corrects_id AND other.issued_id = NEW.issued_id)"
        ),
        message="An answer corrects one to the same paper.",
    ),
    *(
        Guard(
            name=f"decided_on_briefing_{event.lower()}",
            table="reports_briefingdecision",
            events=(event,),
            refuse_when="1 = 1",
            message="Which briefing a decision is about is never changed or deleted.",
        )
        for event in ("UPDATE", "DELETE")
    ),
)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
