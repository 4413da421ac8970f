"""Test that nothing is lost when two coordinators edit one draft at random for twenty seconds.

The script keeps its own ledger. Every word that it types is unique, and counts as
saved once the page of the person who typed it says so. Words may leave the paper only by an act of
somebody who had them before their eyes: theirs of a conflict, a text typed over, the records' words
taken. Whatever else was said to be saved must be in the draft at the end, and what was given up
among its versions, unless its own writer typed over it.
"""

import random
import re
import time
from collections import Counter, deque
from itertools import count

import pytest
from playwright.sync_api import expect

from agencies.records import history
from tests.browser.workshop import bring_up_to_date, context_of, draft_of_today
from workitems.models import WorkItem

# In a run of both databases on the one that writes at the same time: on SQLite one waits for the other.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database(on="postgresql", reason="two people write at the same time"),
]

SECONDS = 20
# A slow machine gets more for the conflicts and words that it takes.
LONGEST_MORE = 300
# Milliseconds that both rest between acts, as people do. Without rests, two processors are busy all
# the time, and nothing is done while a text waits to be saved.
LONGEST_REST = 1000
SEED = 2010
TOKEN = re.compile(r"zq\d+")
POINTS = re.compile(r"(zq\d+) \{([pr]-[a-z0-9-]+)\}")
# A browser logs a refused request as an error; the page shows these two to its user.
FORESEEN = re.compile(r"status of (409|422) ")

# Confirms every change that the page "Update from the records" shows.
UPDATE = """async () => {
    const address = `${document.querySelector("[data-workshop]").dataset.address}update/`;
    const text = await (await fetch(address)).text();
    const form = new DOMParser().parseFromString(text, "text/html").querySelector("form:has([name=take])");
    if (form) await fetch(address, { method: "POST", body: new FormData(form) });
}"""


class Ledger:
    """What the script knows without querying the server."""

    def __init__(self):
        self._numbers = count(1)
        self.saved = set()
        self.given_up = set()
        self.typed_over = set()  # given up by the person who had typed it
        self.pointed = {}  # the paragraph that was meant, by the word before the reference
        self.touched = deque(maxlen=3)  # what either edited last: both are likely to pick it
        self.done = Counter()

    @property
    def conflicts(self):
        return sum(self.done[way] for way in ("kept theirs", "saved mine", "put both together"))

    @property
    def kept(self):
        return self.saved - self.given_up

    @property
    def is_full(self):
        """Whether enough has happened; closing the last boxes may discard a few more words."""
        return self.conflicts >= 3 and len(self.kept) >= 25 and self.done["referred"] >= 8

    def word(self):
        return f"zq{next(self._numbers)}"


