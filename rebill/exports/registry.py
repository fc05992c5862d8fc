"""The export formats in use: the built-in ones by hand, guests by the entry point group named here."""

from rebill.exports.contract import ExportFormat
from rebill.exports.formats.combined import COMBINED
from rebill.kit.plugins import Registry

FORMATS: Registry[ExportFormat] = Registry("export format", "rebill.exports", (COMBINED,))
