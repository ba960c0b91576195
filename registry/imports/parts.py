"""One XML part of a workbook, walked as it is inflated, so that a hostile one can be stopped on the way."""

from typing import Never
from xml.parsers import expat

from registry.imports.refusals import bomb, damaged, document_type

CHUNK = 1024 * 1024
"""Bytes of a part that are shown to its reader at a time."""
_MAX_TOKEN = 2 * CHUNK
"""Old expat rescans an unfinished token with each chunk; one tag of 200 MB would take minutes."""
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")


class Part:
    """Reads one part and refuses what could make two parsers read it differently: a document type
    (entities) and any encoding but UTF-8. Handlers see names as "namespace name"."""

    limit = 16 * 1024 * 1024
    """Bytes."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declared
        self.fed = 0

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Raises `Invalid` (`damaged-workbook`, `workbook-bomb`, `xml-entities`) and
        `ExpatError`."""
        if not self.fed and chunk.startswith(_UTF16_OR_32):
            raise damaged()
        self.fed += len(chunk)
        if self.fed > self.limit:
            raise bomb()
        self.parser.Parse(chunk, False)
        if self.fed - self.parser.CurrentByteIndex > _MAX_TOKEN:
            raise damaged()

    def close(self) -> None:
        """The end of the part. Raises as `feed` does, and `ExpatError` if it is only half a part."""
        self.parser.Parse(b"", True)

    def _doctype(self, *_: object) -> Never:
        raise document_type()

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise damaged()


class Elements(Part):
    """Keeps the attributes of the elements with these local names."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        self.found: list[dict[str, str]] = []
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] in self.names:
            self.found.append(attributes)
