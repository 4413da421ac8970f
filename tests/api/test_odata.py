"""Test the OData service of a plan: by a client that is not ours, and what it gives and refuses."""

import base64
import json
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
import requests
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, strategies
from hypothesis import settings as hypothesis_settings
from odata import ODataService
from requests.adapters import BaseAdapter

from agencies.models import Seat
from tests.api.programs import program, program_of, token_of
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    FindingFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    RiskFactory,
    SeatFactory,
    TargetFactory,
    UserFactory,
    WaitFactory,
    WorkItemFactory,
)
from trafficking_plan.api import admission
from trafficking_plan.api.odata import views
from trafficking_plan.api.odata.entity_sets import SETS
from workitems.measures.services import values

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROOT = "/api/plans/plan/odata/"


@pytest.fixture
def items(plan, police):
    """Two items that were recorded on the first day of 2026."""
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        pillar = PillarFactory(plan=plan, number=1, title="Prevention")
        made = {"plan": plan, "pillar": pillar, "lead_agency": police, "stage": "under_way"}
        return [
            WorkItemFactory(number="1.2", title="Print a brochure", **made),
            WorkItemFactory(number="1.10", title="Search ships", is_key=True, **made),
        ]


@pytest.fixture
def token(police):
    return token_of(SeatFactory(agency=police, role="observer").user)


@pytest.fixture
def reader(token):
    return program(token)


def read(reader, what, **asked):
    answer = reader.get(
        ROOT + what, {name.replace("S_", "$"): each for name, each in asked.items()}
    )
    assert answer.status_code == 200, answer.content
    assert answer["OData-Version"] == "4.0"
    return answer.json()


def numbers(reader, **asked):
    return [row["number"] for row in read(reader, "Items", **asked)["value"]]


def refused(reader, what, status=400, **asked):
    answer = reader.get(
        ROOT + what, {name.replace("S_", "$"): each for name, each in asked.items()}
    )
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    error = answer.json()["error"]
    assert error["code"] == str(status)
    return error.get("target"), error["message"]


# --- a client that is not ours --------------------------------------------------------------


class ToTheTestClient(BaseAdapter):
    """Stands in for a session of `requests`: it asks Django's test client, and not the network."""

    def __init__(self, client):
        super().__init__()
        self.client = client

    def send(self, request, **_):
        path = request.url.removeprefix("http://testserver")
        got = self.client.get(path, headers=dict(request.headers))
        answer = requests.Response()
        answer.status_code, answer.raw = got.status_code, BytesIO(got.content)
        answer.headers.update(got.headers)
        answer.request, answer.url = request, request.url
        return answer

    def close(self):
        pass


@pytest.fixture
def service(client, token, items):
    session = requests.Session()
    session.auth = ("anything", token)
    session.headers["Accept-Encoding"] = "identity"
    session.mount("http://testserver", ToTheTestClient(client))
    return ODataService(
        f"http://testserver{ROOT}", session=session, reflect_entities=True, quiet_progress=True
    )


def test_a_client_finds_the_entity_sets_in_the_metadata(service):
    assert set(service.entities) == set(SETS)


def test_a_client_filters_selects_and_sorts(service):
    item = service.entities["Items"]
    found = service.query(item).filter(item.is_key == True).all()  # noqa: E712
    assert [each.number for each in found] == ["1.10"]
    ordered = service.query(item).order_by(item.title.desc()).limit(1)
    assert [each.title for each in ordered.all()] == ["Search ships"]
    told = service.query(item).filter(item.title.contains("brochure")).select(item.number)
    assert [each["number"] for each in told.all()] == ["1.2"]


def test_a_client_follows_the_pages(service, items, monkeypatch):
    monkeypatch.setattr(views, "ROWS", 2)
    for number in range(1, 6):
        MilestoneFactory(item=items[0], number=number)
    step = service.entities["Milestones"]
    assert [each.number for each in service.query(step).all()] == [1, 2, 3, 4, 5]
    assert service.query(step).first().agreed_last_day == "2010-06-30"


