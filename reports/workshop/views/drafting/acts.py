"""Actions on a paragraph or a recommendation, other than saving text."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.document import DocumentError
from reports.drafting import draft_rows
from reports.drafting.draft import Draft
from reports.drafting.page import NOT_NEEDED
from reports.drafting.paper import composed, read_drafted
from reports.models import Briefing
from reports.workshop.forms.drafting import (
    BackForm,
    DigestForm,
    DriftForm,
    JoinForm,
    MergeForm,
    MoveForm,
    ResultForm,
    SplitForm,
    VersionForm,
)
from reports.workshop.main_results import as_bullet, main_results
from reports.workshop.services import drafts, overrides
from workitems.plan.services import Conflict, Refused
from workitems.plan.views.lookups import signed_in

LEFT_OUT = gettext_lazy("Left out of the paper. You can put it back here.")
BACK = gettext_lazy("Back in the paper.")

# The message of an action: its words, or what makes them of the draft after it and the key.
Message = StrOrPromise | Callable[[Draft, str], str]
Act = Callable[[HttpRequest, Briefing, str], Message]


def outcome(do: Callable[[], Message]) -> tuple[int, Message]:
    """Do an action. Return the level of its message and the message, or why it was refused."""
    try:
        return messages.SUCCESS, do()
    except Conflict:
        return messages.ERROR, (
            _("This was changed elsewhere, so nothing was done. Read it, then try again.")
        )
    except Refused as refusal:
        return messages.ERROR, str(refusal)


def run_action(
    request: HttpRequest, do: Callable[[], Message], briefing: Briefing, key: str = ""
) -> None:
    """Do an action and show its message, or why it was refused, on the next page."""
    level, message = outcome(do)
    if callable(message):
        message = message(draft_rows.read_draft(briefing).draft, key)
    messages.add_message(request, level, message)


def cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused(_("We could not read that. Try again."))
    return dict(form.cleaned_data)


def calling(
    service: Callable[..., object],
    message: Message,
    form: type[forms.Form] | None = None,
    **arguments: Any,
) -> Act:
    """Return the action that calls a service with the form's values, and says so."""

    def act(request: HttpRequest, briefing: Briefing, key: str) -> Message:
        typed = cleaned(form(request.POST)) if form else {}
        service(briefing=briefing, key=key, by=signed_in(request), **arguments, **typed)
        return message

    return act


def moved_message(draft: Draft, key: str) -> str:
    number = draft.numbers.get(key)
    heading = draft.portion_of(key).heading
    if number:
        return _("Moved: it is paragraph {number}, under “{heading}” now.").format(
            number=number, heading=heading
        )
    return _("Moved: it is under “{heading}” now.").format(heading=heading)


def settling(service: Callable[..., object], message: StrOrPromise) -> Act:
    """Return the action that keeps or replaces an edited text whose records have changed."""

    def act(request: HttpRequest, briefing: Briefing, key: str) -> Message:
        composed = composed_now(briefing)
        return calling(service, message, DriftForm, composed=composed)(request, briefing, key)

    return act


def put_bullet(request: HttpRequest, briefing: Briefing, key: str) -> Message:
    """Print a report as a main result, in place of another or besides."""
    form = ResultForm(request.POST)
    typed = cleaned(form)
    drafted = read_drafted(briefing, localdate())
    results = main_results(drafted)
    offered = results.offered if results and results.key == key else ()
    found = next((each for each in offered if each.pk == form.wanted and each.is_offered), None)
    if results is None or found is None:
        raise Refused(_("The reports have changed. Read them again, then choose."))
    place = typed["place"] if typed["swap"] else None
    bullet, terms = as_bullet(drafted, found, key, place)
    drafts.put_bullet(
        briefing=briefing,
        key=key,
        bullet=bullet,
        source=found.source,
        terms=terms,
        place=place,
        lead="" if typed["swap"] else results.lead,
        version=typed["version"],
        by=signed_in(request),
    )
    if typed["swap"]:
        return _("Swapped. Nothing else has changed; Undo brings the other back.")
    return _("Added. Nothing else has changed; Undo takes it out.")


def not_needed(request: HttpRequest, briefing: Briefing, key: str) -> Message:
    """Keep that what a paragraph leaves out is not needed."""
    typed = cleaned(DigestForm(request.POST))
    by, at = signed_in(request), timezone.now()
    overrides.not_needed(briefing=briefing, key=key, read=typed["text"], by=by, at=at)
    return _("It is not offered again. Under “Checks” you can take that back.")


def composed_now(briefing: Briefing) -> list[Any]:
    try:
        return composed(briefing, localdate())
    except DocumentError as error:
        raise Refused(str(error)) from error


ACTS: dict[str, Act] = {
    "up": calling(drafts.step, moved_message, places=-1),
    "down": calling(drafts.step, moved_message, places=1),
    "move": calling(drafts.move, moved_message, MoveForm),
    "story-up": calling(drafts.step_story, moved_message, places=-1),
    "story-down": calling(drafts.step_story, moved_message, places=1),
    "story-move": calling(drafts.move_story, moved_message, MoveForm),
    "split": calling(drafts.split, gettext_lazy("Split in two."), SplitForm),
    "split-list": calling(
        drafts.split_list,
        gettext_lazy(
            "Each sub-bullet is a paragraph now, which can be merged with others about its item."
        ),
        VersionForm,
    ),
    "join": calling(
        drafts.merge, gettext_lazy("Joined. Undo makes two paragraphs of it again."), JoinForm
    ),
    "merge": calling(
        drafts.merge_others, gettext_lazy("Merged. Undo brings the paragraphs back."), MergeForm
    ),
    "hide": calling(drafts.hide, LEFT_OUT),
    "restore": calling(drafts.restore, BACK),
    "accept": settling(
        drafts.accept,
        gettext_lazy("The text now matches the records. The earlier text is among its versions."),
    ),
    "dismiss": settling(
        drafts.dismiss,
        gettext_lazy("Your text is kept. You will see here if the records change again."),
    ),
    "put-bullet": put_bullet,
    NOT_NEEDED: not_needed,
    "back": calling(drafts.go_back, gettext_lazy("The earlier words are back."), BackForm),
}
ASK_ACTS: dict[str, Act] = {
    "up": calling(drafts.step_ask, gettext_lazy("Moved up."), places=-1),
    "down": calling(drafts.step_ask, gettext_lazy("Moved down."), places=1),
    "hide": calling(drafts.hide_ask, LEFT_OUT),
    "restore": calling(drafts.restore_ask, BACK),
}
