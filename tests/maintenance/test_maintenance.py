"""Planned maintenance: the banner, and the time in which everything can be read and nothing be saved."""

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from agencies.models import Agency, Maintenance, SentForm
from agencies.people.services.conflicts import Refused
from tests.cast import client_of
from tests.factories import PASSWORD, UserFactory
from tests.test_permissions import RULES, told
from trafficking_plan.maintenance import announced, services
from trafficking_plan.maintenance.refuse_saving import STILL_WORKS

pytestmark = pytest.mark.django_db

AS_A_BROWSER = {"Accept": "text/html"}
SAYS = "Nothing was saved. Until "
TYPED = {"short_name": "MSD", "name": "Ministry of Social Development"}


def announce(*, begins=-1, lasts=2, is_read_only=True, message=""):
    """Announce maintenance that begins in so many hours."""
    begins_at = now() + timedelta(hours=begins)
    return services.announce(
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=lasts),
        is_read_only=is_read_only,
        message=message,
        by=None,
        at=now(),
    )


@pytest.fixture
def administrator(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


REFUSED = sorted(set(RULES) - STILL_WORKS)
of_the_middleware = pytest.mark.one_database(
    reason="is answered before the view, which asks the database"
)


def one_of_each_subject(names):
    """Return one address of each subject. The middleware knows no more of an address than its name."""
    return sorted({name.rpartition(":")[0]: name for name in names}.values())


@of_the_middleware
@pytest.mark.parametrize("name", [name for name in REFUSED if not name.startswith("api:")])
def test_nothing_that_is_sent_is_saved_and_the_page_says_until_when(name, people):
    row = RULES[name]
    announce(message="We move to new machines.")
    address = reverse(name, args=row.arguments(people))
    client = client_of(people, "coordinator")
    page = client.post(address, {"reason": "A reason of mine."}, headers=AS_A_BROWSER)
    assert (told(page), SAYS in page.text, "We move to new machines." in page.text) == (
        503,
        True,
        True,
    )
    assert "A reason of mine." in page.text
    assert 3500 < int(page["Retry-After"]) <= 3600


@of_the_middleware
@pytest.mark.parametrize("name", one_of_each_subject(REFUSED))
def test_scripts_and_programs_read_the_same_sentence(name, people):
    announce()
    address = reverse(name, args=RULES[name].arguments(people))
    asked = Client().put(address, {}, headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json()["detail"][: len(SAYS)]) == (503, SAYS)
    assert 3500 < int(asked["Retry-After"]) <= 3600


@of_the_middleware
@pytest.mark.parametrize(
    "name",
    one_of_each_subject(name for name, row in RULES.items() if row.get["coordinator"] == 200),
)
def test_everything_is_read_as_ever(name, people):
    row = RULES[name]
    announce()
    address = reverse(name, args=row.arguments(people))
    assert told(client_of(people, "coordinator").get(address)) == row.get["coordinator"]


def test_what_still_works_has_an_address_that_is_known():
    assert STILL_WORKS - set(RULES) == set()


def test_people_sign_in_and_out_meanwhile(client):
    user = UserFactory()
    announce()
    assert SAYS not in client.get(reverse("account_login")).text
    assert "nothing can be saved." in client.get(reverse("account_login")).text
    sent = {"login": user.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), sent).url == "/"
    assert "nothing can be saved." in client.get(reverse("account_change_password")).text
    assert client.post(reverse("account_logout")).status_code == 302


def test_what_was_typed_is_sent_again_afterwards(administrator):
    announce()
    address = reverse("agencies:add")
    page = administrator.post(address, TYPED | {"once": "a-token"}, headers=AS_A_BROWSER)
    assert not Agency.objects.filter(short_name="MSD") and not SentForm.objects.exists()
    sent = dict(page.context["fields"])
    assert sent == TYPED | {"once": "a-token"}
    assert '<input type="hidden" name="name" value="Ministry of Social Development">' in page.text
    administrator.post(reverse("maintenance-end"))
    assert administrator.post(page.context["address"], sent).status_code == 302
    assert Agency.objects.filter(short_name="MSD").exists()


def test_a_password_is_never_shown_again(administrator):
    announce()
    sent = {"oldpassword": "Old one 1", "password1": "New one 2", "password2": "New one 2"}
    page = administrator.post(reverse("account_change_password"), sent, headers=AS_A_BROWSER)
    assert (page.status_code, "one 1" in page.text, "one 2" in page.text) == (503, False, False)


