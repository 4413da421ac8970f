"""Reads a PDF with independent tools: pikepdf for its structure, poppler for its text."""

import io
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pikepdf

# A line may end after a hyphen or a dash.
TOKEN = re.compile(r"[^\s\-–]+")


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
    """Return the tag tree from its Document element down."""
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
    """Return the text of each page, as poppler reads it."""
    return run("pdftotext", data, *arguments).decode().split("\f")[:-1]


def spoken(data):
    """Return the text of the tag tree in order: (role, text) for each piece."""
    with opened(data) as pdf:
        written = {page.objgen: stretches(page) for page in pdf.pages}
        return list(_said(pdf.Root.StructTreeRoot.K[0], written))


def _said(node, written):
    for kid in node.get("/K", []):
        if isinstance(kid, int):
            yield str(node.S)[1:], written[node.Pg.objgen][kid]
        elif "/MCID" in kid:
            yield str(node.S)[1:], written[kid.Pg.objgen][kid.MCID]
        else:
            yield from _said(kid, written)


def stretches(page):
    """Return the text of each marked-content sequence of a page by its number."""
    found = {None: ""}
    _read(page, page.Resources, [None], found)
    return found


def _read(content, resources, inside, found):
    letters = {name: _letters(font) for name, font in resources.get("/Font", {}).items()}
    font = {}
    for operands, operator in pikepdf.parse_content_stream(content):
        name = str(operator)
        if name in ("BDC", "BMC"):
            inside.append(operands[1]["/MCID"] if name == "BDC" else None)
            found.setdefault(inside[-1], "")
        elif name == "EMC":
            inside.pop()
        elif name == "Tf":
            font = letters[str(operands[0])]
        elif name in ("Tj", "TJ"):
            for codes in operands[0] if name == "TJ" else operands:
                if isinstance(codes, pikepdf.String):
                    pairs = bytes(codes)
                    glyphs = zip(pairs[::2], pairs[1::2], strict=True)
                    found[inside[-1]] += "".join(font[high << 8 | low] for high, low in glyphs)
        elif name == "Do":
            drawn = resources.XObject[str(operands[0])]
            if drawn.Subtype == "/Form":
                _read(drawn, drawn.Resources, inside, found)


def _letters(font):
    """Return the characters of a font's glyphs, from the font itself."""
    table = font.ToUnicode.read_bytes().decode()
    assert "beginbfrange" not in table
    lines = re.findall(r"^<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>$", table, re.M)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in lines}


def spoken_by_poppler(data):
    """Do the same as `spoken` with poppler, which takes a second a page or more."""
    out = subprocess.run(
        ["pdfinfo", "-struct-text", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()
    return "".join(line.strip()[1:-1] for line in out.splitlines() if line.strip()[:1] == '"')


def numbered(data):
    """What each numbered list of the paper's sections holds, as poppler reads the tag tree: (number,
    text without white space), paragraphs and recommendations alike. Marks of bullets are left out."""
    out = subprocess.run(
        ["pdfinfo", "-struct-text", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()
    found, section, outer, label = [], 0, None, None
    for line in out.splitlines():
        words = line.strip()
        indent = len(line) - len(words)
        if words.startswith('"'):
            text = re.sub(r"\s", "", words[1:-1])
            if outer is None:
                continue
            if label is None:
                found[-1][1] += text
            elif label == outer + 4:
                found.append([int(text.rstrip(".")), ""])
        elif not words.startswith("/"):
            role = words.split(" ")[0].rstrip(":")
            if outer is not None and indent <= outer:
                outer = None
            if role == "Sect":
                section = indent
            elif role == "L" and indent == section + 2:
                outer = indent
            label = indent if role == "Lbl" else None
    return [tuple(each) for each in found]


def families(data):
    """Return the font families in the file, without the subset's prefix."""
    out = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout
    names = [line.split()[0] for line in out.decode().splitlines()[2:]]
    return {re.sub(r"^[A-Z]{6}\+", "", name) for name in names}


def tokens(text):
    """Count words without case; a hyphen ends a word, since a line may break after one."""
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
    """Return the visible text of the page, without its head and the titles of pictures."""
    return "".join(_Words(html).pieces)


class Page(HTMLParser):
    """What a page is made of: its tags, headings (but those of single items), heads of tables, numbers, and what it marks as Māori."""

    VOID = ("br", "col", "img", "link", "meta")

    def __init__(self, html):
        super().__init__()
        self.tags = Counter()
        self.headings, self.heads, self.numbers = [], [], []
        self.in_maori = 0
        self._open = []
        self._next = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags[tag] += 1
        self.in_maori += found.get("lang") == "mi"
        if tag in ("ol", "ul"):
            self._next.append(int(found.get("start", 1)) if tag == "ol" else None)
        elif tag == "li" and self._next[-1] is not None:
            self.numbers.append(self._next[-1])
            self._next[-1] += 1
        elif re.fullmatch("h[1-3]", tag):
            self.headings.append("")
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self._open.pop() == tag
        if tag in ("ol", "ul"):
            self._next.pop()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data):
        if "thead" in self._open:
            self.heads.append(data)
        if self._open and any(re.fullmatch("h[1-3]", tag) for tag in self._open):
            self.headings[-1] = re.sub(r"\s+", " ", self.headings[-1] + data).lstrip()
