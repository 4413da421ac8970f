"""Reads a PDF with tools that did not write it: pikepdf for its structure, poppler for its words."""

import io
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pikepdf

TOKEN = re.compile(r"[^\s\-]+")


@dataclass
class Element:
    """A node of the tag tree, with its attributes and children."""

    role: str
    node: pikepdf.Dictionary
    children: list["Element"] = field(default_factory=list)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *roles):
        return [element for element in self.walk() if element.role in roles]

    def attribute(self, name):
        value = self.node.get("/A", {}).get(name)
        return str(value) if isinstance(value, pikepdf.Name) else value


def opened(data):
    return pikepdf.open(io.BytesIO(data))


def structure(pdf):
    """The tag tree from its Document element down."""
    return _element(pdf.Root.StructTreeRoot.K[0])


def _element(node):
    element = Element(str(node.S)[1:], node)
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            element.children.append(_element(kid))
    return element


def run(program, data, *arguments):
    return subprocess.run(
        [program, *arguments, "-", "-"], input=data, capture_output=True, check=True
    ).stdout


def pages(data, *arguments):
    """The text of each page, as poppler reads it."""
    return run("pdftotext", data, *arguments).decode().split("\f")[:-1]


def spoken(data):
    """What the tag tree says, in order, a line for each stretch of text: (role, text)."""
    out = subprocess.run(
        ["pdfinfo", "-struct-text", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()
    role, lines = "", []
    for line in out.splitlines():
        words = line.strip()
        if words.startswith('"'):
            lines.append((role, words[1:-1]))
        elif not words.startswith("/"):
            role = words.split(" ")[0].rstrip(":")
    return lines


def families(data):
    """The fonts in the file by family, without the subset's prefix."""
    out = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout
    names = [line.split()[0] for line in out.decode().splitlines()[2:]]
    return {re.sub(r"^[A-Z]{6}\+", "", name) for name in names}


def tokens(text):
    """Words with their counts; a hyphen ends a word, since a line may break after one. Case is put aside."""
    return Counter(word.casefold() for word in TOKEN.findall(text))


class _Words(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.silent = 0
        self.pieces = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("head", "title")
        if tag not in ("span", "strong"):
            self.pieces.append(" ")

    def handle_endtag(self, tag):
        self.silent -= tag in ("head", "title")
        if tag not in ("span", "strong"):
            self.pieces.append(" ")

    def handle_data(self, data):
        if not self.silent:
            self.pieces.append(data)


def html_words(html):
    """What a reader of the page sees, without its head and the pictures' titles."""
    return "".join(_Words(html).pieces)