def test_a_row_is_at_the_address_that_a_client_makes_of_its_key(service, reader, items):
    MilestoneFactory(item=items[0], number=3)
    for name, selected in (("Items", "number"), ("Milestones", "number,page_url")):
        (row,) = service.query(service.entities[name]).limit(1).all()
        address = row.__odata__.instance_url.removeprefix("http://testserver")
        assert address.startswith(f"{ROOT}{name}(")
        found = reader.get(address, {"$select": selected}).json()
        assert found.pop("@odata.context").endswith(f"$metadata#{name}({selected})/$entity")
        found.pop("@PlanRegister.as_at")
        assert found == {each: getattr(row, each) for each in selected.split(",")}


def test_a_client_is_told_in_words_what_is_refused(service):
    item = service.entities["Items"]
    with pytest.raises(Exception, match="There is no property “colour” here"):
        service.query(item).raw({"$filter": "colour eq 'red'"})


# --- what it gives --------------------------------------------------------------------------


def test_the_service_document_lists_the_entity_sets(reader, plan):
    found = read(reader, "")
    assert found["@odata.context"] == f"http://testserver{ROOT}$metadata"
    assert found["value"] == [{"name": name, "kind": "EntitySet", "url": name} for name in SETS]


def test_the_metadata_says_the_same_as_xml_and_as_json(reader, plan):
    # A spreadsheet asks for every address with one header.
    xml = reader.get(
        f"{ROOT}$metadata",
        headers={"Accept": "application/json;odata.metadata=minimal,application/xml"},
    )
    assert (xml["Content-Type"], xml["OData-Version"]) == ("application/xml", "4.0")
    found = read(reader, "$metadata", S_format="json")["PlanRegister"]
    named = re.findall(r'<EntityType Name="(\w+)"', xml.content.decode())
    assert named == [name for name, each in found.items() if each["$Kind"] == "EntityType"]
    assert found["Milestone"]["$Key"] == ["item", "number"]
    assert found["Milestone"]["agreed_last_day"] == {"$Type": "Edm.Date"}
    assert found["Item"]["completed_on"] == {"$Type": "Edm.Date", "$Nullable": True}


def test_every_entity_set_has_its_rows_by_their_key(reader, plan, items, police):
    steps = [MilestoneFactory(item=items[0], number=number) for number in (1, 2)]
    wait = WaitFactory(milestone=steps[1], waits_for=steps[0])
    late = DelayFactory(milestone=steps[1], number=1, cause="funding")
    MitigationFactory(delay=late, number=1, description="Ask for money")
    RiskFactory(plan=plan, item=items[1], number=7, owner_agency=police)
    measure = MeasureFactory(item=items[0], kind="level", as_told="the number of staff trained")
    aim = TargetFactory(measure=measure)
    value = MeasureValueFactory(measure=measure, number="83.5")
    values.accept(value=value, by=UserFactory(), on=date(2010, 7, 1))
    draft = MeasureValueFactory(measure=measure, day=date(2010, 9, 30), number=90)
    finding = FindingFactory(audit__plan=plan, audit__from_on=date(2010, 6, 1))
    keys = {
        name: [tuple(row[each] for each in of.key) for row in read(reader, name)["value"]]
        for name, of in SETS.items()
    }
    assert keys == {
        "Plans": [("plan",)],
        "Items": [("1.2",), ("1.10",)],
        "Milestones": [("1.2", 1), ("1.2", 2)],
        "Waits": [(wait.pk,)],
        "Delays": [("1.2", 2, 1)],
        "Mitigations": [("1.2", 2, 1, 1)],
        "Risks": [(7,)],
        "Measures": [(measure.pk,)],
        "Targets": [(aim.pk,)],
        "Values": [(value.pk,)],
        "Findings": [(finding.pk,)],
    }
    assert draft.pk not in keys["Values"][0]
    (row,) = read(reader, "Mitigations")["value"]
    assert (row["description"], row["owner_agency"]) == ("Ask for money", "Police")
    (row,) = read(reader, "Values")["value"]
    assert (row["item"], row["measure"], row["number"]) == ("1.2", measure.pk, 83.5)


