"""The tasks that Help explains, who does them, and the pages that they belong to.

The text of a task is a template of its name in templates/help/tasks: at most 300 words. Its picture is made from the
demo by the browser tests (tests/browser/test_help.py).
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape

from django.conf import settings
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from agencies.typed.characters import searchable


class Who(TextChoices):
    """Who does a task, in the order of the list."""

    EVERYBODY = "everybody", gettext_lazy("Everybody")

    CONTRIBUTOR = "contributor", gettext_lazy("Contributors")
    APPROVER = "approver", gettext_lazy("Approvers")
    MEMBER = "member", gettext_lazy("Members of the working group")
    AUDITOR = "auditor", gettext_lazy("Auditors")
    COORDINATOR = "coordinator", gettext_lazy("Coordinators")
    OIA = "oia", gettext_lazy("Official information")
    ADMINISTRATOR = "administrator", gettext_lazy("Administrators")
    OPERATOR = "operator", gettext_lazy("Operators")


@dataclass(frozen=True)
class Task:
    """A task by its slug. `pages` are the view names of the pages that lead to it from "Help"."""

    slug: str
    who: Who
    title: "str | Promise"
    pages: tuple[str, ...] = ()
    # What its picture shows, in words. None where there is no page to show.
    picture: "str | Promise | None" = None
    # Other words that somebody may look for.
    also: "str | Promise" = ""

    @cached_property
    def template(self) -> str:
        return f"help/tasks/{self.slug.replace('-', '_')}.html"

    @property
    def image(self) -> str:
        """The path of its picture among the static files."""
        return f"help/{self.slug}.webp"


TASKS = (
    Task(
        "sign-in",
        Who.EVERYBODY,
        gettext_lazy("Sign in, and keep your account safe"),
        ("account_change_password", "mfa_index", "usersessions_list"),
        also=gettext_lazy("forgotten password, login, log in, passkey, phone"),
    ),
    Task(
        "answer-return",
        Who.CONTRIBUTOR,
        gettext_lazy("Answer your agency’s return"),
        ("returns:detail", "returns:save", "returns:list", "returns:workbook"),
        gettext_lazy("An item of a return: the last answer beside the boxes for the new one"),
    ),
    Task(
        "answer-late",
        Who.CONTRIBUTOR,
        gettext_lazy("Say that a milestone is late"),
        ("workitems:record-delay", "workitems:end-delay", "workitems:settle-cause", "workitems:add-mitigation"),
        gettext_lazy("A milestone’s page: the boxes for a new date, its cause and what is being done"),
        also=gettext_lazy("late, delayed, postponed, slipped, overdue"),
    ),
    Task(
        "mark-done",
        Who.CONTRIBUTOR,
        gettext_lazy("Mark a milestone as done"),
        ("workitems:milestone", "evidence:add-to-milestone", "evidence:add-to-answer"),
        gettext_lazy("A milestone’s page: its evidence, and the day on which it was done"),
    ),
    Task(
        "answer-by-email",
        Who.CONTRIBUTOR,
        gettext_lazy("Answer by email"),
        ("by-email:detail", "by-email:of-note", "returns:no-change"),
        also=gettext_lazy("reply, mail, attachment, not taken"),
    ),
    Task(
        "request-change",
        Who.CONTRIBUTOR,
        gettext_lazy("Ask for a new date or wording"),
        ("variations:request-date", "variations:request-wording", "variations:request-withdrawal", "variations:propose-item", "variations:propose-milestone", "variations:change-item", "variations:list"),
        gettext_lazy("The form that asks the working group for another agreed date"),
        also=gettext_lazy("postpone, extend a deadline, move an agreed date"),
    ),
    Task(
        "withdraw-variation",
        Who.CONTRIBUTOR,
        gettext_lazy("Withdraw a variation"),
        ("variations:detail", "variations:take-back"),
        gettext_lazy("A variation’s page, with the button that withdraws it"),
        also=gettext_lazy("cancel, take back"),
    ),
    Task(
        "submit-return",
        Who.APPROVER,
        gettext_lazy("Read and submit the return"),
        ("returns:read",),
        gettext_lazy("The page on which an approver reads all answers and submits them"),
    ),
    Task(
        "recall-return",
        Who.APPROVER,
        gettext_lazy("Correct a return after it was submitted"),
        ("returns:recall",),
    ),
    Task(
        "clear-briefing",
        Who.APPROVER,
        gettext_lazy("Clear a briefing for your agency"),
        ("briefings:give-clearance", "briefings:clearance", "briefings:clear", "briefings:comment"),
        gettext_lazy("A draft with an agency’s paragraphs marked, and the form for its answer"),
    ),
    Task(
        "invite-people",
        Who.APPROVER,
        gettext_lazy("Invite people, and say when they leave"),
        ("agencies:seats", "agencies:invite", "agencies:invite-many", "agencies:end", "agencies:cover"),
        gettext_lazy("The people of an agency with their roles, and the form to invite more"),
        also=gettext_lazy("colleague, new staff, leave"),
    ),
    Task(
        "read-dashboard",
        Who.MEMBER,
        gettext_lazy("See how the plan is going"),
        ("dashboard:overview", "dashboard:attention", "dashboard:timeline", "dashboard:slips", "dashboard:trends", "workitems:list", "workitems:detail"),
        gettext_lazy("The dashboard: the headline, the plan’s life as a rail, every item as a tile"),
    ),
    Task(
        "another-day",
        Who.MEMBER,
        gettext_lazy("See any day in the past, and what changed since"),
        ("dashboard:changes",),
        gettext_lazy("The rail of the dashboard with two handles"),
    ),
    Task(
        "all-plans",
        Who.MEMBER,
        gettext_lazy("See what your agency owes in all plans"),
        ("portfolio:plans", "portfolio:due"),
        also=gettext_lazy("due, overdue, compare plans, several plans, returns in the same week"),
    ),
    Task(
        "decide-by-email",
        Who.MEMBER,
        gettext_lazy("Answer between meetings"),
        ("variations:out-of-session", "variations:give-answer"),
        gettext_lazy("A decision that agencies make between meetings, with the answers so far"),
    ),
    Task(
        "audit-plan",
        Who.AUDITOR,
        gettext_lazy("Audit a plan and give findings"),
        ("audits:list", "audits:find", "audits:finding", "audits:set-up", "audits:end"),
        gettext_lazy("The audits of a plan: who audits it, and each finding with its reply"),
        also=gettext_lazy("auditor, auditor-general, assurance, evidence, zip"),
    ),
    Task(
        "start-plan",
        Who.COORDINATOR,
        gettext_lazy("Start a plan from your spreadsheet"),
        ("plans:start", "plans:import-tracker", "plans:tracker-columns", "plans:tracker-preview", "plans:import-new"),
    ),
    Task(
        "open-round",
        Who.COORDINATOR,
        gettext_lazy("Open a round of returns"),
        ("returns:open-round", "returns:round", "returns:remind", "returns:extend"),
        gettext_lazy("A round: each agency with the state of its return"),
    ),
    Task(
        "accept-return",
        Who.COORDINATOR,
        gettext_lazy("Accept a return or send it back"),
        ("returns:accept", "returns:send-back"),
        gettext_lazy("A submitted return, read by the coordinator"),
    ),
    Task(
        "change-plan",
        Who.COORDINATOR,
        gettext_lazy("Change a plan that was adopted"),
        ("plans:detail", "plans:import", "plans:about", "plans:change"),
        gettext_lazy("The plan’s page"),
    ),
    Task(
        "hold-meeting",
        Who.COORDINATOR,
        gettext_lazy("Prepare and hold a meeting"),
        ("meetings:detail", "meetings:list", "meetings:call", "meetings:present", "meetings:record"),
        gettext_lazy("A meeting with its agenda"),
    ),
    Task(
        "make-briefing",
        Who.COORDINATOR,
        gettext_lazy("Make the annual briefing"),
        ("briefings:list", "briefings:detail", "briefings:create", "workshop:begin", "workshop:draft"),
        gettext_lazy("The draft of a briefing with its paragraphs and their sources"),
    ),
    Task(
        "merge-paragraphs",
        Who.COORDINATOR,
        gettext_lazy("Merge, move or leave out paragraphs"),
        ("workshop:paragraph", "workshop:section"),
        gettext_lazy("The menu of a paragraph in the draft"),
        also=gettext_lazy("join, combine"),
    ),
    Task(
        "clear-checks",
        Who.COORDINATOR,
        gettext_lazy("Clear the checks of a briefing"),
        ("briefings:checks",),
        gettext_lazy("The checks of a briefing, each with the place to mend"),
    ),
    Task(
        "send-briefing",
        Who.COORDINATOR,
        gettext_lazy("Have a briefing signed, sent and answered"),
        ("briefings:authorise", "briefings:send", "briefings:answer", "briefings:file"),
    ),
    Task(
        "publish-progress",
        Who.COORDINATOR,
        gettext_lazy("Publish progress on a public page"),
        ("reports:progress", "reports:published"),
    ),
    Task(
        "answer-request",
        Who.OIA,
        gettext_lazy("Take a request from receipt to release"),
        ("requests:requests", "requests:request", "requests:record-request", "requests:request-begin"),
        gettext_lazy("A request with its clock, its papers and what is next"),
        also=gettext_lazy("OIA, official information request"),
    ),
    Task(
        "extend-request",
        Who.OIA,
        gettext_lazy("Extend the time of a request"),
        ("requests:request-days",),
        gettext_lazy("The form that extends the due date of a request"),
        also=gettext_lazy("OIA extension, official information, more time"),
    ),
    Task(
        "withhold-words",
        Who.OIA,
        gettext_lazy("Withhold words of a paper"),
        ("requests:request-redact", "requests:request-review", "requests:request-line"),
        gettext_lazy("A paper with words marked to be withheld"),
        also=gettext_lazy("OIA, redact, black out"),
    ),
    Task(
        "agencies-and-people",
        Who.ADMINISTRATOR,
        gettext_lazy("Add agencies and people"),
        ("agencies:list", "agencies:people", "agencies:add", "agencies:change", "agencies:person"),
    ),
    Task(
        "end-agency",
        Who.ADMINISTRATOR,
        gettext_lazy("End an agency and hand over its work"),
        ("agencies:hand-over",),
    ),
    Task("run-service", Who.OPERATOR, gettext_lazy("Run the service")),
)  # fmt: skip


def tasks() -> list[Task]:
    """Return the tasks of this installation: a country may leave out official information."""
    return [task for task in TASKS if task.who != Who.OIA or settings.REQUESTS]


def by_slug(slug: str) -> Task | None:
    return next((task for task in tasks() if task.slug == slug), None)


@lru_cache
def _slugs_of_pages() -> dict[str, str]:
    return {page: task.slug for task in tasks() for page in task.pages}


def slug_for(page: str) -> str:
    """Return the slug of the task that a page belongs to, by its view name; "" if it has none."""
    return _slugs_of_pages().get(page, "")


def matching(words: str) -> list[Task]:
    """Return the tasks that have every word that is searched for, or else those that have most of them."""
    asked = [_stem(word) for word in searchable(words).split()]
    found = [(sum(word in _text(task, get_language()) for word in asked), task) for task in tasks()]
    most = max((count for count, _task in found), default=0)
    return [task for count, task in found if count == most] if most else []


def _stem(word: str) -> str:
    """Return a word without its ending, so that "postponed" finds "postpone"."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


@lru_cache
def _text(task: Task, _language: str | None) -> str:
    plain = re.sub(r"<[^>]+>", " ", render_to_string(task.template))
    return searchable(str(task.title), str(task.also), unescape(plain))
