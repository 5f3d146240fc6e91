"""The footnotes of a Word document, read back from its XML."""

import io
import zipfile

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml


def footnotes(data: bytes) -> dict[int, str]:
    """The text of each footnote of a .docx by its id, without the separators."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = parse_xml(archive.read("word/footnotes.xml"))
    return {
        int(each.get(qn("w:id"))): "".join(text.text or "" for text in each.iter(qn("w:t")))
        for each in root
        if each.get(qn("w:type")) is None
    }
