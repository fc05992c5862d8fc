"""XML that somebody else wrote, read without trusting it: no entities, nothing fetched, no more than a bounded size."""

import re
from typing import TypeAlias

from lxml import etree

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

BYTES_MAX = 200_000_000
DEPTH_MAX = 100
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)

Element: TypeAlias = etree._Element


class XmlRefused(Invalid):
    """The bytes are no XML, or XML that does more than hold values."""


def parse_xml(content: bytes) -> Element:
    """The root of the document.

    A document type declaration is refused wherever it stands: it is where entities are declared, and no invoice format
    has one. Nothing is ever fetched. XmlRefused also when it is not well-formed, too deep or too large.
    """
    if len(content) > BYTES_MAX:
        raise XmlRefused(_("The document is larger than %(limit)s MB.", limit=BYTES_MAX // 1_000_000))
    if _DOCTYPE.search(content.replace(b"\0", b"")):
        raise XmlRefused(_("The document declares a document type or entities. Ask the sender for one without."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, remove_comments=True,
        remove_pis=True, huge_tree=len(content) > 5_000_000,
    )  # fmt: skip
    try:
        root: Element = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise XmlRefused(_("The document is not well-formed XML: %(reason)s", reason=str(error)[:200])) from None
    _require_shallow(root)
    return root


def _require_shallow(root: Element) -> None:
    """huge_tree lifts libxml2's own bound on depth, and what is read by recursion would not come back."""
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEPTH_MAX:
            raise XmlRefused(_("The document is nested deeper than %(limit)s elements.", limit=DEPTH_MAX))


def local_name(element: Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """The element's namespace; empty when it has none."""
    return etree.QName(element).namespace or ""
