"""Test that the published schema comes from the dataclasses and matches every document's JSON."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import reports.document as document_names
from reports.document import from_json, schema, to_json
from reports.document.plain_json import ADDED, required
from tests.reports import sample
from tests.reports.documents_at_random import documents

PUBLISHED = Path(schema.__file__).with_name("document.schema.json")
ENTRIES = Path(__file__).with_name("document_entries.json")
VALIDATOR = Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def faults(data):
    return [error.message for error in VALIDATOR.iter_errors(data)]


def written(document):
    return json.loads(to_json(document))


def objects(data):
    """Return every object in the JSON, the outermost first."""
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from objects(value)
    elif isinstance(data, list):
        for value in data:
            yield from objects(value)


def test_the_published_schema_matches_the_classes():
    assert PUBLISHED.read_text(encoding="utf-8") == schema.published(), (
        "run: python3 -m reports.document.schema > reports/document/document.schema.json"
    )


def test_an_earlier_release_can_read_a_paper_that_uses_nothing_new():
    """Entries that are not in the file are new: it has those of the first release that reads later papers."""
    known = json.loads(ENTRIES.read_text(encoding="utf-8"))
    for name, entries in known.items():
        new = [each for each in fields(getattr(document_names, name)) if each.name not in entries]
        assert [each.name for each in new if ADDED not in each.metadata] == [], (
            f"Earlier releases refuse these entries of {name}: give them by plain_json.added."
        )


def test_the_schema_is_valid():
    Draft202012Validator.check_schema(schema.json_schema())


def test_every_class_of_a_document_is_described_by_name():
    assert sorted(schema.json_schema()["$defs"]) == sorted(
        {
            each["type"]
            for each in objects(
                written(sample.document(cover=sample.own_cover(), annexes=sample.annexes()))
            )
            if "type" in each
        }
    )


def _unknown(place, name):
    place["colour"] = "red"


def _missing(place, name):
    """Remove an entry without a default; every object has one, at least its type."""
    kind = getattr(document_names, place.get("type", ""), None)
    has_default = kind is not None and name != "type" and name not in required(kind)
    del place["type" if has_default else name]


def _of_another_type(place, name):
    place[name] = "true" if isinstance(place[name], bool) else 1.5


@given(
    document=documents(),
    spoil=st.sampled_from([_unknown, _missing, _of_another_type]),
    choice=st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_any_document_matches_the_schema_until_one_place_is_damaged(document, spoil, choice):
    data = written(document)
    assert faults(data) == []
    place = choice.choice(list(objects(data)))
    spoil(place, choice.choice(sorted(place)))
    assert faults(data) != []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dated", "30/7/2010"),
        ("dated", "20100730"),
        ("marking", "SECRET"),
        ("marking", ""),
        ("deadline", ""),
        ("contacts", {}),
        ("contacts", ["Duty Manager"]),
        ("authorising_manager", None),
        ("type", "Section"),
    ],
)
def test_a_cover_refused_by_the_reader_does_not_match_the_schema(name, value):
    data = written(sample.document())
    data["document"]["cover"][name] = value
    assert faults(data) != []


def test_a_paper_without_later_optional_fields_matches_the_schema():
    data = written(sample.document(annexes=sample.annexes()))
    dropped = 0
    for place in objects(data):
        kind = getattr(document_names, place.get("type", ""), None)
        for name in sorted(place.keys() - {"type"}) if kind else ():
            # Numbers have a default while a paper is assembled; stored papers always have them.
            if name not in required(kind) and name != "number":
                del place[name]
                dropped += 1
    assert dropped > 90
    assert faults(data) == []
    assert faults(written(from_json(json.dumps(data).encode()))) == []


def test_another_version_of_the_schema_is_refused():
    assert faults(written(sample.document()) | {"schema": 2}) == ["1 was expected"]


def test_a_type_that_the_schema_cannot_describe_is_an_error():
    with pytest.raises(TypeError, match="not written for <class 'float'>"):
        schema._of(float, {})