class Person:
    """A coordinator at a browser. `start` begins something and does not wait; `settle` does."""

    def __init__(self, name, page, ledger, dice):
        self.name, self.page, self.ledger, self.dice = name, page, ledger, dice
        self.complaints = []
        self.typed = set()
        self.leaving = {}  # text in boxes that are being closed, by key
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))
        page.on("response", self._response)

    def _console(self, message):
        offline = "ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not FORESEEN.search(message.text) and not offline:
            self.complaints.append(f"{self.name}: {message.text}")

    def _response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{self.name}: {response.status} for {response.url}")

    # --- what is on the page ---------------------------------------------------------------------

    def boxes(self):
        """Return the open boxes: key, text, state, and whether they show a conflict."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('[data-editor]')].map((form) => ({
                key: form.dataset.editor,
                text: form.querySelector('textarea').value,
                state: form.querySelector('[data-state]').innerText,
                theirs: form.querySelector('[data-theirs]').innerText,
            }))"""
        )

    def blocks(self):
        """Return the paragraphs on the page except those before the recommendations: key, number, text."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('[data-blocks] > [data-block]:not(.is-new)')]
                .filter((block) => !block.closest('[data-chapter]').querySelector('[data-asks]'))
                .map((block) => ({
                    key: block.dataset.block,
                    number: block.value,
                    text: block.querySelector('[data-words]').innerText,
                    drifts: block.querySelector('button[value=accept]') !== null,
                    open: block.querySelector('[data-editor]') !== null,
                }))"""
        )

    def block(self, key):
        return self.page.locator(f'[data-block="{key}"]')

    def box(self, key):
        return self.page.locator(f'[data-editor="{key}"] textarea')

    def one_of(self, blocks):
        """Pick a paragraph, often one that either of the two has just edited."""
        touched = [block for block in blocks if block["key"] in self.ledger.touched]
        block = self.dice.choice(touched if touched and self.dice.random() < 0.6 else blocks)
        self.ledger.touched.append(block["key"])
        return block

    # --- what a person does ----------------------------------------------------------------------

    def settle(self):
        """Wait for the page to finish, then record what it shows."""
        expect(self.page.locator("[data-workshop]:not(.is-busy)")).to_have_count(1, timeout=30_000)
        boxes = {box["key"]: box for box in self.boxes()}
        for key, words in list(self.leaving.items()):
            if key not in boxes:
                self.ledger.saved |= words
            del self.leaving[key]
        for box in boxes.values():
            if box["state"].startswith("Saved at "):
                self.ledger.saved |= tokens(box["text"])

    def start(self):
        """Start a random action; return its name for the final count."""
        boxes, blocks = self.boxes(), self.blocks()
        for box in boxes:
            if box["theirs"] and self.dice.random() < 0.7:
                return self.choose(box)
        acts = [self.open] * 6 if len(boxes) < 3 else []
        acts += [self.type] * 12 + [self.close] * 2 if boxes else []
        acts += [self.write, self.step, self.step, self.move, self.split, self.join]
        acts += [self.hide, self.refresh, self.news, self.news]
        return self.dice.choice(acts)(boxes, blocks)

    def word(self):
        word = self.ledger.word()
        self.typed.add(word)
        return word

    def open(self, boxes, blocks):
        shut = [block for block in blocks if not block["open"]]
        self.block(self.one_of(shut)["key"]).locator("[data-edit]").click()
        return "opened"

    def type(self, boxes, blocks):
        box = self.one_of(boxes)
        word = self.word()
        text, what = word, "typed"
        if self.dice.random() < 0.3:
            target = self.dice.choice([block for block in blocks if block["number"]])
            text, what = f"{word} {{{target['number']}}}", "referred"
            self.ledger.pointed[word] = target["key"]
        area = self.box(box["key"])
        if self.dice.random() < 0.07:
            # Replace the whole text that the user sees.
            seen = tokens(area.input_value())
            self.ledger.given_up |= seen
            self.ledger.typed_over |= seen & self.typed
            area.fill(f"Typed anew {text}. It has a second sentence.")
            return "typed anew"
        area.press("Control+Home" if self.dice.random() < 0.5 else "Control+End")
        area.press_sequentially(f" {text} ")
        return what

    def close(self, boxes, blocks):
        box = self.dice.choice(boxes)
        self.leave(box["key"])
        self.page.locator(f'[data-editor="{box["key"]}"] [data-done]').click()
        return "closed"

    def leave(self, key):
        """Close the box; its text counts as saved if the box is gone afterwards."""
        area = self.box(key)
        if area.count():
            self.leaving[key] = tokens(area.input_value())

    def choose(self, box):
        """Choose between one's own text and the other version."""
        mine, theirs = tokens(self.box(box["key"]).input_value()), tokens(box["theirs"])
        form = self.page.locator(f'[data-editor="{box["key"]}"]')
        way = self.dice.choice(["kept theirs", "saved mine", "put both together"])
        if way == "kept theirs":
            self.ledger.given_up |= mine - theirs
            form.locator("[data-take-theirs]").click()
            return way
        if way == "put both together":
            self.box(box["key"]).press("Control+End")
            self.box(box["key"]).press_sequentially(" " + " ".join(sorted(theirs - mine)))
        else:
            self.ledger.given_up |= theirs - mine
        keep = form.locator("[data-keep-mine]")
        if (
            not keep.count()
        ):  # the other coordinator has just given way, so there is nothing to choose
            return "settled meanwhile"
        keep.click()
        return way

    def write(self, boxes, blocks):
        """Add a paragraph after another; type into it at once and leave it open."""
        self.act(self.one_of(blocks), lambda more: more.locator("a[data-open]").click())
        self.settle()
        new = [box for box in self.boxes() if not box["text"]]
        if new:
            text = f"Written {self.word()} now. And {self.word()} again."
            self.box(new[0]["key"]).fill(text)
        return "written"

    def step(self, boxes, blocks):
        name = self.dice.choice(["up", "down"])
        self.press(self.one_of(blocks), name)
        return "stepped"

    def move(self, boxes, blocks):
        def choose(more):
            choices = more.locator("select[name=section]")
            number = choices.locator("option").count()
            choices.select_option(index=self.dice.randrange(number))
            more.locator("button[value=move]").click()

        self.act(self.one_of(blocks), choose)
        return "moved"

    def split(self, boxes, blocks):
        divisible = [block for block in blocks if block["text"].count(". ") and not block["open"]]
        if not divisible:
            return "idle"

        def choose(more):
            choices = more.locator("select[name=at]")
            if choices.count():
                number = choices.locator("option").count()
                choices.select_option(index=self.dice.randrange(number))
                more.locator("button[value=split]").click()

        self.act(self.one_of(divisible), choose)
        return "split"

    def join(self, boxes, blocks):
        if len(blocks) < 12:
            return "idle"

        def choose(more):
            button = more.locator("button[value=join]")  # the last of a section has none
            if button.count():
                button.click()

        self.act(self.one_of([block for block in blocks if block["number"]]), choose)
        return "joined"

    def hide(self, boxes, blocks):
        """Hide a paragraph, or restore a hidden one."""
        out = [block for block in blocks if not block["number"]]
        if out and (len(out) > 3 or self.dice.random() < 0.5):
            self.press(self.dice.choice(out), "restore")
            return "put back"
        self.press(self.one_of([b for b in blocks if b["number"]]), "hide")
        return "left out"

    def refresh(self, boxes, blocks):
        """Confirm the update from the records, as from another tab, and bring the page."""
        self.page.evaluate(UPDATE)
        bring_up_to_date(self.page)
        return "updated from the records"

    def news(self, boxes, blocks):
        """Take the records' text in place of edited text, or keep that."""
        drifted = [block for block in blocks if block["drifts"]]
        if not drifted:
            return "idle"
        block = self.dice.choice(drifted)
        name = self.dice.choice(["accept", "dismiss"])
        if name == "accept":
            self.leave(block["key"])
            shown = tokens(block["text"]) | self.leaving.get(block["key"], set())
            self.ledger.given_up |= shown
        self.block(block["key"]).locator(f"button[value={name}]").click()
        return "took the records’ words" if name == "accept" else "kept the edited words"

    def press(self, block, name):
        self.act(block, lambda more: more.locator(f"button[value={name}]").click())

    def act(self, block, do):
        """Open a paragraph's menu and choose an action. Some actions close its box.

        The other person may have joined the paragraph to another meanwhile: the page says so.
        """
        self.leave(block["key"])
        more = self.block(block["key"]).locator("[data-more]")
        if not more.evaluate("details => details.open"):
            more.locator("summary").click()
        menu = more.locator("form.workshop-acts")
        gone = self.page.get_by_text("That paragraph is not in this draft.")
        expect(menu.or_(gone).first).to_be_attached(timeout=15_000)
        if menu.count():
            do(more)

    def finish(self):
        """Close every box, resolving conflicts."""
        for _ in range(40):
            self.settle()
            boxes = self.boxes()
            if not boxes:
                return
            self.choose(boxes[0]) if boxes[0]["theirs"] else self.close(boxes[:1], [])
        raise AssertionError(f"A box of {self.name} does not close: {boxes}")