def test_each_property_of_a_row_is_one_of_the_metadata_and_has_its_type(reader, plan, items):
    MilestoneFactory(item=items[0], number=1)
    kinds = {"Edm.Int32": int, "Edm.Boolean": bool, "Edm.String": str, "Edm.Date": str}
    for name in ("Plans", "Items", "Milestones"):
        cells = SETS[name].properties
        for row in read(reader, name)["value"]:
            assert list(row) == list(cells)
            for cell, value in row.items():
                if value is None:
                    assert cells[cell].is_nullable
                else:
                    assert isinstance(value, kinds[cells[cell].edm])


def test_every_property_can_be_named_in_a_filter(reader, plan, monkeypatch):
    monkeypatch.setattr(admission, "REQUESTS_A_MINUTE", 1_000_000)
    for name, of in SETS.items():
        for cell in of.properties:
            assert read(reader, name, S_filter=f"{cell} ne null")["value"] is not None


def test_a_past_moment_is_read_as_it_was(reader, plan, items):
    assert read(reader, "Items", at="2025-12-31")["value"] == []
    found = read(reader, "Items", at="2026-03-01")
    assert found["@PlanRegister.as_at"] == "2026-03-02T00:00:00+13:00"
    assert found["value"][0]["page_url"] == "http://testserver/plans/plan/items/1.2/?at=2026-03-01"
    # What it says it is of, given back, is the same day: not the one that begins then.
    again = read(reader, "Items", at=found["@PlanRegister.as_at"])["value"][0]["page_url"]
    assert again == "http://testserver/plans/plan/items/1.2/?at=2026-03-01"
    target, sentence = refused(reader, "Items", at="2090-01-01")
    assert (target, sentence) == ("at", "Choose a day up to today.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("number eq '1.10'", ["1.10"]),
        ("number ne '1.10'", ["1.2"]),
        ("number in ('1.10','9.9')", ["1.10"]),
        ("is_key", ["1.10"]),
        ("not is_key", ["1.2"]),
        ("is_key eq false and pillar eq 1", ["1.2"]),
        ("is_key eq false or pillar eq 1", ["1.2", "1.10"]),
        ("pillar gt 1", []),
        ("pillar ge 1.0", ["1.2", "1.10"]),
        ("contains(tolower(title),'SHIPS')", []),
        ("contains(toupper(title),'SHIPS')", ["1.10"]),
        ("startswith(title,'Print') and endswith(title,'brochure')", ["1.2"]),
        ("completed_on eq null", ["1.2", "1.10"]),
        # A comparison with null is false, and its opposite true.
        ("completed_on gt 2020-01-01", []),
        ("not (completed_on gt 2020-01-01)", ["1.2", "1.10"]),
        # A function of null is null, and so is its opposite.
        ("year(completed_on) eq 2020", []),
        ("not contains(next_agreed_code,'2020')", []),
        ("contains(next_agreed_code,'2020') or is_key", ["1.10"]),
        ("title eq 'It''s'", []),
    ],
)
def test_rows_are_filtered(reader, items, text, found):
    assert numbers(reader, S_filter=text) == found


