"""Make the Word files of this folder, each by another program than ours and Word, as an official would.

Needs pypandoc_binary, docxtpl and docx-revisions (from PyPI), docx and html-to-docx (from npm). Run it in an
empty folder and copy `false` and `true` here: `NODE_PATH=node_modules python3 make_word.py`. What each must lead to is in
`test_word_files.py`.
"""

import json
import subprocess
from pathlib import Path

import docx
import pypandoc
from docx_revisions import RevisionDocument
from docxtpl import DocxTemplate

NAME = "Hemi Tane"
SENTENCE = f"We met {NAME} in May."
LABELLED = "We met [s 9(2)(a)] in May."
ITEM = LABELLED.replace("[", r"\[").replace("]", r"\]")
HTML = LABELLED
TABLE = f"| Cost | Hours |\n|---|---|\n| 42 | 12 |\n\n{ITEM}"
PANDOC = {
    "true": {
        "plain": ("markdown", ITEM),
        "heading": ("markdown", f"# Advice to Ministers\n\n{ITEM}"),
        "table": ("markdown", TABLE),
        "list": ("markdown", f"- One\n- Two\n    - Three\n\n1. First\n2. Second\n\n{ITEM}"),
        "footnote": ("markdown", f"We left.[^1]\n\n[^1]: {ITEM}\n"),
        "link": ("markdown", f"See [the Act](https://www.legislation.govt.nz/). {ITEM}"),
        "emphasis": ("markdown", f"**Bold**, *slanted*, ~~struck~~, H~2~O. {ITEM}"),
        "quotation": ("markdown", f"> {ITEM}\n\n---\n\nNgā mihi nui."),
        "mathematics": ("markdown", f"It grows as $x^2$. {ITEM}"),
        "from_html": ("html", f"<h2>Advice</h2><p>{HTML}</p><ul><li>One</li></ul>"),
        "from_latex": ("latex", r"\section{Advice} We met [s 9(2)(a)] in May."),
        "from_rst": ("rst", f"{LABELLED}\n\n- One\n- Two"),
    },
    "false": {
        "comment": (
            "markdown",
            f'We met.[Ask {NAME}]{{.comment-start id="0" author="Office"}} {ITEM}[]{{.comment-end id="0"}}',
        ),
        "deletion": ("markdown", f'We met [{NAME}]{{.deletion author="Office"}} in May.'),
        "author": ("markdown", f"---\nauthor: {NAME}\n---\n\n{ITEM}"),
        "description": ("html", f'<p>{HTML}</p><p><img src="dot.png" alt="" title="{NAME}"></p>'),
    },
}
# By the JavaScript library of this name: what its sections are made of.
OF_JAVASCRIPT = """
const fs = require("fs"), d = require("docx"), N = "Hemi Tane", L = "We met [s 9(2)(a)] in May.";
const p = (...of) => new d.Paragraph({children: of}), t = (text, look) => new d.TextRun({text, ...look});
const cell = (text, shading, look) => new d.TableCell({children: [p(t(text, look))], shading});
const made = (kind, name, children, section = {}, whole = {}) => d.Packer.toBuffer(new d.Document({
  creator: "", lastModifiedBy: "", title: "", description: "", ...whole, sections: [{children, ...section}]}))
  .then(data => fs.writeFileSync(`${kind}/docx_${name}.docx`, data));
const marked = {id: 1, author: "Office", date: "2013-05-12T00:00:00Z"};
made("true", "plain", [p(t(L))]);
made("true", "table", [p(t(L)), new d.Table({rows: [new d.TableRow({children: [
  cell("Agency", {fill: "003366", type: "clear"}, {color: "FFFFFF"}), cell("Cost")]})]})]);
made("true", "label_on_black", [p(t("We met "), t("9(2)(a)", {color: "FFFFFF", shading: {fill: "000000", type: "clear"}}))]);
made("true", "header_and_page_number", [p(t(L))], {
  headers: {default: new d.Header({children: [p(t("In confidence"))]})},
  footers: {default: new d.Footer({children: [p(new d.TextRun({children: [d.PageNumber.CURRENT]}))]})}});
made("true", "sections", [p(t(L))], {properties: {page: {size: {orientation: "landscape"}}, column: {count: 2, space: 700}}});
made("true", "footnote", [p(t(L), new d.FootnoteReferenceRun(1))], {}, {footnotes: {1: {children: [p(t("[s 6(c)]"))]}}});
made("true", "tabs_and_breaks", [p(t("Cost\\t42"), new d.TextRun({break: 1}), t(L), new d.PageBreak())]);
made("false", "hidden", [p(t("We met "), t(N, {vanish: true}))]);
made("false", "white", [p(t("We met "), t(N, {color: "FFFFFF"}))]);
made("false", "marked_black", [p(t("We met "), t(N, {color: "000000", highlight: "black"}))]);
made("false", "shaded_black", [p(t("We met "), t(N, {color: "000000", shading: {fill: "000000", type: "clear"}}))]);
made("false", "tiny", [p(t("We met "), t(N, {size: 2}))]);
made("false", "deletion", [p(t("We met "), new d.DeletedTextRun({text: N, ...marked}))]);
made("false", "title", [p(t(L))], {}, {title: `What ${N} said`});
"""
OF_HTML = """
const fs = require("fs"), convert = require("html-to-docx");
for (const [name, html] of Object.entries(JSON.parse(process.argv[1])))
  convert(html, null, {creator: " ", lastModifiedBy: " ", title: " ", subject: " ", description: " ", keywords: [" "]})
    .then(data => fs.writeFileSync(`${name}.docx`, data));
"""
WRITTEN_IN_HTML = {
    "true/html_to_docx": f"<h1>Advice</h1><p>{HTML}</p>",
    "true/html_to_docx_table": f"<p>{HTML}</p><table><tr><td>Cost</td><td>42</td></tr></table>",
    "false/html_to_docx_white": f'<p>We met <span style="color:#ffffff">{NAME}</span></p>',
}


