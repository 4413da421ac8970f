"""Test pages in colours that the reader's device forces: shapes and marks are still drawn."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from agencies.models import Seat
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
DRAWN = ".mark svg, .gauge, .strip-all, .milestone-line, .strip:has(use), .slip-plot:has(use), .chart-wide"


def picture_of(page, box) -> Image.Image:
    """Return what is drawn in this box, with two points of what is around it."""
    clip = {"x": box["x"] - 2, "y": box["y"] - 2}
    clip |= {"width": box["width"] + 4, "height": box["height"] + 4}
    return Image.open(BytesIO(page.screenshot(clip=clip, full_page=True))).convert("L")


def ink(picture) -> int:
    """Return how many points are not of the ground, which is at the lower right corner."""
    ground = picture.getpixel((picture.width - 1, picture.height - 1))
    return sum(n for level, n in enumerate(picture.histogram()) if abs(level - ground) > 12)


@pytest.fixture
def plan():
    plan = PlanFactory()
    item = WorkItemFactory(plan=plan, number="1.1", confidence="at_risk", stage="under_way")
    DelayFactory(milestone=MilestoneFactory(item=item, original_due=date(2010, 6, 30)))
    MilestoneFactory(item=item, original_due=date(2010, 5, 30), completed_on=date(2010, 7, 30))
    answered = ReturnFactory(round=RoundFactory(plan=plan), agency=plan.coordinating_agency)
    UpdateFactory(item=item, of_return=answered)
    return plan


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_are_drawn_in_colours_of_the_readers_own(
    scheme, page, live_server, sign_in, plan, accessibility_faults
):
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user)
    # A person who chose the other colours for this register still reads in those of the device.
    chosen = {"light": "dark", "dark": "light"}[scheme]
    page.context.add_cookies([{"name": "colours", "value": chosen, "url": live_server.url}])
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    seen = 0
    for path in (
        "dashboard/",
        "items/1.1/",
        "dashboard/timeline/",
        "dashboard/trends/",
        "dashboard/slips/",
    ):
        page.goto(f"{live_server.url}/plans/{plan.slug}/{path}")
        page.evaluate("document.fonts.ready.then(() => true)")
        assert accessibility_faults(page) == [], path
        for drawn in page.locator(DRAWN).filter(visible=True).all()[:12]:
            assert ink(picture_of(page, drawn.bounding_box())) > 0, (path, drawn)
            seen += 1
    assert seen > 12


def test_what_opens_has_a_pointer_and_progress_is_filled(page, live_server, sign_in, plan):
    sign_in(SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user)
    page.emulate_media(forced_colors="active")
    page.goto(f"{live_server.url}/plans/{plan.slug}/dashboard/")
    summary = page.locator("details:not(.menu) > summary").first
    em = summary.evaluate("summary => parseFloat(getComputedStyle(summary).fontSize)")
    pointer = picture_of(page, summary.bounding_box() | {"width": em * 0.5})
    columns = [ink(pointer.crop((x, 0, x + 1, pointer.height))) for x in range(pointer.width - 1)]
    drawn = [column for column in columns if column]
    assert drawn[0] > drawn[-1], "the pointer is a triangle, and no square"
    returns = plan.rounds.get().get_absolute_url()
    page.goto(live_server.url + returns)
    bar = page.locator("progress").first
    assert bar.evaluate("bar => bar.value / bar.max") == 1
    box = bar.bounding_box()
    filled = picture_of(page, box)
    middle = filled.getpixel((filled.width // 2, filled.height // 2))
    assert abs(middle - 255) > 60
    lines = "getComputedStyle(document.querySelector('.strip')).backgroundColor"
    page.goto(f"{live_server.url}/plans/{plan.slug}/dashboard/timeline/")
    assert page.evaluate(lines) == "rgba(0, 0, 0, 0)", "rows do not hide the line of the day"