KNOWN = (
    "Known are eq, ne, lt, le, gt, ge, in, and, or, not, contains, startswith, endswith, tolower, "
    "toupper, year, month, day and now(), with add or sub and days, such as now() add duration'P60D'."
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"The filter cannot be read. {KNOWN}"),
        ("number eq", f"The filter cannot be read. {KNOWN}"),
        ("number eq '1.2", f"The filter cannot be read. {KNOWN}"),
        ("soundex(title) eq 'x'", f"The function “soundex” is not known here. {KNOWN}"),
        ("length(title) gt 5", f"The function “length” is not known here. {KNOWN}"),
        ("now(pillar) gt null", f"The filter cannot be read. {KNOWN}"),
        (
            "completed_on add duration'P1D' gt now()",
            f"The filter has what is not known here. {KNOWN}",
        ),
        ("completed_on lt now() mul 2", f"The filter cannot be read. {KNOWN}"),
        (
            "completed_on lt now() add duration'PT5H'",
            "Give a duration in whole days, such as duration'P60D'.",
        ),
        ("now()", "A filter is a comparison, such as number eq '1.2'."),
        ("pillar add 1 eq 2", f"The filter cannot be read. {KNOWN}"),
        ("pillar eq -pillar", f"The filter cannot be read. {KNOWN}"),
        ("title/any(x: x eq 'y')", f"The filter cannot be read. {KNOWN}"),
        ("lead/name eq 'Police'", f"The filter cannot be read. {KNOWN}"),
        ("contains(title)", f"The filter cannot be read. {KNOWN}"),
        ("title", "A filter is a comparison, such as number eq '1.2'."),
        ("5", "A filter is a comparison, such as number eq '1.2'."),
        ("title and is_key", "Between “and”, “or” and after “not” come comparisons."),
        ("number in '1.2'", f"The filter cannot be read. {KNOWN}"),
        ("number in (title,'1.3')", "A list after “in” can have values only."),
        ("completed_on eq 2026-02-31", "“2026-02-31” is not a date."),
        ("contains(pillar,'1')", "“contains” takes text."),
        ("year(title) eq 2026", "“year” takes a date."),
        (
            "completed_on gt '2026-01-01'",
            "A comparison has two values of one kind: a date with a date, such as 2026-06-30.",
        ),
        (
            "number eq 1.2",
            "A comparison has two values of one kind: text with text, such as '1.2'.",
        ),
        (
            "completed_on eq 2026-01-01T00:00:00",
            "Give “2026-01-01T00:00:00” with its offset, such as 2026-06-30T09:30:00Z.",
        ),
        (f"title eq '{'x' * 2000}'", "A filter can have 2,000 characters at most."),
    ],
)
def test_any_other_filter_is_refused_in_words(reader, plan, text, sentence):
    assert refused(reader, "Items", S_filter=text) == ("$filter", sentence)


def test_now_is_the_local_day_of_the_moment_so_that_a_sheet_of_the_next_days_refreshes(
    reader, items
):
    due = date(2026, 5, 1)
    MilestoneFactory(item=items[0], number=1, original_due=due)
    asked = "agreed_last_day le now() add duration'P60D' and agreed_last_day ge now()"

    def found(**at):
        return len(read(reader, "Milestones", S_filter=asked, **at)["value"])

    # The evening of 1 March in UTC is 2 March in New Zealand, 60 days before.
    for moment, count in (
        (datetime(2026, 3, 1, 10, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 1, 11, 1, tzinfo=UTC), 1),
        (datetime(2026, 5, 1, 11, tzinfo=UTC), 1),
        (datetime(2026, 5, 1, 12, 1, tzinfo=UTC), 0),
    ):
        with time_machine.travel(moment, tick=False):
            assert found() == count, moment
    past = "agreed_last_day lt now() sub duration'P1D'"
    assert len(read(reader, "Milestones", S_filter=past)["value"]) == 1


def test_now_is_the_day_that_is_asked_for(reader, plan, police):
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        item = WorkItemFactory(plan=plan, number="1.2", lead_agency=police)
        MilestoneFactory(item=item, number=1, original_due=date(2026, 5, 1))
    for day, count in (("2026-03-01", 0), ("2026-03-02", 1)):
        asked = "agreed_last_day le now() add duration'P60D'"
        assert len(read(reader, "Milestones", S_filter=asked, at=day)["value"]) == count


def test_an_address_that_is_too_long_is_refused_in_the_form_of_errors(reader, plan):
    said = "The address is too long. After “?” it can have 4,000 characters."
    answer = reader.get(f"{ROOT}Items?$filter={'x' * 4000}")
    assert (answer.status_code, answer["OData-Version"]) == (400, "4.0")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"error": {"code": "400", "message": said}}
    other = reader.get(f"/api/plans/?at={'x' * 4000}")
    assert (other["Content-Type"], other.json()["detail"]) == ("application/problem+json", said)


def test_a_filter_of_a_property_that_is_not_there_names_those_that_are(reader, plan):
    _, sentence = refused(reader, "Risks", S_filter="colour eq 'red'")
    assert sentence == (
        "There is no property “colour” here. There are: number, item, description, likelihood, impact, severity, "
        "owner_agency, response, escalated_to, escalated_on, closed_on."
    )


