"""Test autosave alone: one text box on a bare page, and a server controlled by the test."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.workshop import warns

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = """<!doctype html><title>Autosave</title>
<div data-part data-person="{person}">
  <input type="hidden" name="csrfmiddlewaretoken" value="{token}">
  <p data-connection></p>
  <div id="box">
    <textarea aria-label="Words"></textarea><span data-state></span><div data-theirs></div>
  </div>
</div>
<script type="module">
  import {{ Autosave, Connection, showStateOf, watch }} from "/static/js/autosave.js";
  const line = document.querySelector("[data-connection]");
  const connection = new Connection({{ part: "[data-part]", address: "/bare/", closed: "Closed." }});
  class Box extends Autosave {{
    constructor(element) {{
      super(connection, element, false);
      this.address = "/save/";
      this.box = element.querySelector("textarea");
      this.box.addEventListener("input", () => this.touch());
    }}
    body({{ act }}) {{
      return new URLSearchParams(act ? {{ act }} : {{ text: this.box.value }});
    }}
    accept(result) {{
      this.theirs.replaceChildren();
      if (!this.typed) this.say(`Saved: ${{result.text}}`, "complete");
    }}
    isOurs(result, sent) {{
      return sent.text === result.text;
    }}
    showState() {{
      showStateOf([this], line, {{ held: () => "Choose.", wrong: (each) => each.wrong, rest: "All saved." }});
    }}
  }}
  window.box = new Box(document.getElementById("box"));
  watch(() => [window.box]);
