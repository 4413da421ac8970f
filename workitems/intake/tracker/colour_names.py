"""The colours that state a RAG, by name. No Django."""

from agencies.wording.translation import gettext, gettext_lazy

RED, AMBER, GREEN, BLUE, GREY = "red", "amber", "green", "blue", "grey"
WORDS = {
    RED: gettext_lazy("red"),
    AMBER: gettext_lazy("amber"),
    GREEN: gettext_lazy("green"),
    BLUE: gettext_lazy("blue"),
    GREY: gettext_lazy("grey"),
}


def filled_in_words(colour: str) -> str:
    return gettext("Filled {colour}").format(colour=WORDS[colour])