def test_a_milestone_leads_to_its_place_on_the_page_and_is_late_by_what_is_sure(reader, items):
    step = MilestoneFactory(
        item=items[0], number=3, original_due=date(2027, 1, 20), forecast_due=date(2027, 5, 16)
    )
    DelayFactory(milestone=step, number=1, settlement="needs_decision")
    (row,) = read(reader, "Milestones")["value"]
    assert row["page_url"] == "http://testserver/plans/plan/items/1.2/#milestone-3"
    sure = "Expected at least three months late"
    assert (row["lateness_words"], row["lateness_days"]) == (sure, 116)
    (one, _) = read(reader, "Items")["value"]
    assert one["lateness_words"] == sure


STATES = "overdue, slipping, due_soon, on_time, no_date, done_late, done, withdrawn"


@pytest.mark.parametrize(
    ("what", "text", "sentence"),
    [
        ("Milestones", "lateness_state eq 'late'", f"lateness_state is one of {STATES}."),
        ("Milestones", "'late' ne lateness_state", f"lateness_state is one of {STATES}."),
        ("Items", "lateness_state in ('done','late')", f"lateness_state is one of {STATES}."),
        (
            "Items",
            "confidence eq 'good'",
            "confidence is one of on_track, at_risk, off_track, or empty.",
        ),
        (
            "Milestones",
            "shown_by eq 'paper'",
            "shown_by is one of before_plan, business_as_usual, questioned, with_evidence, note_only, without.",
        ),
        ("Waits", "answer eq 'yes'", "answer is one of confirmed, disputed, or empty."),
    ],
)
def test_a_value_that_a_property_never_has_is_refused(reader, plan, what, text, sentence):
    assert refused(reader, what, S_filter=text) == ("$filter", sentence)


def test_an_agency_that_is_misspelt_is_refused_and_a_former_name_is_not(
    reader, plan, items, police
):
    assert len(read(reader, "Items", S_filter="lead_agency eq 'Police'")["value"]) == 2
    police.short_name = "NZ Police"
    police.save()
    assert read(reader, "Items", S_filter="lead_agency eq 'Police'")["value"] == []
    assert len(read(reader, "Items", S_filter="lead_agency eq 'NZ Police'")["value"]) == 2
    _, sentence = refused(reader, "Items", S_filter="lead_agency eq 'Polise'")
    assert sentence == "lead_agency is one of DoL, NZ Police, Police, or empty."


def test_every_known_value_can_be_asked_for(reader, plan, monkeypatch):
    monkeypatch.setattr(admission, "REQUESTS_A_MINUTE", 1_000_000)
    known = {
        (name, cell.name): cell.one_of.values
        for name, of in SETS.items()
        for cell in of.properties.values()
        if cell.one_of
    }
    assert len(known) == 18
    for (name, cell), values_of_it in known.items():
        asked = ",".join(f"'{value}'" for value in values_of_it)
        assert read(reader, name, S_filter=f"{cell} in ({asked},null)")["value"] is not None


def test_the_description_says_the_known_values_and_what_the_days_count(reader, plan):
    found = read(reader, "$metadata", S_format="json")["PlanRegister"]["Milestone"]
    said = "@Org.OData.Core.V1.Description"
    assert found["lateness_state"][said].endswith(f"One of: {STATES}.")
    assert found["lateness_days"][said] == (
        "Of overdue: since the agreed date. Of slipping: from the agreed date to the forecast. "
        "Of done_late: from the agreed date to the day on which it was done. Otherwise 0."
    )
    assert found["shown_by"]["$Nullable"] is True
    schema = program("").get("/api/openapi.json").json()["components"]["schemas"]["Late"]
    assert schema["properties"]["state"]["enum"] == STATES.split(", ")


def test_a_filter_within_many_others_is_answered_or_refused(reader, items):
    assert numbers(reader, S_filter="not " * 50 + "is_key") == ["1.10"]
    assert numbers(reader, S_filter="(" * 300 + "is_key" + ")" * 300) == ["1.10"]
    assert refused(reader, "Items", S_filter="not " * 480 + "is_key") == (
        "$filter",
        "The filter has too many parts within each other.",
    )


