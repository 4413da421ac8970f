"""Test that axe finds the same faults when it is spared what it has already seen."""

from collections import Counter

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import axe

ROW = '<li class="row">Item <b>late</b> <a href="#">Read</a> <div><button>Add</button><button>End</button></div></li>'
PAGE = f"""<!doctype html><html lang="en"><title>Items</title><style>
body {{ background: white; color: black }}
.row a {{ color: navy }}  .row button {{ min-width: 24px; min-height: 24px; color: black }}
.row:nth-child(3) {{ color: #aaa }}  .row:nth-child(4) {{ background: #333 }}
.row:nth-child(5) b {{ opacity: .4 }}
.row:nth-child(6) button {{ all: unset; display: inline-block; width: 9px; height: 9px; overflow: hidden }}
.under {{ position: absolute; z-index: -1; background: black; margin: 0; width: 900px; height: 90px }}
@media (max-width: 600px) {{ .row:nth-child(7) {{ color: #bbb }} }}
</style><main><ul>{ROW * 8}</ul><p class="under"></p><ul>{ROW}</ul></main>"""


def faults_at_both_widths(page, find):
    page.set_content(PAGE)
    found = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        found.append(find(page))
    return found


def plain_faults(page):
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(axe.FIND_FAULTS, [axe.OPTIONS, []])[0] + axe.beyond_window(page)


def test_axe_finds_the_same_faults_when_it_looks_at_like_things_once(page, context):
    wide, narrow = faults_at_both_widths(page, axe.faults)
    assert [wide, narrow] == faults_at_both_widths(context.new_page(), plain_faults)
    assert [wide, narrow] == faults_at_both_widths(context.new_page(), axe.faults), (
        "on a later page"
    )
    assert Counter(line.split(":")[0] for line in wide) == {"color-contrast": 7, "target-size": 2}
    # The contrast of one more row twice, and the page is wider than the window.
    assert len(narrow) == len(wide) + 3