def without_properties(path):
    """Save the file without what its program stored beside the text."""
    document = docx.Document(path)
    for key, each in [*document.part.package.rels.items()]:
        if each.reltype.endswith("/thumbnail"):
            del document.part.package.rels[key]
    about = document.core_properties
    about.author = about.title = about.subject = about.comments = about.keywords = ""
    about.last_modified_by = about.category = ""
    document.save(path)


def main():
    for kind, made in PANDOC.items():
        Path(kind).mkdir()
        for name, (written, text) in made.items():
            path = f"{kind}/pandoc_{name}.docx"
            pypandoc.convert_text(text, "docx", format=written, outputfile=path)
    deleted = "false/pandoc_deletion.docx"
    pypandoc.convert_file(deleted, "docx", outputfile="true/pandoc_deletion_accepted.docx")
    pypandoc.convert_text(ITEM, "odt", format="markdown", outputfile="letter.odt")
    pypandoc.convert_file("letter.odt", "docx", outputfile="true/pandoc_from_opendocument.docx")
    subprocess.run(["node", "-e", OF_JAVASCRIPT], check=True)
    subprocess.run(["node", "-e", OF_HTML, json.dumps(WRITTEN_IN_HTML)], check=True)

    template = docx.Document()
    template.add_paragraph("We met {{ who }} in May.")
    template.save("template.docx")
    filled = DocxTemplate("template.docx")
    filled.render({"who": "[s 9(2)(a)]"})
    filled.save("true/docxtpl.docx")
    without_properties("true/docxtpl.docx")

    plain = docx.Document()
    plain.add_paragraph(SENTENCE)
    plain.save("plain.docx")
    without_properties("plain.docx")
    revised = RevisionDocument("plain.docx")
    revised.find_and_replace_tracked(NAME, "[s 9(2)(a)]", author="Office")
    revised.save("false/docx_revisions.docx")
    revised.accept_all()
    revised.save("true/docx_revisions_accepted.docx")


if __name__ == "__main__":
    main()
