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
