"""Edits a Word file as people do in Word: with tracked changes and comments, and without."""

import io
import zipfile
from copy import deepcopy

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from lxml import etree

AT = "2010-07-20T10:30:00Z"
COMMENTS = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
)


class Edited:
    """A file in the making. `author` of an edit is None for one without tracking."""

    def __init__(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.parts["word/document.xml"])
        self.comments = []

    @property
    def body(self):
        return self.root.find(qn("w:body"))

    def paragraph(self, key):
        """Return the paragraph with a key, or with these words."""
        name = f"_{key.replace('-', '_')}"
        for mark in self.root.iter(qn("w:bookmarkStart")):
            if mark.get(qn("w:name")) == name:
                return mark.getparent()
        return next(p for p in self.root.iter(qn("w:p")) if key in words(p))

    def replace(self, key, old, new, author=None, at=AT):
        """Replace words within one run of a paragraph. Empty `new` deletes, and `old` may end in new."""
        paragraph = self.paragraph(key)
        run = next(r for r in paragraph.iter(qn("w:r")) if old in words(r))
        before, _, after = words(run).partition(old)
        pieces = [
            with_text(run, before),
            with_text(run, old),
            with_text(run, new),
            with_text(run, after),
        ]
        if author is not None:
            pieces[1] = tracked("w:del", author, at, with_text(run, old, "w:delText"))
            pieces[2] = tracked("w:ins", author, at, pieces[2])
        else:
            pieces.pop(1)
        for piece in pieces:
            if "".join(piece.itertext()):
                run.addprevious(piece)
        paragraph_of(run).remove(run)
        return self

    def remove(self, key, author=None, at=AT):
        paragraph = self.paragraph(key)
        if author is None:
            paragraph.getparent().remove(paragraph)
            return self
        for run in list(paragraph.iter(qn("w:r"))):
            gone = with_text(run, words(run), "w:delText")
            run.addprevious(tracked("w:del", author, at, gone))
            run.getparent().remove(run)
        end_of(paragraph, "w:del", author, at)
        return self

    def add(self, after, text, author=None, at=AT):
        """Add a paragraph after one with a key, looking like it."""
        like = self.paragraph(after)
        made = OxmlElement("w:p")
        made.append(deepcopy(like.find(qn("w:pPr"))))
        run = OxmlElement("w:r")
        run.append(OxmlElement("w:t"))
        run[0].text = text
        made.append(run if author is None else tracked("w:ins", author, at, run))
        if author is not None:
            end_of(made, "w:ins", author, at)
        like.addnext(made)
        return self

    def move(self, key, after):
        self.paragraph(after).addnext(self.paragraph(key))
        return self

    def moved(self, key, after, author, at=AT):
        """Move a paragraph with tracking, as Word does: the words go here and come there."""
        here, like = self.paragraph(key), self.paragraph(after)
        there = OxmlElement("w:p")
        there.append(deepcopy(here.find(qn("w:pPr"))))
        for run in list(here.findall(qn("w:r"))):
            there.append(tracked("w:moveTo", author, at, deepcopy(run)))
            run.addprevious(tracked("w:moveFrom", author, at, deepcopy(run)))
            here.remove(run)
        end_of(there, "w:moveTo", author, at)
        end_of(here, "w:moveFrom", author, at)
        like.addnext(there)
        return self

    def split(self, key, words_before, author=None, at=AT):
        """Press Enter after these words of a paragraph of one run. Its end stays with the rest."""
        paragraph = self.paragraph(key)
        run = next(paragraph.iter(qn("w:r")))
        head, _, tail = words(run).partition(words_before)
        rest = OxmlElement("w:p")
        rest.append(deepcopy(paragraph.find(qn("w:pPr"))))
        rest.append(with_text(run, tail))
        run.addprevious(with_text(run, head + words_before))
        run.getparent().remove(run)
        if author is not None:
            end_of(paragraph, "w:ins", author, at)
        paragraph.addnext(rest)
        return self

    def join(self, key, author, at=AT):
        """Delete the end of a paragraph with tracking, which joins it to the next."""
        end_of(self.paragraph(key), "w:del", author, at)
        return self

    def comment(self, key, text, author, at=AT):
        """Comment on the whole paragraph."""
        number = str(len(self.comments))
        paragraph = self.paragraph(key)
        start, end = OxmlElement("w:commentRangeStart"), OxmlElement("w:commentRangeEnd")
        reference = OxmlElement("w:r")
        reference.append(OxmlElement("w:commentReference"))
        for each in (start, end, reference[0]):
            each.set(qn("w:id"), number)
        paragraph.find(qn("w:pPr")).addnext(start)
        paragraph.extend([end, reference])
        self.comments.append((number, author, at, text))
        return self

    def data(self):
        """Return the file. The same edits make the same file, whenever it is asked for."""
        parts = {**self.parts, "word/document.xml": etree.tostring(self.root)}
        if self.comments:
            self._add_comments(parts)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, content in parts.items():
                # With a name alone, the file would hold the time at which it was written.
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return made.getvalue()

    def _add_comments(self, parts):
        root = etree.Element(qn("w:comments"), nsmap={"w": qn("w:p")[1:].partition("}")[0]})
        for number, author, at, text in self.comments:
            made = etree.SubElement(root, qn("w:comment"))
            for name, value in (("id", number), ("author", author), ("date", at)):
                made.set(qn(f"w:{name}"), value)
            run = etree.SubElement(etree.SubElement(made, qn("w:p")), qn("w:r"))
            etree.SubElement(run, qn("w:t")).text = text
        kind, relation = COMMENTS
        parts["word/comments.xml"] = etree.tostring(root)
        for name, part in (
            (
                "[Content_Types].xml",
                f'<Override PartName="/word/comments.xml" ContentType="{kind}"/>',
            ),
            (
                "word/_rels/document.xml.rels",
                f'<Relationship Id="rIdC" Type="{relation}" Target="comments.xml"/>',
            ),
        ):
            end = b"</Types>" if name.startswith("[") else b"</Relationships>"
            parts[name] = parts[name].replace(end, part.encode() + end)


def words(node):
    return "".join(t.text or "" for t in node.iter(qn("w:t")))


def paragraph_of(run):
    return run.getparent()


def with_text(run, text, tag="w:t"):
    """Return a run that looks like another, with this text."""
    made = OxmlElement("w:r")
    if (looks := run.find(qn("w:rPr"))) is not None:
        made.append(deepcopy(looks))
    made.append(OxmlElement(tag))
    made[-1].text = text
    made[-1].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def tracked(tag, author, at, run=None):
    made = OxmlElement(tag)
    for name, value in (("id", "1"), ("author", author), ("date", at)):
        made.set(qn(f"w:{name}"), value)
    if run is not None:
        made.append(run)
    return made


def end_of(paragraph, tag, author, at):
    """Track the end of a paragraph as inserted or deleted."""
    properties = paragraph.find(qn("w:pPr"))
    looks = OxmlElement("w:rPr")
    looks.append(tracked(tag, author, at))
    properties.append(looks)