def test_rows_are_ordered_and_what_has_no_value_comes_first(reader, plan, items):
    for number, day in ((1, date(2026, 5, 1)), (2, None), (3, date(2026, 4, 1))):
        MilestoneFactory(item=items[0], number=number, completed_on=day)

    def ordered(by):
        return [row["number"] for row in read(reader, "Milestones", S_orderby=by)["value"]]

    assert ordered("completed_on") == [2, 3, 1]
    assert ordered("completed_on desc, number") == [1, 3, 2]
    assert ordered("item asc,number desc") == [3, 2, 1]


def test_properties_are_selected(reader, items):
    found = read(reader, "Items", S_select="title, number")
    assert found["@odata.context"].endswith("$metadata#Items(title,number)")
    assert found["value"][0] == {"title": "Print a brochure", "number": "1.2"}


@pytest.mark.parametrize(
    ("asked", "target", "sentence"),
    [
        ({"S_expand": "lead"}, "$expand", "“$expand” is not known here."),
        ({"S_search": "ships"}, "$search", "“$search” is not known here."),
        ({"filter": "is_key"}, "filter", "“filter” is not known here."),
        ({"S_select": "colour"}, "$select", "There is no property “colour” here."),
        ({"S_orderby": "colour"}, "$orderby", "There is no property “colour” here."),
        ({"S_orderby": "title up"}, "$orderby", "$orderby is names of properties, each with asc"),
        ({"S_top": "-1"}, "$top", "$top is a whole number from 0 to 999999999."),
        ({"S_skip": "many"}, "$skip", "$skip is a whole number"),
        ({"S_count": "yes"}, "$count", "$count is true or false."),
        ({"S_format": "atom"}, "$format", "Rows come as JSON, not as “atom”."),
        ({"S_top": ["1", "2"]}, "$top", "“$top” can be given once."),
    ],
)
def test_options_that_are_not_known_are_refused(reader, plan, asked, target, sentence):
    found, said = refused(reader, "Items", **asked)
    assert found == target
    assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("Items('1.10')", "1.10"),
        ("Items(number='1.10')", "1.10"),
        ("Milestones(number=3,item='1.2')", 3),
        ("Risks(7)", 7),
        ("Plans('plan')", None),
    ],
)
def test_a_row_is_read_by_its_key(reader, plan, items, police, path, number):
    MilestoneFactory(item=items[0], number=3)
    RiskFactory(plan=plan, item=items[1], number=7, owner_agency=police)
    row = read(reader, path)
    name = path.partition("(")[0]
    assert row.pop("@odata.context") == f"http://testserver{ROOT}$metadata#{name}/$entity"
    row.pop("@PlanRegister.as_at")
    assert row in read(reader, name)["value"]
    assert row.get("number") == number


def test_a_row_by_its_key_is_of_the_moment_that_is_asked_for(reader, items):
    assert read(reader, "Items('1.2')", at="2026-03-01")["title"] == "Print a brochure"
    said = "Items has no row with this key."
    assert refused(reader, "Items('1.2')", status=404, at="2025-12-31") == (None, said)
    assert refused(reader, "Items('It''s')", status=404) == (None, said)


@pytest.mark.parametrize(
    "path",
    ["Milestones('1.2')", "Milestones(item='1.2')", "Milestones(item='1.2',item='1.3')",
     "Milestones(item='1.2',number='3')", "Milestones(item='1.2',number=3,)", "Milestones()",
     "Milestones(item='1.2',number=3 or true)", "Milestones(item='1.2' number=3)"],
)  # fmt: skip
def test_what_is_no_key_of_the_set_is_refused_with_a_sample(reader, items, path):
    said = "Give the key of a row as in Milestones(item='1.2',number=30)."
    assert refused(reader, path) == ("key", said)


def test_a_row_by_its_key_takes_no_option_of_many_rows(reader, items):
    for name in ("$filter", "$top", "$count", "$expand"):
        said = f"“{name}” is not known here. Known are $select, $format, at."
        assert refused(reader, "Items('1.2')", **{name: "1"}) == (name, said)


