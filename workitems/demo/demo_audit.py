"""The audit of the current plan: three findings, one with a reply, two shown without one or not yet."""

from datetime import timedelta

from agencies.models import Agency
from agencies.records import history
from workitems.audits import services
from workitems.demo.people import AUDITOR, AUDITORS, user_of
from workitems.demo.story import Story
from workitems.models import Finding

Verdict = Finding.Verdict
BEGAN, LASTS = -40, 200
# Days from today, item, whether it is supported, and why.
FINDINGS = (
    (-30, "5.3", Verdict.NOT_SUPPORTED, "The figures were published, but only for 2024. The report says that they are published each year."),
    (-26, "1.3", Verdict.SUPPORTED, "The course and its list of places were seen. They agree with what was reported."),
    (-3, "2.2", Verdict.IN_PART, "The settings are in force. Nothing shows that employers were told, as “done when” asks."),
)  # fmt: skip
REPLY = "The figures for 2025 are with Statistics and are published next. The report should have said so."


def hold(story: Story) -> None:
    """Set up the audit, give its findings, and reply to the first."""
    agency = Agency.objects.get(short_name=AUDITORS[0])
    auditor, began = user_of(AUDITOR), story.day(BEGAN)
    with story.written(BEGAN, 9):
        audit = services.set_up(
            plan=story.plan,
            agency=agency,
            scope="Whether what is reported as done is shown by evidence.",
            from_on=began,
            to_on=began + timedelta(days=LASTS),
            reason="In the Auditor-General’s programme of work for the year.",
            by=story.coordinator,
            on=began,
            at=story.at(BEGAN, 9),
        )
    for days, number, verdict, note in FINDINGS:
        day = story.day(days)
        with story.written(days, 14):
            finding = services.give_finding(
                audit=audit, item=story.item(number), as_at=day, verdict=verdict, note=note, by=auditor,
                on=day, at=story.at(days, 14),
            )  # fmt: skip
        if verdict == Verdict.NOT_SUPPORTED:
            with story.written(days + 8, 10):
                services.reply(
                    finding=finding, version=finding.version, text=REPLY, by=story.approvers["MoJ"],
                    on=story.day(days + 8),
                )  # fmt: skip


def add_agency() -> None:
    """Add the agency that audits, unless it is there."""
    short, name = AUDITORS
    if not Agency.objects.filter(short_name=short).exists():
        history.save(Agency(short_name=short, name=name), by=None, actor="Demo loader")
