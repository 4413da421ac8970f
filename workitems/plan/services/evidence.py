"""Add and withdraw evidence, and record the reviewer's "no evidence" on milestones."""

from datetime import datetime
from hashlib import sha256

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from workitems.models import Evidence, Milestone, OutOfSessionAnswer, Return, Update, WorkItem
from workitems.plan.attachments import clean_name, fault
from workitems.plan.services.refusals import Refused, check_with_agency, locked, need_reason


@transaction.atomic
def add_to_update(
    *,
    of_return: Return,
    item: WorkItem,
    by: User,
    at: datetime,
    note: str = "",
    link: str = "",
    file: "File[bytes] | None" = None,
) -> Evidence:
    """Add evidence to the answer on an item.

    The same evidence again returns the first row. Raise `Refused` if the return is not open for
    writing, if the item has no answer yet, or if the file or link is not allowed.
    """
    of_return = locked(of_return, related=("round",))
    _check_open(of_return)
    update = Update.objects.select_for_update().filter(of_return=of_return, item=item).first()
    if update is None:
        raise Refused(
            _("Answer for item {number} first, then add evidence.").format(number=item.number)
        )
    return _add(Evidence(update=update), by=by, at=at, note=note, link=link, file=file)


@transaction.atomic
def add_to_milestone(
    *,
    milestone: Milestone,
    by: User,
    at: datetime,
    note: str = "",
    link: str = "",
    file: "File[bytes] | None" = None,
) -> Evidence:
    """Add evidence to an open or completed milestone.

    The same evidence again returns the first row. Raise `Refused` if the milestone was withdrawn,
    or if the file or link is not allowed.
    """
    milestone = locked(milestone)
    if milestone.withdrawn_on is not None:
        raise Refused(_("This milestone was withdrawn with its item."))
    return _add(Evidence(milestone=milestone), by=by, at=at, note=note, link=link, file=file)


def add_to_return(
    *, of_return: Return, by: User, at: datetime, file: "File[bytes]", note: str = ""
) -> Evidence:
    """Add the email from which a locked return is entered. Raise `Refused` as the others do."""
    return _add(Evidence(of_return=of_return), by=by, at=at, note=note, link="", file=file)


@transaction.atomic
def add_to_answer(
    *,
    answer: OutOfSessionAnswer,
    by: User,
    at: datetime,
    note: str = "",
    link: str = "",
    file: "File[bytes] | None" = None,
) -> Evidence:
    """Add the email with which an agency answered out of session. The caller has locked the answer."""
    return _add(Evidence(answer=answer), by=by, at=at, note=note, link=link, file=file)


def _check_open(of_return: Return) -> None:
    if not of_return.round.is_open:
        raise Refused(_("This round is closed."))
    check_with_agency(of_return)


def _add(
    piece: Evidence, *, by: User, at: datetime, note: str, link: str, file: "File[bytes] | None"
) -> Evidence:
    if file is None and not link and not note:
        raise Refused(_("Add a file, a link or a note."))
    if link and not link.lower().startswith(("https://", "http://")):
        raise Refused(_("A link begins with https:// or http://."), "link")
    piece.note, piece.link = note, link
    if file is not None:
        piece.file_name = clean_name(file.name or "")
        message = fault(piece.file_name, file.size, file.file)
        if message:
            raise Refused(message, "file")
    # The caller holds the lock on the row that it is for, so a double click adds one row.
    for there in Evidence.objects.not_withdrawn().filter(
        update=piece.update,
        milestone=piece.milestone,
        of_return=piece.of_return,
        answer=piece.answer,
        note=note,
        link=link,
        file_name=piece.file_name,
    ):
        if file is None or _same_bytes(there, file):
            return there
    piece.added_by, piece.added_at = by, at
    if file is None:
        return history.save(piece, by=by)
    piece.sha256 = digest_of(file)
    file.seek(0)
    piece.file.save(piece.file_name, file, save=False)
    try:
        return history.save(piece, by=by)
    except BaseException:
        piece.file.storage.delete(piece.file.name or "")
        raise


def digest_of(file: "File[bytes]") -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal digits."""
    file.seek(0)
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def fill_digests() -> tuple[int, list[str]]:
    """Take the digests of files that were added before digests were kept. Return how many, and files that are missing."""
    filled, missing = 0, []
    for piece in Evidence.objects.exclude(file="").filter(sha256="").order_by("pk"):
        try:
            with piece.file.open("rb") as file:
                digest = digest_of(file)
        except FileNotFoundError:
            missing.append(piece.file.name or "")
            continue
        piece.sha256 = digest
        history.save(piece, by=None, actor="Digests of evidence", fields=["sha256"])
        filled += 1
    return filled, missing


def _same_bytes(there: Evidence, file: "File[bytes]") -> bool:
    storage, name = there.file.storage, there.file.name or ""
    if not storage.exists(name) or storage.size(name) != file.size:
        return False
    file.seek(0)
    with storage.open(name) as kept:
        return bool(kept.read() == file.read())


@transaction.atomic
def withdraw(
    *, evidence: Evidence, by: User, at: datetime, reason: str, as_reviewer: bool = False
) -> Evidence:
    """Withdraw evidence that was added by mistake. The row stays; the file is no longer served.

    Needs a reason. Raise `Refused` for evidence on an answer whose return is not open for
    writing, unless `as_reviewer`.
    """
    evidence = locked(evidence)
    if evidence.withdrawn_at is not None:
        raise Refused(_("This piece is already withdrawn."))
    if evidence.update_id is not None and not as_reviewer:
        of_return = locked(Return(pk=evidence.update.of_return_id), related=("round",))  # type: ignore[union-attr]
        _check_open(of_return)
    need_reason(reason, _("Say why the piece is withdrawn."))
    evidence.withdrawn_at, evidence.withdrawn_by = at, by
    evidence.withdrawn_reason = reason
    return history.save(
        evidence,
        by=by,
        reason=reason,
        fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"],
    )


@transaction.atomic
def flag_missing_evidence(
    *, milestone: Milestone, version: int, by: User, reason: str
) -> Milestone:
    """Record that the reviewer sees no evidence for a completed milestone. Needs a reason."""
    milestone = locked(milestone, version=version)
    if milestone.completed_on is None:
        raise Refused(
            _(
                "Evidence can be flagged as missing only when the milestone is done. This one is not done yet."
            )
        )
    need_reason(reason, _("Say what is missing."))
    if reason == milestone.no_evidence:
        return milestone
    milestone.no_evidence = reason
    return history.save_version(milestone, "no_evidence", by=by, reason=reason)


@transaction.atomic
def clear_missing_evidence(
    *, milestone: Milestone, version: int, by: User, reason: str
) -> Milestone:
    """Remove the reviewer's "no evidence" from a milestone. Needs a reason."""
    milestone = locked(milestone, version=version)
    if not milestone.no_evidence:
        raise Refused(_("Evidence is not flagged as missing."))
    need_reason(reason, _("Say what evidence there is now."))
    milestone.no_evidence = ""
    return history.save_version(milestone, "no_evidence", by=by, reason=reason)
