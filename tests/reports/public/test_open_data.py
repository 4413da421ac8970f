"""Test how the published data are described to catalogues and search engines."""

import json
import re
from datetime import UTC, datetime

import pytest
import rdflib
from django.utils import timezone
from rdflib.namespace import DCAT, DCTERMS, RDF, XSD

from reports.progress.published_content import LICENCE
from tests.factories import PlanFactory, PublicProgressFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what a page shows of its frozen content"),
    # The library's reader of JSON-LD uses a class of its own that it has deprecated.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
SITE = "http://testserver"
PAGE = f"{SITE}/progress/plan/"
FIGURE = {
    "key": "items",
    "label": "Work items",
    "value": 28,
    "source": "Counted from the plan’s work items as at 30 July 2010.",
}
CONTENT = {
    "format": 1,
    "plan": "Plan of Action </script><b>",
    "agency": "Department of Labour",
    "agency_mi": "",
    "as_at": "2010-07-30",
    "licence": LICENCE,
    "figures": [FIGURE],
    "stages": [],
}


@pytest.fixture
def page(settings):
    settings.SITE_URL = SITE
    return PublicProgressFactory(
        plan=PlanFactory(slug="plan"),
        content=CONTENT,
        published_at=datetime(2010, 8, 1, 20, tzinfo=UTC),
    )


def described(client):
    answer = client.get("/progress/plan/dataset.jsonld")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    return rdflib.Graph().parse(data=answer.text, format="json-ld")


def in_the_page(client):
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', client.get("/progress/plan/").text
    )
    return json.loads(text)


def test_a_catalogue_reads_the_dataset_with_its_licence_publisher_and_days(client, page):
    graph, it = described(client), rdflib.URIRef(PAGE)
    assert list(graph.subjects(RDF.type, DCAT.Dataset)) == [it]
    assert str(graph.value(it, DCTERMS.title)) == "Progress: Plan of Action </script><b>"
    assert str(graph.value(it, DCTERMS.license)) == LICENCE["url"]
    assert graph.value(it, DCTERMS.issued) == rdflib.Literal("2010-08-02", datatype=XSD.date)
    period = graph.value(it, DCTERMS.temporal)
    assert graph.value(period, DCAT.endDate) == rdflib.Literal("2010-07-30", datatype=XSD.date)
    assert [str(name) for name in graph.objects(predicate=rdflib.FOAF.name)] == [
        "Department of Labour"
    ]


def test_every_file_that_is_named_is_there_and_of_its_type(client, page):
    graph = described(client)
    files = {
        str(address): str(graph.value(each, DCAT.mediaType)).rpartition("media-types/")[2]
        for each, address in graph.subject_objects(DCAT.downloadURL)
    }
    assert files == {
        f"{PAGE}data.json": "application/json",
        f"{PAGE}figures.csv": "text/csv",
        f"{PAGE}stages.csv": "text/csv",
    }
    for address, kind in files.items():
        answer = client.get(address.removeprefix(SITE))
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, kind)


def test_a_search_engine_reads_each_figure_with_its_day(client, page):
    found = in_the_page(client)
    assert (found["@type"], found["@id"]) == ("Dataset", PAGE)
    assert (found["temporalCoverage"], found["datePublished"]) == ("2010-07-30", "2010-08-02")
    assert found["variableMeasured"] == [
        {
            "@type": "PropertyValue",
            "propertyID": "items",
            "name": "Work items",
            "value": 28,
            "measurementTechnique": "Counted from the plan’s work items as at 30 July 2010.",
        }
    ]


def test_nothing_that_is_published_ends_the_data_block(client, page):
    assert in_the_page(client)["name"] == "Progress: Plan of Action </script><b>"
    assert "</script><b>" not in client.get("/progress/plan/").text


def test_of_a_page_that_is_taken_down_nothing_is_described(client, page):
    page.taken_down_at = timezone.now()
    page.taken_down_by, page.taken_down_as = page.published_by, "Coordinator"
    page.reason = "Wrong"
    page.save()
    assert client.get("/progress/plan/dataset.jsonld").status_code == 404
    assert "ld+json" not in client.get("/progress/plan/").text
