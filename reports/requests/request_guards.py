"""Triggers of the tables of official information (see agencies/records/guards.py)."""

from typing import Any

from agencies.records.guards import Guard, frozen, frozen_history, install

WITH_HISTORY = (
    *("informationrequest", "scheduleline", "consultation", "redaction"),
    *("requestletter", "earlierpaper", "nonworkingday", "publicpage"),
)

FROZEN = {
    "requestevent": "What happened is never changed or deleted; a correction is another event.",
    "release": "A release is never changed or deleted.",
    "linecopy": "An uploaded copy is never changed or deleted; upload another.",
    "releasedpaper": "A released paper is never changed or deleted.",
    "publicletter": "A published letter is never changed or deleted.",
}

# When its request is purged, a letter is emptied of what it says; its digests stay.
LETTER_IS_PURGED = (
    "NOT OLD.is_purged AND NEW.is_purged AND CAST(NEW.content AS TEXT) = '{}'"
    " AND CAST(NEW.typed AS TEXT) = '{}'"
    " AND LENGTH(NEW.pdf) = 0 AND LENGTH(NEW.docx) = 0 AND NEW.pdf_sha256 = OLD.pdf_sha256"
    " AND NEW.docx_sha256 = OLD.docx_sha256 AND NEW.request_id = OLD.request_id"
    " AND NEW.kind = OLD.kind AND NEW.sent_on = OLD.sent_on AND NEW.sent_by_id = OLD.sent_by_id"
    " AND NEW.sent_as = OLD.sent_as AND NEW.prepared_by_id = OLD.prepared_by_id"
)

GUARDS = (
    *frozen_history(f"reports_historical{name}" for name in WITH_HISTORY),
    *(
        guard
        for name, message in FROZEN.items()
        for guard in frozen(f"reports_{name}", name=f"{name}_frozen", message=message)
    ),
    Guard(
        name="informationrequest_words_stand",
        table="reports_informationrequest",
        events=("UPDATE",),
        refuse_when="NEW.text <> OLD.text OR NEW.agency_id <> OLD.agency_id",
        message="The words of a request never change.",
    ),
    Guard(
        name="informationrequest_stays",
        table="reports_informationrequest",
        events=("DELETE",),
        refuse_when="1 = 1",
        message="A request is never deleted.",
    ),
    Guard(
        name="requestevent_corrects_one_of_its_request",
        table="reports_requestevent",
        events=("INSERT",),
        refuse_when=(
            "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reports_requestevent other"
            " WHERE other.id = NEW.corrects_id AND other.request_id = NEW.request_id"
            " AND other.kind = NEW.kind)"
        ),
        message="An event corrects one of the same kind and request.",
    ),
    Guard(
        name="redaction_words_stand",
        table="reports_redaction",
        events=("UPDATE",),
        refuse_when=(
            "NEW.line_id <> OLD.line_id OR NEW.document_sha256 <> OLD.document_sha256"
            " OR NEW.place <> OLD.place OR NEW.start <> OLD.start"
            ' OR NEW."end" <> OLD."end" OR NEW.covered_sha256 <> OLD.covered_sha256'
            " OR NEW.grounds <> OLD.grounds OR NEW.proposed_by_id <> OLD.proposed_by_id"
        ),
        message="What a redaction covers, and on which ground, never changes; propose another.",
    ),
    Guard(
        name="redaction_stays",
        table="reports_redaction",
        events=("DELETE",),
        refuse_when="1 = 1",
        message="A redaction is never deleted; withdraw it.",
    ),
    *frozen(
        "reports_requestletter",
        name="requestletter_frozen",
        message="A letter that was sent is never changed or deleted.",
        refuse_update_when=f"OLD.sent_on IS NOT NULL AND NOT ({LETTER_IS_PURGED})",
    ),
    Guard(
        name="earlierpaper_file_stands",
        table="reports_earlierpaper",
        events=("UPDATE",),
        refuse_when="NEW.pdf <> OLD.pdf OR NEW.pdf_sha256 <> OLD.pdf_sha256",
        message="The file of an earlier paper never changes; add it as another.",
    ),
    Guard(
        name="release_follows_the_decision",
        table="reports_release",
        events=("INSERT",),
        refuse_when=(
            "NOT EXISTS (SELECT 1 FROM reports_requestevent event"
            " WHERE event.request_id = NEW.request_id AND event.kind = 'decision_notified')"
        ),
        message="Nothing is released before the decision is notified.",
    ),
    Guard(
        name="releasedpaper_is_of_its_request",
        table="reports_releasedpaper",
        events=("INSERT",),
        refuse_when=(
            "NOT EXISTS (SELECT 1 FROM reports_release one JOIN reports_scheduleline line"
            " ON line.request_id = one.request_id"
            " WHERE one.id = NEW.release_id AND line.id = NEW.line_id"
            " AND line.decision IN ('full', 'part'))"
        ),
        message="A released paper is one that the schedule of its request gives.",
    ),
)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    install(GUARDS, using)
