"""Rule 36. A text that says nothing is caught where it is typed, with what to write instead; one that was there stays."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from tests.factories import DelayFactory, MilestoneAnswerFactory
from tests.workitems.record import SLIPPED
from tests.workitems.returns.test_return_saves import LATE, asked, save
from tests.workitems.sheets import Sheets, downloaded, take, upload
from workitems.models import MilestoneAnswer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="forms and templates decide"),
]

NOTHING = (
    "n/a",
    "see above",
    "As above.",
    "COMPLETED",
    "Monitor",
    "This milestone has been COMPLETED.",
)
SAYS = "This says nothing that a reader can use. Write, for example: {}."
EXAMPLES = {
    "reason": "no money was set aside for it",
    "mitigation": "publish the parts that are agreed",
    "needs": "a second tender",
}


@pytest.fixture
def of_agency(client_of, contributor):
    return client_of(contributor)


@pytest.mark.parametrize("field", EXAMPLES)
@pytest.mark.parametrize("text", NOTHING)
def test_the_return_refuses_it(of_agency, of_return, item, milestone, field, text):
    data = asked(milestone, **LATE | {field: text})
    status, told = save(of_agency, of_return, item, milestone=milestone.pk, **data)
    assert status == 422
    assert SAYS.format(EXAMPLES[field]) in told["milestone"]
    assert not MilestoneAnswer.objects.exists()


@pytest.mark.parametrize("field", EXAMPLES)
def test_the_page_of_the_milestone_refuses_it(of_agency, milestone, field):
    typed = {"act": "move", "move-version": 1, "move-forecast_due": "30 September 2010"}
    typed |= {f"move-{name}": LATE[name] for name in ("reason", "cause", "mitigation")}
    answer = of_agency.post(milestone.get_absolute_url(), typed | {f"move-{field}": "n/a"})
    assert dict(answer.context["acted"].errors) == {field: [SAYS.format(EXAMPLES[field])]}


def test_the_page_of_the_delay_refuses_it(of_agency, milestone):
    delay = DelayFactory(milestone=milestone, due_after=SLIPPED)
    args = [milestone.item.plan.slug, milestone.item.number, milestone.number, delay.number]
    answer = of_agency.post(
        reverse("workitems:settle-cause", args=args), {"was": "", "needs": "n/a"}
    )
    assert dict(answer.context["form"].errors) == {"needs": [SAYS.format(EXAMPLES["needs"])]}


def test_the_workbook_of_the_return_is_not_taken_with_it(of_agency, of_return, milestone):
    sheets = Sheets(downloaded(of_agency, of_return)).milestone("New date", "30 Sep 2010")
    sheets.milestone("Why the date moves", "The printer is late.").milestone("Cause", "Procurement")
    sheets.milestone("What is being done", "n/a")
    page = of_agency.get(take(of_agency, upload(of_agency, of_return, sheets).url).url)
    assert SAYS.format(EXAMPLES["mitigation"]) in " ".join(strip_tags(page.text).split())
    assert not MilestoneAnswer.objects.exists()


def test_a_draft_from_before_is_kept(of_agency, of_return, item, milestone, contributor):
    MilestoneAnswerFactory(
        of_return=of_return, milestone=milestone, outcome="not_yet", day=SLIPPED, reason="n/a",
        cause="procurement", new_mitigation="n/a", milestone_version=1, written_by=contributor,
    )  # fmt: skip
    data = asked(milestone, **LATE | {"reason": "n/a", "mitigation": "n/a", "effect": "They wait."})
    data[f"m{milestone.pk}-answer_version"] = 1
    status, _ = save(of_agency, of_return, item, milestone=milestone.pk, **data)
    assert (status, MilestoneAnswer.objects.get().effect) == (200, "They wait.")
