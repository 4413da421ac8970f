"""axe-core for pages in a browser, made cheaper without changing what it finds.

axe reads the same colours, and the contrast of rows that look the same, again for every element.
That takes most of its time.
"""

from axe_playwright_python.base import AXE_SCRIPT

WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Without `resultTypes`, axe also describes every element that passed, which takes longer than the
# check itself.
OPTIONS = {
    "runOnly": {"type": "tag", "values": WCAG_22_AA},
    "resultTypes": ["violations"],
    # For a rule that these tags leave out, axe would fetch every stylesheet again, and those that
    # it imports from the page's address.
    "preload": {"assets": ["media"]},
}

# Parse a colour once.
KEEP_COLOURS = """() => {
    const { prototype } = axe.commons.color.Color;
    const plain = prototype.parseString;
    const known = new Map();
    prototype.parseString = function (text) {
        if (!known.has(text)) {
            plain.call(this, text);
            const { r, g, b, alpha } = this;
            known.set(text, { r, g, b, alpha });
        }
        return Object.assign(this, known.get(text));
    };
}"""

# A target that is large enough may be close to others, so how close is not measured.
MEASURE_SMALL_TARGETS = """() => {
    const size = axe._audit.checks["target-size"];
    const offset = axe._audit.checks["target-offset"];
    const [isLarge, isDistant] = [size.evaluate, offset.evaluate];
    const large = new Set();
    size.evaluate = function (node, ...rest) {
        const result = isLarge.call(this, node, ...rest);
        result ? large.add(node) : large.delete(node);
        return result;
    };
    offset.evaluate = function (node, ...rest) {
        return large.has(node) || isDistant.call(this, node, ...rest);
    };
}"""

# Text that has enough contrast has it wherever letters, and all boxes around them, are painted in
# the same way, also on the next pages: `known_paints` keeps digests of such paints. Unless something out of the flow is laid over or under it: then axe looks itself.
COMPARE_PAINT = """() => {
    const LETTERS = ["color", "font-size", "font-weight", "text-shadow",
        "-webkit-text-fill-color", "-webkit-text-stroke"];
    const BOX = ["background-color", "background-image", "background-clip", "display", "filter",
        "mix-blend-mode", "opacity", "overflow"];
    const check = axe._audit.checks["color-contrast"];
    const rule = axe._audit.rules.find(({ id }) => id === "color-contrast");
    const { run } = axe;
    const { evaluate } = check;
    const { matches } = rule;
    const enough = axe.paintsWithEnoughContrast = new Set();
    let boxes, displaced;

    function painted(element, names) {
        const style = getComputedStyle(element);
        return names.map((name) => style.getPropertyValue(name)).join(";");
    }
    function around(element) {
        if (!element) return "";
        if (!boxes.has(element)) {
            boxes.set(element, `${around(element.parentElement)}/${painted(element, BOX)}`);
        }
        return boxes.get(element);
    }
    function isDisplaced(element) {
        const { float, margin, position, transform } = getComputedStyle(element);
        return position !== "static" || float !== "none" || transform !== "none"
            || /-\\d/.test(margin);
    }
    function isTouched(node) {
        const box = node.getBoundingClientRect();
        return displaced.some(([element, other]) =>
            other.left < box.right && box.left < other.right
            && other.top < box.bottom && box.top < other.bottom && !element.contains(node));
    }
    axe.run = (...given) => {
        boxes = new Map();
        paints.clear();
        displaced = [...document.body.querySelectorAll("*")]
            .filter(isDisplaced)
            .map((element) => [element, element.getBoundingClientRect()]);
        return run(...given);
    };
    function digest(text) {
        let [one, two] = [0x9e3779b1, 0x85ebca77];
        for (let at = 0; at < text.length; at += 1) {
            one = Math.imul(one ^ text.charCodeAt(at), 0x85ebca6b);
            two = Math.imul(two ^ text.charCodeAt(at), 0xc2b2ae35);
        }
        return (one >>> 0) * 0x100000 + (two >>> 12);
    }
    const paints = new Map();
    function paintOf(node) {
        if (!paints.has(node)) {
            paints.set(node, isTouched(node) ? null : digest(painted(node, LETTERS) + around(node)));
        }
        return paints.get(node);
    }
    rule.matches = function (node, ...rest) {
        const isField = ["INPUT", "SELECT", "TEXTAREA"].includes(node.nodeName);
        const hasText = [...node.childNodes].some((child) =>
            child.nodeType === Node.TEXT_NODE && child.data.trim());
        return (isField || hasText) && !enough.has(paintOf(node))
            && matches.call(this, node, ...rest);
    };
    check.evaluate = function (node, ...rest) {
        const paint = paintOf(node);
        if (enough.has(paint)) return true;
        const result = evaluate.call(this, node, ...rest);
        if (result && paint) enough.add(paint);
        return result;
    };
}"""
SCRIPT = "\n;".join(
    [AXE_SCRIPT, *(f"({each})()" for each in (KEEP_COLOURS, MEASURE_SMALL_TARGETS, COMPARE_PAINT))]
)
FIND_FAULTS = """([options, known]) => {
    const paints = axe.paintsWithEnoughContrast ?? new Set();
    known.forEach((paint) => paints.add(paint));
    const before = new Set(paints);
    return axe.run(options).then(({violations}) => [
        violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`)),
        [...paints].filter((paint) => !before.has(paint)),
    ]);
}"""
known_paints: set[int] = set()
# In the frame after a change of size, scripts that watch sizes run; in the next, what they changed is laid out.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def wait_for_layout(page) -> None:
    """Wait until the page has its stylesheets and its scripts have fitted it to the window."""
    page.wait_for_load_state()
    page.evaluate(TWO_FRAMES)


def beyond_window(page) -> list[str]:
    """Return a line if the page is wider than its window, so that it scrolls sideways."""
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{beyond} px wider than the window"] if beyond > 0 else []


def faults(page) -> list[str]:
    """Return violations of WCAG 2.2 AA on the page, one line each, and whether it scrolls sideways."""
    wait_for_layout(page)
    # axe is injected by the browser's tools, which the page's CSP does not block. The next pages in
    # this tab get it from the browser itself: half a megabyte is sent only once.
    if not page.evaluate("'axe' in window"):
        page.add_init_script(script=SCRIPT)
        page.evaluate(SCRIPT)
    found, paints = page.evaluate(FIND_FAULTS, [OPTIONS, sorted(known_paints)])
    known_paints.update(paints)
    return found + beyond_window(page)
