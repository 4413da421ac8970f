"""Count the words that a page shows before anything is opened. Whoever looks instead of reading has few to pass."""

import pytest
from django.urls import reverse

from agencies.models import User
from workitems.models import Meeting, OutOfSession, Variation

pytestmark = pytest.mark.django_db(transaction=True)

# Words of visible text in <main>: not those of tooltips, of closed parts and of what is for screen readers alone.
VISIBLE_WORDS = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let count = 0;
  for (let node; (node = walker.nextNode()); ) {
    const element = node.parentElement;
    const isShown = element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
    const isFolded = element.closest("details:not([open])") && !element.closest("summary");
    if (isShown && !isFolded && !element.closest(".visually-hidden, .tip"))
      count += node.data.split(/\\s+/).filter(Boolean).length;
  }
  return count;
}"""


def addresses():
    """Return the page of each kind with the most to say, and the words that it may show. What it showed before it was
    made to be looked at is beside it."""
    coming = Meeting.objects.order_by("-held_on").first()
    plan = coming.plan
    date = Variation.objects.filter(kind="date", state="recommended").first()
    asked = OutOfSession.objects.open().first()
    return [
        (coming.get_absolute_url(), 220),  # 784
        (reverse("meetings:list", args=[plan.slug]), 60),  # 71
        (reverse("meetings:decisions", args=[plan.slug]), 165),  # 185
        (reverse("variations:list", args=[plan.slug]), 155),  # 177
        (date.get_absolute_url(), 160),  # 189
        (asked.variation.get_absolute_url(), 120),  # 123
        (asked.get_absolute_url(), 330),  # 401
    ]


@pytest.mark.parametrize("width", [1280, 375])
def test_main_pages_show_few_words(page, live_server, load_demo, sign_in, width):
    load_demo("load_demo_plan")
    sign_in(User.objects.get(email="coordinator@example.org"))
    page.set_viewport_size({"width": width, "height": 900})
    for address, most in addresses():
        page.goto(live_server.url + address)
        shown = page.evaluate(VISIBLE_WORDS)
        assert (address, shown <= most, shown) == (address, True, shown)


def test_the_rows_of_an_agenda_have_a_handle_and_one_menu_each(
    page, live_server, load_demo, sign_in
):
    load_demo("load_demo_plan")
    sign_in(User.objects.get(email="coordinator@example.org"))
    page.goto(live_server.url + Meeting.objects.order_by("-held_on").first().get_absolute_url())
    rows = page.locator("[data-matter]")
    controls = rows.evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('a, button, summary')].filter("
        "each => each.checkVisibility() && (each.matches('summary') || !each.closest('details:not([open])'))).length)"
    )
    assert controls == [3] * rows.count()  # the handle, its slide and the menu