def test_the_metadata_declares_nothing_to_expand(reader, plan):
    found = read(reader, "$metadata", S_format="json")["PlanRegister"]
    kinds = [
        each.get("$Kind") for of in found.values() for each in of.values() if type(each) is dict
    ]
    assert "NavigationProperty" not in kinds
    _, sentence = refused(reader, "Items", S_expand="Milestones")
    assert sentence.startswith("“$expand” is not known here. Known are $filter, $select,")


@pytest.mark.parametrize(
    "path",
    ["Ministers", "Ministers('1')", "Items/title", "Items('1.2')/title", "$batch", "Items/"],
)
def test_what_is_at_no_address_is_named(reader, items, path):
    if path == "Items/":
        assert read(reader, path)["value"]
        return
    _, sentence = refused(reader, path, status=404)
    assert sentence.startswith("There is no entity set at this address. There are: Plans, Items,")


def test_rows_come_in_pages_of_one_moment(reader, plan, items, monkeypatch):
    monkeypatch.setattr(views, "ROWS", 2)
    made = [MilestoneFactory(item=items[0], number=number) for number in range(1, 8)]
    first = read(reader, "Milestones", S_count="true", S_skip=1, S_top=5)
    assert (first["@odata.count"], [row["number"] for row in first["value"]]) == (7, [2, 3])
    # What is written meanwhile is on no later page.
    made[3].description = "Changed meanwhile"
    made[3].save()
    second = reader.get(first["@odata.nextLink"].removeprefix("http://testserver")).json()
    assert [row["number"] for row in second["value"]] == [4, 5]
    assert second["value"][0]["description"] != "Changed meanwhile"
    assert second["@PlanRegister.as_at"] == first["@PlanRegister.as_at"]
    last = reader.get(second["@odata.nextLink"].removeprefix("http://testserver")).json()
    assert [row["number"] for row in last["value"]] == [6]
    assert "@odata.nextLink" not in last


def test_rows_are_counted(reader, items):
    answer = reader.get(f"{ROOT}Items/$count", {"$filter": "is_key"})
    assert (answer.content, answer["Content-Type"]) == (b"1", "text/plain")
    assert read(reader, "Items", S_count="true", S_top=0) | {"@PlanRegister.as_at": ""} == {
        "@odata.context": f"http://testserver{ROOT}$metadata#Items",
        "@PlanRegister.as_at": "",
        "@odata.count": 2,
        "value": [],
    }


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("Plans", 18), ("Items", 27), ("Milestones", 21), ("Delays", 22), ("Mitigations", 22),
     ("Risks", 17), ("Measures", 22), ("Values", 22), ("Findings", 19)],
)  # fmt: skip
def test_a_page_makes_as_many_queries_for_one_row_as_for_three(
    reader, plan, items, police, count, name, queries, django_assert_num_queries
):
    for number in range(count):
        other = WorkItemFactory(plan=plan, pillar=items[0].pillar, number=f"2.{number}")
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=other)))
        RiskFactory(plan=plan, item=other, number=number + 1, owner_agency=police)
        value = MeasureValueFactory(measure=MeasureFactory(item=other, kind="level", as_told="it"))
        values.accept(value=value, by=UserFactory(), on=date(2010, 7, 1))
        if name == "Findings":
            FindingFactory(audit__plan=plan, audit__from_on=date(2010, 6, 1), item=other)
    read(reader, name)
    with django_assert_num_queries(queries):
        assert read(reader, name)["value"]


# --- who may --------------------------------------------------------------------------------


def basic(client, text, user="anything"):
    sent = base64.b64encode(f"{user}:{text}".encode()).decode()
    return client.get(f"{ROOT}Items", headers={"Authorization": f"Basic {sent}"})


def test_the_token_may_be_the_password_of_any_user_name(client, token, items):
    assert basic(client, token).status_code == 200
    assert basic(client, token, user="").status_code == 200
    assert basic(client, "wrong").status_code == 401


