"""What the paper's PDF says of itself: PDF/UA-1 to those who read by ear, PDF/A-2a to the archive, in one file.

WeasyPrint writes one claim a file. It is asked for the archive's, which demands more of fonts and colours, and the
other is put into its metadata, with the description without which an archive refuses a property that it does not know.
"""

from __future__ import annotations

import re
from typing import Any

ARCHIVE = "pdf/a-2a"

_RDF_ENDS = b"</rdf:RDF>"
_ACCESSIBLE = b"""\
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_CLAIMS = (
    re.compile(rb'<rdf:Description rdf:about="" pdfaid:part="2" pdfaid:conformance="A" />'),
    re.compile(rb"<pdfuaid:part>1</pdfuaid:part>"),
    re.compile(rb"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"),
)


def claim_accessible(pdf: Any) -> None:
    """Add PDF/UA-1 to the metadata of an unwritten PDF/A (pydyf's), and leave it where any program can read it.

    A title may hold what ends a PDF, so no "%%" stays in the open.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    packet = b"".join(metadata.stream).replace(b"%%", b"&#37;%")
    before, end, after = packet.partition(_RDF_ENDS)
    metadata.stream = [before + _ACCESSIBLE + end + after]
    metadata.compress = False


def makes_both_claims(data: bytes) -> bool:
    """Whether a file states each claim once, and describes the one that an archive does not know."""
    return all(len(claim.findall(data)) == 1 for claim in _CLAIMS)