def test_before_its_time_and_after_it_everything_is_saved(administrator):
    announce(begins=1)
    assert administrator.post(reverse("agencies:add"), TYPED).status_code == 302
    announce(begins=-1, is_read_only=False)
    other = {"short_name": "MoE", "name": "Ministry of Education"}
    assert administrator.post(reverse("agencies:add"), other).status_code == 302


def test_it_ends_by_itself(administrator, monkeypatch):
    row = announce()
    at = row.ends_at
    assert announced.current() == row
    monkeypatch.setattr("trafficking_plan.maintenance.announced.now", lambda: at)
    assert announced.current() is None


def test_another_process_knows_within_seconds(monkeypatch):
    seconds = iter((100.0, 100.0, 105.0, 111.0, 111.0))
    clock = SimpleNamespace(monotonic=lambda: next(seconds))
    monkeypatch.setattr("trafficking_plan.maintenance.announced.time", clock)
    announced._Known.until = 0.0
    assert announced.current() is None
    row = Maintenance.objects.create(
        begins_at=now(), ends_at=now() + timedelta(hours=1), is_read_only=True, announced_at=now()
    )
    assert [announced.current(), announced.current()] == [None, row]


def test_pages_ask_for_it_once_in_ten_seconds(administrator, django_assert_num_queries):
    announced.forget()
    administrator.get(reverse("agencies:list"))
    with django_assert_num_queries(6):
        administrator.get(reverse("agencies:list"))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"lasts": 0}, "Enter an end that is after the beginning."),
        ({"begins": -3}, "This time has passed. Enter an end that is still to come."),
        ({"lasts": 73}, "Maintenance can last for three days at most. Check the days."),
    ],
)
def test_a_time_that_cannot_be_is_refused(values, says):
    with pytest.raises(Refused) as refused:
        announce(**values)
    assert (str(refused.value), Maintenance.objects.count()) == (says, 0)


def test_an_administrator_announces_it_and_another_time_replaces_it(administrator):
    sent = {
        "begin_day": "2 June 2027",
        "begin_time": "6 pm",
        "end_day": "2 June 2027",
        "end_time": "8:30 pm",
        "is_read_only": "on",
        "message": "We move.",
    }
    address = reverse("maintenance")
    says = "Planned maintenance on 2 June 2027 from 6 pm to 8:30 pm. You can read everything, but nothing can be saved."
    page = administrator.post(address, sent, follow=True)
    assert [str(each) for each in page.context["messages"]] == [says]
    assert page.context["maintenance"] == f"{says} We move."
    administrator.post(address, sent | {"end_day": "3 June 2027", "is_read_only": ""})
    first, second = Maintenance.objects.order_by("pk")
    assert (first.over_at is None, first.over_by == second.announced_by, second.over_at) == (
        False,
        True,
        None,
    )
    assert administrator.get(address).context["says"] == (
        "Planned maintenance on 2 June 2027 from 6 pm to 8:30 pm on 3 June 2027."
    )
    administrator.post(reverse("maintenance-end"))
    assert administrator.get(address).context.get("maintenance") is None


@pytest.mark.parametrize(
    ("begins", "is_read_only", "says"),
    [
        (-1, True, "Until 1 pm you can read everything, but nothing can be saved."),
        (-1, False, "Planned maintenance until 1 pm."),
        (1, False, "Planned maintenance today from 1 pm to 3 pm."),
    ],
)
def test_the_banner_says_until_when(begins, is_read_only, says, monkeypatch):
    noon = now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("tests.maintenance.test_maintenance.now", lambda: noon)
    assert announced.banner_of(announce(begins=begins, is_read_only=is_read_only), noon) == says


def command(*words):
    out = StringIO()
    call_command("maintenance", *words, stdout=out)
    return out.getvalue().strip()


def test_a_command_announces_and_ends_it():
    assert command() == "No maintenance is announced."
    day = (now() + timedelta(days=2)).date()
    said = command("--from", f"{day} 18:00", "--until", f"{day} 20:00", "--read-only")
    assert said.endswith("from 6 pm to 8 pm. You can read everything, but nothing can be saved.")
    assert command() == said
    assert (command("--end"), command("--end")) == (
        "People can save again.",
        "No maintenance was announced.",
    )
    with pytest.raises(CommandError, match="after the beginning"):
        command("--from", f"{day} 18:00", "--until", f"{day} 17:00")
    with pytest.raises(CommandError, match="Say until when"):
        command("--read-only")
