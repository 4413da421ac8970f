"""The standards that a paper's PDF declares: PDF/UA-1 for accessibility and PDF/A-2a for archives.

WeasyPrint can declare only one of them in a file. It declares PDF/A, which restricts fonts and
colours, and this module adds PDF/UA to the metadata, with the schema that PDF/A requires for the
extra property.
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
    """Add PDF/UA-1 to the metadata of a PDF/A (pydyf's) that is not yet written, uncompressed.

    A title may contain "%%EOF", so "%%" is escaped.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    packet = b"".join(metadata.stream).replace(b"%%", b"&#37;%")
    before, end, after = packet.partition(_RDF_ENDS)
    metadata.stream = [before + _ACCESSIBLE + end + after]
    metadata.compress = False


def makes_both_claims(data: bytes) -> bool:
    """Whether a file declares each standard once and includes the schema of the PDF/UA property."""
    return all(len(claim.findall(data)) == 1 for claim in _CLAIMS)
