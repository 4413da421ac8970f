"""Test that every word of the screens is marked for translation, with the addresses of the permission table."""

import pytest
from django.urls import reverse

from tests.cast import client_of, standing_scene
from tests.pseudo_locale import all_data, marked, pseudo_locale, untranslated
from tests.test_permissions import EVERYBODY, RULES

pytestmark = pytest.mark.django_db
# Names that are the same in every language.
KNOWN = frozenset()


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def data(people):
    return all_data()


PAGES = [name for name, row in RULES.items() if any(row.get[who] == 200 for who in EVERYBODY)]


@pytest.mark.parametrize("name", PAGES)
def test_every_word_of_a_page_can_be_translated(name, people, data):
    row = RULES[name]
    address = reverse(name, args=row.arguments(people))
    readers = [who for who in EVERYBODY if row.get[who] == 200]
    found = {}
    for who in {readers[0], readers[-1], "coordinator" if "coordinator" in readers else readers[0]}:
        client = client_of(people, who)
        with pseudo_locale():
            response = client.get(address)
        if (
            not response.headers.get("Content-Type", "").startswith("text/html")
            or response.streaming
        ):
            continue
        for words in untranslated(response.content.decode(), data, KNOWN):
            found[words] = who
    assert found == {}, name


def test_marked_letters_leave_placeholders_and_tags():
    assert (
        marked('Item {number} of <a href="x">%(plan)s</a>')
        == 'Ïṫėṁ {number} ȯḟ <a href="x">%(plan)s</a>'
    )
