"""Each kind of user on each surface: a note is shown, found and counted for its readers and for nobody else."""

import pytest
from django.urls import reverse

from tests.cast import client_of
from tests.cast import scene as make_scene
from tests.factories import MatterFactory, NoteFactory
from workitems.models import Note

pytestmark = pytest.mark.django_db

POLICE = {"observer", "contributor", "approver", "member's coordinator"}
READERS = {
    "all": {*POLICE, "other contributor", "other approver", "coordinator", "authorising manager"},
    "with": {*POLICE, "coordinator"},
    "agency": POLICE,
}
WORD = {"all": "zzkiwi", "with": "zztui", "agency": "zzruru"}


@pytest.fixture
def scene():
    return make_scene()


def users(scene):
    return {name: user for name, user in scene.people.items() if user is not None}


def test_each_surface_shows_a_note_to_its_readers_alone(scene):
    plan, item, police = scene.plan, scene.item, scene.agencies["police"]
    matter = MatterFactory(meeting=scene.meeting, title="Notes", position=60)
    for readers, word in WORD.items():
        agency = None if readers == "all" else police
        for subject in ({"item": item}, {"item": None, "matter": matter}):
            first = NoteFactory(
                plan=plan, readers=readers, agency=agency, text=f"One {word}.", **subject
            )
            NoteFactory(first=first, text=f"Two {word}.")
    surfaces = {
        "item": item.get_absolute_url(),
        "history of the item": reverse("workitems:history", args=[plan.slug, item.number]),
        "history of the plan": reverse("plans:history", args=[plan.slug]),
        "on a matter": reverse("notes:on", args=[plan.slug, "matter", matter.pk]),
        **{f"search for {word}": f"/search/?q={word}&kind=notes" for word in WORD.values()},
    }
    elsewhere = {
        "meeting": scene.meeting.get_absolute_url(),
        "dashboard": reverse("dashboard:overview", args=[plan.slug]),
        "changes": reverse("dashboard:changes", args=[plan.slug]),
        "list": reverse("workitems:list", args=[plan.slug]) + "?q=zz",
    }
    for who in users(scene):
        client = client_of(scene, who)
        shown = {name: client.get(address, follow=True).text for name, address in surfaces.items()}
        for readers, word in WORD.items():
            reads = who in READERS[readers]
            for name, text in shown.items():
                if name.startswith("search"):  # which marks the words that it found
                    if name.endswith(word):
                        found = reverse("notes:conversation", args=[plan.slug, first.pk])
                        is_found = found.rpartition(str(first.pk))[0] in text
                        assert is_found == reads, (who, name)
                    continue
                for begins in ("One", "Two"):
                    assert (f"{begins} {word}." in text) == reads, (who, name, readers)
        for name, address in elsewhere.items():
            text = client.get(address, follow=True).text
            assert not any(f"One {word}" in text for word in WORD.values()), (who, name)
        count = 2 * sum(who in READERS[readers] for readers in WORD)
        if count:
            assert f"{count} notes" in client.get(elsewhere["meeting"]).text, who


def test_the_rule_says_of_each_note_what_the_query_says(scene):
    for readers in WORD:
        agency = None if readers == "all" else scene.agencies["police"]
        NoteFactory(item=scene.item, readers=readers, agency=agency)
    for name, user in users(scene).items():
        found = set(Note.objects.readable_by(user).values_list("pk", flat=True))
        for note in Note.objects.all():
            writes = user.has_perm("workitems.write_note", note.plan)
            assert user.has_perm("workitems.answer_note", note) == (note.pk in found and writes), (
                name
            )