def tokens(text):
    return set(TOKEN.findall(text))


def paper(page):
    """Return the paragraphs as read: key, number (0 if hidden), text."""
    return page.evaluate(
        """() => [...document.querySelectorAll('[data-blocks] > [data-block]')]
            .map((block) => [block.dataset.block, block.value,
                block.querySelector('[data-words]').innerText.replace(/\\s+/g, ' ')])"""
    )


def records_change(draft, number):
    """Change an item's stage, so that the figures in the draft are outdated."""
    item = WorkItem.objects.get(pk=draft.items[number % len(draft.items)].pk)
    item.stage = "ongoing" if item.stage == "under_way" else "under_way"
    history.save(item, by=None)


@pytest.fixture
def draft():
    return draft_of_today()


@pytest.fixture
def people(browser, browser_context_args, live_server, draft):
    ledger = Ledger()
    contexts, people = [], []
    for number, user in enumerate(draft.coordinators):
        context = context_of(browser, browser_context_args, live_server.url, user)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        people.append(Person(user.name, page, ledger, random.Random(SEED + number)))
        page.goto(live_server.url + draft.address)
    yield people
    for context in contexts:
        context.close()


def test_two_coordinators_editing_one_draft_at_random_lose_nothing(people, draft):
    ledger = people[0].ledger
    chance = random.Random(SEED)
    until, steps = time.monotonic() + SECONDS, 0
    while (left := until - time.monotonic()) > 0 or (not ledger.is_full and left > -LONGEST_MORE):
        for person in people:  # neither waits for the other, nor for the answer
            ledger.done[person.start()] += 1
        if chance.random() < 0.1:
            records_change(draft, steps)
        if chance.random() < 0.05:
            context = chance.choice(people).page.context
            context.set_offline(True)
            people[0].page.wait_for_timeout(1500)
            context.set_offline(False)
        for person in people:
            person.settle()
        people[0].page.wait_for_timeout(chance.uniform(0, LONGEST_REST))
        steps += 1
    for person in people:
        person.finish()
    for person in people:
        person.page.reload()

    assert [complaint for person in people for complaint in person.complaints] == []
    rows = {row.key: row for row in draft.briefing.draft_paragraphs.all()}
    standing = {key: row.text for key, row in rows.items() if not row.is_withdrawn}
    in_draft = set().union(*(tokens(text) for text in standing.values()))
    ever = set().union(*(tokens(each.text) for row in rows.values() for each in row.history.all()))
    assert sorted(ledger.kept - in_draft) == []
    # The pauses of one person are one version: what they type over in it was in no other.
    assert sorted(ledger.saved - ever - ledger.typed_over) == []

    one, other = (paper(person.page) for person in people)
    assert one == other
    printed = {key: (number, words) for key, number, words in one}
    assert [number for number, _ in printed.values() if number] == list(
        range(1, len(draft.texts()) + 1)
    )
    # A reference points to the paragraph that its writer meant, or the one it was joined to.
    referred = 0
    for place, text in standing.items():
        for word, key in POINTS.findall(text):
            meant = ledger.pointed[word]
            assert key == meant or was_joined(rows[meant]), f"{word} meant {meant}, not {key}"
            number = printed[key][0] if key in printed else 0  # it may be joined to another
            assert f"{word} {number or '(left out)'}" in printed[place][1]
            referred += 1
    assert referred >= 3
    assert not any("{" in words for _, words in printed.values())

    # Enough happened.
    assert ledger.conflicts >= 3, ledger.done
    assert len(ledger.kept) >= 20


def was_joined(row):
    return row.history.filter(is_withdrawn=True).exists()
