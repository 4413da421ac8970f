"""Triggers of this app's tables (see agencies/records/guards.py)."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from agencies.records.guards import Guard, Note, frozen, frozen_history, install

# Tables whose changes change no paper, with the reason.
UNWATCHED_TABLES = {
    "agencies_user": "papers name people as they were typed or as they signed",
    "agencies_historicaluser": "as agencies_user",
    "agencies_invitation": "says who may come in",
    "agencies_historicalinvitation": "as agencies_invitation",
    "agencies_token": "says which programs may read, and is touched whenever one does",
    "agencies_historicaltoken": "as agencies_token",
    "agencies_unit": "is within an agency, and no paper mentions it",
    "agencies_historicalunit": "as agencies_unit",
    "workitems_assignment": "is within an agency, and no paper mentions it",
    "workitems_historicalassignment": "as workitems_assignment",
    "workitems_calendarfeed": "is touched whenever a calendar is read",
    "workitems_historicalcalendarfeed": "as workitems_calendarfeed",
    "workitems_trackernote": "papers print nothing of it",
    "workitems_trackermapping": "is a suggestion for the next import",
    "workitems_keptestimate": "is of the working group's pages, and never of a paper",
    "workitems_notice": "says who was written to",
    "workitems_milestoneanswer": "is its agency's own; when submitted it changes the milestone",
    "workitems_historicalmilestoneanswer": "as workitems_milestoneanswer",
    "workitems_heldentry": "is its agency's own; when released it is a variation or a risk",
    "workitems_historicalheldentry": "as workitems_heldentry",
    "workitems_statusproposal": "changes nothing before its lead agency accepts it",
    "workitems_historicalstatusproposal": "as workitems_statusproposal",
    "reports_issuedparagraph": "is what the issued paper says",
    "reports_recorddigest": "proves what is kept",
    "reports_wordcopy": "changes nothing; a suggestion that is accepted changes the draft",
    "reports_suggestion": "changes nothing before it is accepted",
    "reports_historicalsuggestion": "as reports_suggestion",
    "reports_answerdraft": "is what a person has typed and not recorded",
    "reports_paperreading": "says who has read a paper",
    "reports_draftact": "what was changed is in the draft's own tables",
    "reports_rendering": "is what a paper was made into",
    "reports_renderworker": "says that a worker is there",
    "reports_recordchange": "is the log itself",
    "reports_publicprogress": "says what is public of the records; nothing here changes a paper",
}
RECORD_CHANGES = "reports_recordchange"


def _notes() -> Iterator[Note]:
    """Yield a note for each table, except the tables named above.

    A new table is watched by default: composing a paper once too often costs a second; serving an
    outdated paper costs trust.
    """
    for app in ("agencies", "workitems", "reports"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in UNWATCHED_TABLES:
                yield Note(f"noted_{table}", table, ("INSERT", "UPDATE", "DELETE"), RECORD_CHANGES)


FROZEN = {
    "meetingpaper": "A frozen paper is never changed or deleted.",
    "covermark": "A mark is never changed or deleted; papers may have been printed with it.",
    "issuedpaper": "An issued paper is never changed or deleted.",
    "recorddigest": "A digest is never changed or deleted.",
    "issuedparagraph": "The words of an issued paper are never changed or deleted.",
    "draftact": "What was done on a draft is never changed or deleted; undo it.",
    "response": "An answer is never changed or deleted; a correction is a new one.",
    "clearancereply": "A reply is never changed or deleted; write another.",
    "wordcopy": "An uploaded copy is never changed or deleted.",
    "responsechoice": "An answer is never changed or deleted; a correction is a new one.",
}

GUARDS = (
    *frozen_history(
        f"reports_historical{name}"
        for name in (
            *("briefing", "briefingkind", "kindsection", "draftsection"),
            *("checkoverride", "followup", "clearance", "clearancecomment"),
            *("suggestion", "agencycover"),
        )
    ),
    *frozen_history(
        ("reports_historicaldraftparagraph", "reports_historicaldraftask"), with_pauses=True
    ),
    *(
        guard
        for name, message in FROZEN.items()
        for guard in frozen(f"reports_{name}", name=f"{name}_frozen", message=message)
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
    *frozen(
        "reports_briefingdecision",
        name="decided_on_briefing",
        message="Which briefing a decision is about is never changed or deleted.",
    ),
    *frozen(
        "reports_publicprogress",
        name="publicprogress_frozen",
        message="A published page is never changed or deleted; take it down and publish another.",
        refuse_update_when=(
            "OLD.taken_down_at IS NOT NULL OR NEW.taken_down_at IS NULL"
            " OR NEW.plan_id <> OLD.plan_id OR NEW.number <> OLD.number"
            " OR CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT)"
            " OR NEW.content_sha256 <> OLD.content_sha256"
            " OR NEW.published_by_id <> OLD.published_by_id"
            " OR NEW.published_as <> OLD.published_as OR NEW.published_at <> OLD.published_at"
        ),
    ),
    *_notes(),
)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
    connection = connections[using]
    if RECORD_CHANGES in connection.introspection.table_names():
        # Triggers are lifted during migrations on SQLite, so record that something may have
        # changed.
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {RECORD_CHANGES} DEFAULT VALUES")
