"""Actions on a paragraph, a recommendation or a section, other than saving text."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from reports.document import DocumentError
from reports.drafting import draft_rows
from reports.drafting.paper import composed
from reports.forms.drafting import BackForm, DriftForm, HeadingForm, MoveForm, SplitForm
from reports.models import Briefing
from reports.services import drafts
from reports.views.drafting.page import changeable_draft, home
from workitems.services import Conflict, Refused
from workitems.views.lookups import signed_in


def run_action(request: HttpRequest, do: Callable[[], str]) -> None:
    """Do an action and show its message, or why it was refused."""
    try:
        messages.success(request, do())
    except Conflict:
        messages.error(
            request,
            "Somebody saved other words meanwhile, so nothing was done. Read them, then try again.",
        )
    except Refused as refusal:
        messages.error(request, str(refusal))


def cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused("That could not be read. Try again.")
    return dict(form.cleaned_data)


def up(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step(briefing=briefing, key=key, places=-1, by=signed_in(request))
    return moved_message(briefing, key)


def down(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step(briefing=briefing, key=key, places=1, by=signed_in(request))
    return moved_message(briefing, key)


def move(request: HttpRequest, briefing: Briefing, key: str) -> str:
    where = cleaned(MoveForm(request.POST))
    position = 100_000 if where["position"] is None else where["position"]
    drafts.move(
        briefing=briefing,
        key=key,
        section=where["section"],
        position=position,
        by=signed_in(request),
    )
    return moved_message(briefing, key)


def moved_message(briefing: Briefing, key: str) -> str:
    draft = draft_rows.read_draft(briefing).draft
    number = draft.numbers.get(key)
    place = f"paragraph {number}, under" if number else "under"
    return f"Moved: it is {place} “{draft.portion_of(key).heading}” now."


def split(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.split(
        briefing=briefing, key=key, by=signed_in(request), **cleaned(SplitForm(request.POST))
    )
    return "Split in two."


def join(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.merge(briefing=briefing, key=key, by=signed_in(request))
    return "Joined with the paragraph after it."


def hide(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.hide(briefing=briefing, key=key, by=signed_in(request))
    return "Left out of the paper. It stays here and can be put back."


def restore(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.restore(briefing=briefing, key=key, by=signed_in(request))
    return "Back in the paper."


def accept(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.accept(
        briefing=briefing,
        key=key,
        composed=composed_now(briefing),
        by=signed_in(request),
        **cleaned(DriftForm(request.POST)),
    )
    return "It says what the records say now. The words before are among its versions."


def dismiss(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.dismiss(
        briefing=briefing,
        key=key,
        composed=composed_now(briefing),
        by=signed_in(request),
        **cleaned(DriftForm(request.POST)),
    )
    return "Your words stay. You are told when the records change again."


def back(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.go_back(
        briefing=briefing, key=key, by=signed_in(request), **cleaned(BackForm(request.POST))
    )
    return "The earlier words are back."


def composed_now(briefing: Briefing) -> list[Any]:
    try:
        return composed(briefing)
    except DocumentError as error:
        raise Refused(str(error)) from error


def ask_up(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step_ask(briefing=briefing, key=key, places=-1, by=signed_in(request))
    return "Moved up."


def ask_down(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.step_ask(briefing=briefing, key=key, places=1, by=signed_in(request))
    return "Moved down."


def ask_hide(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.hide_ask(briefing=briefing, key=key, by=signed_in(request))
    return "Left out of the paper. It stays here and can be put back."


def ask_restore(request: HttpRequest, briefing: Briefing, key: str) -> str:
    drafts.restore_ask(briefing=briefing, key=key, by=signed_in(request))
    return "Back in the paper."


Act = Callable[[HttpRequest, Briefing, str], str]
ACTS: dict[str, Act] = {
    "up": up,
    "down": down,
    "move": move,
    "split": split,
    "join": join,
    "hide": hide,
    "restore": restore,
    "accept": accept,
    "dismiss": dismiss,
    "back": back,
}
ASK_ACTS: dict[str, Act] = {
    "up": ask_up,
    "down": ask_down,
    "hide": ask_hide,
    "restore": ask_restore,
}


@require_POST
def refresh(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = changeable_draft(request, slug, pk)

    def do() -> str:
        count = drafts.refresh(
            briefing=briefing, composed=composed_now(briefing), by=signed_in(request)
        )
        if not count:
            return "Every generated paragraph says what the records say."
        return (
            "The generated paragraphs say what the records say now. Edited ones are as they were."
        )

    run_action(request, do)
    return redirect(home(briefing))


@require_POST
def section(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Change a section's heading."""
    briefing = changeable_draft(request, slug, pk)

    def do() -> str:
        drafts.retitle(
            briefing=briefing,
            section=key,
            by=signed_in(request),
            **cleaned(HeadingForm(request.POST)),
        )
        return "The section has its new heading."

    run_action(request, do)
    return redirect(home(briefing, f"section-{key}"))