@pytest.mark.parametrize("sent", ["", "Basic", "Basic %%%", "Basic bm9jb2xvbg==", "Digest x"])
def test_without_a_token_the_answer_asks_for_a_password(client, plan, sent):
    answer = client.get(ROOT, headers={"Authorization": sent} if sent else {})
    assert answer["WWW-Authenticate"] == 'Basic realm="Plan Register", charset="UTF-8"'
    assert (answer.status_code, answer["OData-Version"]) == (401, "4.0")
    assert answer.json() == {
        "error": {
            "code": "401",
            "message": "Send an API key that works, as the password of any user name or after “Authorization: Bearer”.",
        }
    }


def test_a_password_opens_nothing_where_something_is_written(client, token, plan):
    sent = base64.b64encode(f"x:{token}".encode()).decode()
    answer = client.get("/api/plans/", headers={"Authorization": f"Basic {sent}"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Plan Register"')


def test_nothing_is_written_here(reader, items):
    for method in (reader.post, reader.put, reader.patch, reader.delete):
        answer = method(f"{ROOT}Items", {}, content_type="application/json")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
        assert answer.json()["error"]["code"] == "405"
    assert reader.head(f"{ROOT}Items").status_code == 200


def test_the_next_request_after_the_seat_ended_opens_nothing(client, items, police):
    seat = SeatFactory(agency=police, role="observer")
    text = token_of(seat.user)
    assert basic(client, text).status_code == 200
    Seat.objects.filter(pk=seat.pk).update(to_on=timezone.localdate() - timedelta(days=1))
    assert basic(client, text).status_code == 401


def test_a_plan_of_others_and_one_that_is_not_there_answer_the_same(items):
    stranger = program_of(SeatFactory(agency=AgencyFactory(), role="observer").user)
    stranger.get(ROOT)  # which begins the count of the token's requests
    paths = [
        "",
        "$metadata",
        "Items",
        "Items('1.2')",
        "Items/$count",
        "Nothing",
        "Items?$filter=is_key",
    ]
    for path in paths:
        got, queries = [], []
        for slug in ("plan", "none"):
            with CaptureQueriesContext(connection) as made:
                got.append(stranger.get(f"/api/plans/{slug}/odata/{path}"))
            queries.append(len(made))
        assert [answer.status_code for answer in got] == [404, 404]
        # Neither what is said nor how long it takes tells the two apart.
        assert queries[0] == queries[1]
        assert got[0].content == got[1].content
        assert json.loads(got[0].content)["error"]["message"] == (
            "There is nothing at this address that this API key may read."
        )


# --- whatever is asked ----------------------------------------------------------------------

WORDS = [
    "number", "title", "is_key", "pillar", "completed_on", "colour", "eq", "ne", "gt", "in", "and", "or", "not", "null",
    "true", "'1.2'", "''", "'", "(", ")", ",", "/", ":", "-", "5", "1e999", "99999999999999999999", "2026-06-30",
    "2026-02-31", "2026-06-30T25:00:00Z", "contains(", "year(", "tolower(", "any(", "add", "sub", "now()", "duration'P1D'", "duration'P9999D'", "$it", "é",
]  # fmt: skip
TEXTS = strategies.one_of(
    strategies.lists(strategies.sampled_from(WORDS), max_size=9).map(" ".join),
    strategies.text(max_size=30),
)
OPTIONS = (
    "$filter",
    "$select",
    "$orderby",
    "$top",
    "$skip",
    "$count",
    "$skiptoken",
    "$format",
    "at",
)


def test_no_request_makes_a_server_error(reader, plan, items, monkeypatch):
    monkeypatch.setattr(admission, "REQUESTS_A_MINUTE", 1_000_000)

    @hypothesis_settings(max_examples=300)
    @given(
        strategies.one_of(
            strategies.sampled_from([*SETS, "Items/$count", "$metadata", "", "Nothing"]),
            strategies.builds("{}({})".format, strategies.sampled_from([*SETS]), TEXTS),
        ),
        strategies.dictionaries(strategies.sampled_from(OPTIONS), TEXTS, max_size=3),
    )
    def ask(path, asked):
        answer = reader.get(ROOT + quote(path), asked)
        assert answer.status_code in (200, 400, 404), answer.content
        if answer.status_code != 200 and "OData-Version" in answer:
            assert answer.json()["error"]["message"]

    ask()