</script>"""


class Server:
    """Stand-in for the service: answers each save in turn and records what was sent."""

    def __init__(self, page):
        self.page = page
        self.person, self.token = "1", "first"
        self.sent = []
        self.answers = []  # each takes a route; without one, the text is saved
        page.route("**/bare/", self.bare)
        page.route("**/save/", self.save)

    def bare(self, route):
        html = PAGE.format(person=self.person, token=self.token)
        route.fulfill(content_type="text/html", body=html)

    def save(self, route):
        self.sent.append(dict(pair.split("=") for pair in route.request.post_data.split("&")))
        answer = self.answers.pop(0) if self.answers else saved
        answer(route)

    @property
    def texts(self):
        return [each["text"] for each in self.sent if "text" in each]


def says(status, **told):
    return lambda route: route.fulfill(
        status=status, content_type="application/json", body=json.dumps(told)
    )


def saved(route):
    text = re.search("text=([^&]*)", route.request.post_data)
    says(200, text=text[1] if text else "")(route)


def lost(route):
    route.abort("connectionfailed")


def refused_token(route):
    route.fulfill(status=403, body="CSRF")


CONFLICT = says(409, text="theirs", theirs="<p>theirs</p>")


@pytest.fixture
def server(page, live_server):
    server = Server(page)
    page.clock.install()
    page.goto(f"{live_server.url}/bare/")
    page.wait_for_function("window.box")
    # From here the clock stands still until the test moves it.
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    return server


@pytest.fixture
def words(page, server):
    return page.get_by_label("Words")


def state(page):
    return page.locator("[data-state]")


def line(page):
    return page.locator("[data-connection]")


def typing_stops(page):
    page.clock.run_for(1200)


def test_text_is_saved_once_shortly_after_typing_stops(page, server, words):
    words.fill("a")
    page.clock.run_for(1000)
    words.fill("ab")
    page.clock.run_for(1000)
    expect(state(page)).to_have_text("Not saved yet")
    assert server.sent == []
    page.clock.run_for(200)
    expect(state(page)).to_have_text("Saved: ab")
    expect(line(page)).to_have_text("All saved.")
    assert server.sent == [{"text": "ab", "csrfmiddlewaretoken": "first"}]


def test_only_one_save_runs_at_a_time_and_the_latest_text_is_saved(page, server, words):
    waiting = []
    server.answers = [waiting.append]
    words.fill("one")
    typing_stops(page)
    expect(state(page)).to_have_text("Saving …")
    for text in ("two", "three"):
        words.fill(text)
        typing_stops(page)
    assert server.texts == ["one"]
    saved(waiting[0])
    expect(state(page)).to_have_text("Saved: three")
    assert server.texts == ["one", "three"]


def test_a_network_error_is_retried_with_growing_delays(page, server, words):
    server.answers = [lost, lost, lost]
    words.fill("one")
    typing_stops(page)
    for tries, wait in enumerate((4000, 8000, 8000), start=1):
        expect(state(page)).to_have_text("Not saved")
        expect(line(page)).to_contain_text("No connection. Your text stays here")
        page.clock.run_for(wait - 100)
        assert len(server.sent) == tries
        page.clock.run_for(100)
    expect(state(page)).to_have_text("Saved: one")
    expect(line(page)).to_have_text("All saved.")


def test_a_server_error_is_retried(page, server, words):
    server.answers = [says(503)]
    words.fill("one")
    typing_stops(page)
    expect(line(page)).to_contain_text("There is a problem with the service.")
    page.clock.run_for(4000)
    expect(state(page)).to_have_text("Saved: one")


def test_text_is_sent_at_once_when_the_connection_is_back(page, server, words):
    page.context.set_offline(True)
    server.answers = [lost]
    words.fill("one")
    typing_stops(page)
    expect(state(page)).to_have_text("Not saved")
    page.context.set_offline(False)
    expect(state(page)).to_have_text("Saved: one")


def test_a_refused_token_is_renewed_once(page, server, words):
    server.token = "second"
    server.answers = [refused_token]
    words.fill("one")
    typing_stops(page)
    expect(state(page)).to_have_text("Saved: one")
    assert [each["csrfmiddlewaretoken"] for each in server.sent] == ["first", "second"]


def test_a_renewed_token_that_is_refused_too_means_closed(page, server, words):
    server.token = "second"
    server.answers = [refused_token, refused_token]
    words.fill("one")
    typing_stops(page)
    expect(line(page)).to_have_text("Not saved yet. Closed.")
    page.clock.run_for(60_000)
    assert len(server.sent) == 2


def test_text_is_not_sent_as_another_user(page, server, words):
    server.person = "2"
    server.answers = [refused_token]
    words.fill("one")
    typing_stops(page)
    expect(line(page)).to_contain_text("Another user is signed in now.")
    page.clock.run_for(60_000)
    assert len(server.sent) == 1


def test_a_signed_out_user_is_told_and_the_save_is_retried(page, server, words):
    server.answers = [
        lambda route: route.fulfill(status=302, headers={"Location": "/account/sign-in/"})
    ]
    words.fill("one")
    typing_stops(page)
    expect(line(page)).to_contain_text("You are signed out.")
    page.clock.run_for(4000)
    expect(state(page)).to_have_text("Saved: one")


def test_a_conflict_shows_both_texts_and_saves_nothing_until_one_is_chosen(page, server, words):
    server.answers = [CONFLICT]
    words.fill("mine")
    typing_stops(page)
    expect(state(page)).to_have_text("This was changed elsewhere. Compare the two and choose one.")
    expect(line(page)).to_have_text("Choose.")
    expect(page.locator("[data-theirs]")).to_have_text("theirs")
    expect(words).to_have_value("mine")
    words.fill("mine still")
    page.clock.run_for(60_000)
    assert server.texts == ["mine"]

    page.evaluate("box.keepMine()")
    expect(state(page)).to_have_text("Saved: mine+still")
    expect(page.locator("[data-theirs]")).to_be_empty()
    assert server.texts == ["mine", "mine+still"]


def test_text_whose_response_was_lost_is_not_a_conflict(page, server, words):
    server.answers = [lost, says(409, text="one", theirs="<p>one</p>")]
    words.fill("one")
    typing_stops(page)
    expect(state(page)).to_have_text("Not saved")
    words.fill("two")
    typing_stops(page)
    expect(state(page)).to_have_text("Saved: two")
    assert server.texts == ["one", "two", "two"]


def test_refused_text_is_not_sent_again_until_it_changes(page, server, words):
    server.answers = [says(422)]
    words.fill("one")
    typing_stops(page)
    expect(state(page)).to_have_text("Not saved: See what is wrong here.")
    page.clock.run_for(60_000)
    assert server.texts == ["one"]
    words.fill("two")
    typing_stops(page)
    expect(state(page)).to_have_text("Saved: two")


def test_an_action_is_sent_before_the_text_and_kept_without_a_connection(page, server, words):
    server.answers = [lost]
    words.fill("one")
    page.evaluate("{ box.act({ act: 'no-change' }) }")
    expect(state(page)).to_have_text("Not saved")
    page.clock.run_for(4000)
    expect(state(page)).to_have_text("Saved: one")
    assert [each.get("act") or each["text"] for each in server.sent] == [
        "no-change",
        "no-change",
        "one",
    ]


def test_leaving_the_page_warns_only_about_unsaved_text(page, server, words):
    assert not warns(page)
    waiting = []
    server.answers = [waiting.append, lost]
    words.fill("one")
    assert warns(page)
    typing_stops(page)
    expect(state(page)).to_have_text("Saving …")
    assert warns(page)
    saved(waiting[0])
    expect(state(page)).to_have_text("Saved: one")
    page.wait_for_function("!box.running")
    assert not warns(page)

    words.fill("two")
    typing_stops(page)
    expect(state(page)).to_have_text("Not saved")
    assert warns(page)


def test_the_state_is_told_in_the_language_of_the_catalogue(page, server, words):
    german = {"Not saved yet": "Noch nicht gesichert"}
    page.add_init_script(f"window.gettext = (text) => ({json.dumps(german)})[text] ?? text")
    page.reload()
    words.fill("one")
    expect(state(page)).to_have_text("Noch nicht gesichert")
