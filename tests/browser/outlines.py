"""The outline of a page as it is laid out: all that axe's rules depend on, without the words.

Two pages with one outline have the same elements in the same places with the same attributes, names
that refer to each other in the same way, text in the same places, the same boxes that scroll and
the same targets that are small or close to another. axe finds the same on both.
"""

import hashlib
from pathlib import Path

OUTLINE = r"""() => {
    const GIVEN = new Set([
        "action", "alt", "aria-label", "content", "datetime", "formaction", "max", "min",
        "placeholder", "src", "title",
    ]);
    const NAMED = new Set([
        "aria-controls", "aria-describedby", "aria-labelledby", "for", "form", "headers", "id",
        "list", "name",
    ]);
    const TARGETS = "a, button, input, select, summary, textarea, [role], [tabindex]";
    const LEAST = 24;  // pixels that a target takes, or keeps away from another
    const SCROLLS = 13;  // pixels of overflow from which axe takes a box for one that scrolls

    const names = new Map();
    const number = (name) => names.get(name) ?? names.set(name, names.size).size - 1;
    const targets = [...document.querySelectorAll(TARGETS)]
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([, box]) => box.width);
    const small = new Map();
    for (const [element, box] of targets) {
        if (box.width >= LEAST && box.height >= LEAST) continue;
        const close = targets.some(([other, theirs]) =>
            !other.contains(element) && !element.contains(other)
            && theirs.left - box.right < LEAST && box.left - theirs.right < LEAST
            && theirs.top - box.bottom < LEAST && box.top - theirs.bottom < LEAST);
        small.set(element, close ? "small and close" : "small");
    }

    function attribute({ name, value }) {
        if (name.startsWith("data-")) return name;
        if (name === "href") return value.startsWith("#") ? `#${number(value.slice(1))}` : name;
        if (NAMED.has(name)) return `${name}=${value.split(" ").map(number)}`;
        if (name === "value" && /\W|\d/.test(value)) return name;
        return GIVEN.has(name) && value.trim() ? name : `${name}=${value}`;
    }
    function text(words) {
        if (!words.trim()) return "";
        if (/[\p{L}\p{N}]{2}/u.test(words)) return "words";
        return /[\p{L}\p{N}]/u.test(words) ? "letter" : "signs";
    }
    function outline(node) {
        if (node.nodeType === Node.TEXT_NODE) return text(node.data);
        if (node.nodeType !== Node.ELEMENT_NODE) return "";
        return [
            `<${node.tagName} ${[...node.attributes].map(attribute).sort().join(" ")}`,
            node.scrollWidth > node.clientWidth + SCROLLS ? " wide" : "",
            node.scrollHeight > node.clientHeight + SCROLLS ? " high" : "",
            small.get(node) ?? "",
            ">",
            ...[...node.childNodes].map(outline),
            "</>",
        ].join("");
    }
    return `${innerWidth} ${outline(document.documentElement)}`;
}"""


def mark_of(page, folder: Path) -> Path:
    """Return the path of the file that marks this outline as free of faults."""
    return folder / hashlib.sha256(page.evaluate(OUTLINE).encode()).hexdigest()
