"""What catalogues and search engines read of a public page of progress: its data as a dataset, in their two vocabularies.

Made of the frozen content alone, so each figure is of the page's day.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from reports.document.dates import long_date
from reports.progress.content_schema import LISTS

MIME_TYPE = "application/ld+json"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
# Escaped as in Django's `json_script`: what is within a page can end no element.
ESCAPES = {ord(each): f"\\u{ord(each):04X}" for each in "<>&"}


class Published(NamedTuple):
    """A page: its frozen content, the address of the site, and the day of publication."""

    content: Mapping[str, Any]
    slug: str
    site: str
    on: date

    @property
    def address(self) -> str:
        return self.site + reverse("reports:progress", args=[self.slug])

    @property
    def title(self) -> str:
        return f"Progress: {self.content['plan']}"

    @property
    def description(self) -> str:
        day = long_date(date.fromisoformat(self.content["as_at"]))
        return f"{self.content['agency']}: progress of “{self.content['plan']}” as at {day}."

    @property
    def files(self) -> Iterable[tuple[str, str, str]]:
        """Each file: its name, address and type."""
        yield "All as JSON", self._file("data", "json"), "application/json"
        for name in LISTS:
            if name in self.content:
                yield name.replace("_", " ").capitalize(), self._file(name, "csv"), "text/csv"

    def _file(self, what: str, ending: str) -> str:
        return self.site + reverse("reports:progress-data", args=[self.slug, what, ending])


def as_dcat(page: Published) -> dict[str, Any]:
    """Return the dataset in DCAT 3, which catalogues of open data harvest."""
    licence = {"@id": page.content["licence"]["url"]}
    return {
        "@context": CONTEXT,
        "@id": page.address,
        "@type": "dcat:Dataset",
        "dct:title": page.title,
        "dct:description": page.description,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": page.content["agency"]},
        "dct:issued": _day(page.on.isoformat()),
        "dct:license": licence,
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:endDate": _day(page.content["as_at"]),
        },
        "dcat:landingPage": {"@id": page.address},
        "dcat:distribution": [
            {
                "@id": address,
                "@type": "dcat:Distribution",
                "dct:title": title,
                "dcat:downloadURL": {"@id": address},
                "dcat:mediaType": {"@id": MEDIA_TYPES + kind},
                "dct:license": licence,
            }
            for title, address, kind in page.files
        ],
    }


def _day(text: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": text}


def as_schema_org(page: Published) -> dict[str, Any]:
    """Return the dataset in schema.org's words, which search engines read in the page; its figures with their day."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": page.address,
        "url": page.address,
        "name": page.title,
        "description": page.description,
        "creator": {"@type": "GovernmentOrganization", "name": page.content["agency"]},
        "license": page.content["licence"]["url"],
        "isAccessibleForFree": True,
        "datePublished": page.on.isoformat(),
        "temporalCoverage": page.content["as_at"],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": title,
                "contentUrl": address,
                "encodingFormat": kind,
            }
            for title, address, kind in page.files
        ],
        # The source of a figure names its day.
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "propertyID": row["key"],
                "name": row["label"],
                "value": row["value"],
                "measurementTechnique": row["source"],
            }
            for row in page.content.get("figures", ())
        ],
    }


def within_a_page(found: Mapping[str, Any]) -> SafeString:
    """Return JSON for a data block, which no browser runs."""
    return mark_safe(json.dumps(found, ensure_ascii=False).translate(ESCAPES))
