"""Test what papers say of an audit: a paragraph under Achievements, the annex, and the check that a finding is told."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from agencies.models import Agency
from reports.checks.measure_checks import of_findings
from reports.compose import write
from reports.compose.finding_facts import FINDING, FindingFacts
from reports.document import Source, words
from tests.reports import in_memory
from tests.reports.in_memory import LABOUR
from workitems.models import Audit, Finding, Plan, WorkItem

OFFICE = Agency(pk=90, short_name="OAG", name="Office of the Auditor-General")


def finding(item=None, verdict="not_supported", pk=1, **values):
    plan = Plan(pk=1, coordinating_agency=LABOUR)
    row = item and WorkItem(pk=item.pk, number=item.number, title=item.title, lead_agency=LABOUR)
    return Finding(
        pk=pk, number=pk, audit=Audit(agency=OFFICE, plan=plan), item=row, verdict=verdict,
        as_at=date(2010, 6, 30), note="Nothing shows it.", **values,
    )  # fmt: skip


def facts(*rows, items):
    return in_memory.facts(*items, findings=FindingFacts(rows, {row.pk: 7 for row in rows}))


def told(*rows, items):
    document = write(facts(*rows, items=items), ("achievements",), [])
    return [
        (words(each.text), [source.label for source in each.sources if source.model == FINDING])
        for each in document.sections["achievements"].paragraphs
        if "audit" in words(each.text)
    ]


def test_a_paper_says_what_the_audit_found_and_names_what_is_not_supported():
    items = [in_memory.item("1.1"), in_memory.item("1.2")]
    assert told(items=items) == []
    assert told(finding(items[0]), finding(items[1], "supported", 2), items=items) == [
        (
            "The audit by the Office of the Auditor-General looked at two items: the evidence supports what was reported for "
            "“Train staff” (1.2) and does not support it for “Train staff” (1.1).",
            ["Finding F1 on item 1.1", "Finding F2 on item 1.2"],
        )
    ]


def test_of_several_items_of_a_verdict_only_those_not_supported_are_named():
    items = [in_memory.item(f"1.{number}") for number in range(1, 5)]
    rows = [finding(items[0]), finding(items[1], pk=2)]
    rows += [finding(of, "supported", pk) for pk, of in enumerate(items[2:], start=3)]
    ((says, _),) = told(*rows, items=items)
    assert says == (
        "The audit by the Office of the Auditor-General looked at four items: the evidence supports what was reported for "
        "two and does not support it for two (“Train staff”, 1.1; “Train staff”, 1.2)."
    )


def test_the_coordinators_own_reply_or_silence_is_said_to_be_its_own():
    (annex,) = write(
        facts(finding(in_memory.item("1.1")), items=[]), ("purpose",), ["findings"]
    ).annexes
    assert [row.agency for row in annex.rows] == ["DoL (the Plan’s coordinator)"]


def test_the_annex_has_each_finding_with_the_reply_or_that_there_is_none():
    item = in_memory.item("1.1")
    rows = finding(verdict="in_part"), finding(item, pk=2, reply="On paper.", replied_for=LABOUR)
    (annex,) = write(facts(*rows, items=[item]), ("purpose",), ["findings"]).annexes
    assert [
        (row.number, row.verdict, words(row.text), row.auditor, words(row.reply))
        for row in annex.rows
    ] == [
        ("", "Supported in part", "Nothing shows it.", OFFICE.name, ""),
        ("1.1", "Not supported", "Nothing shows it.", OFFICE.name, "On paper."),
    ]


def test_a_report_that_is_not_supported_and_in_no_paragraph_is_a_warning():
    item = in_memory.item("1.1")

    def checks(*rows, told=(), words=""):
        drafted = SimpleNamespace(found=SimpleNamespace(facts=facts(*rows, items=[item])))
        shown = [
            SimpleNamespace(key=f"p-{pk}", sources=[Source(FINDING, pk, None, "F")]) for pk in told
        ]
        texts = {part.key: "" for part in shown}
        if words:
            shown.append(SimpleNamespace(key="p-written", sources=[]))
            texts["p-written"] = words
        urls = {"workshop:draft": "/draft/"}
        material = SimpleNamespace(drafted=drafted, shown=shown, texts=texts, urls=urls)
        return [each.words for each in of_findings(material)]

    says = "No paragraph says that the audit found a report not supported by evidence: 1.1."
    assert checks(finding(item)) == [says]
    assert checks(finding(item), told=[1]) == []
    assert checks(finding(item, "in_part")) == []
    # In other words, of this item.
    told_so = (
        "The auditors looked at {}. They found nothing that shows it. The audit found no proof."
    )
    assert checks(finding(item), words=told_so.format("item 1.1")) == []
    assert checks(finding(item), words=told_so.format("item 1.2")) == [says]
    assert checks(finding(item), words="The audit looked at item 1.1.") == [says]


def test_a_result_that_an_audit_does_not_support_is_no_main_result():
    over = {"stage": "complete", "completed_on": date(2010, 5, 3)}
    one = in_memory.item("1.1", title="Count cases", **over)
    report = in_memory.update_of(
        one, achieved="Police counted 400 cases.", key_achievement="headline"
    )

    def achievements(*rows):
        made = replace(facts(*rows, items=[one]), updates={one.pk: [report]})
        made = write(made, ("achievements",), [], in_full=False).sections["achievements"]
        return " ".join(words(each.text) for each in made.paragraphs), made.paragraphs[0].bullets

    assert len(achievements()[1]) == 1
    text, bullets = achievements(finding(one))
    assert bullets == ()
    assert "(1.1, not supported by the audit)" in text
