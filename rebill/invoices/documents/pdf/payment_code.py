"""The SEPA QR code of a payment, drawn as SVG."""

import re

import zxingcpp

from rebill.rules.errors import Invalid

# EPC069-12 version 2.1, 2.4: error correction level M, at most version 13, which has 69 modules a side.
_ERROR_CORRECTION = "M"
_MODULES_MAX = 69
_DARK = re.compile(rb"\x00+")


class NoPaymentCode(Invalid):
    """The payload does not fit into a SEPA QR code."""


def payment_code(payload: str) -> list[bytes]:
    """The rows of the code, a byte for each module, 0 where it is dark."""
    try:
        # The payload names UTF-8 as its character set, so it goes in as bytes; text would be turned into Latin-1.
        code = zxingcpp.create_barcode(
            payload.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level=_ERROR_CORRECTION
        ).to_image(add_quiet_zones=False)
    except ValueError as error:
        raise NoPaymentCode(f"The payment's QR code cannot be drawn: {error}.") from error
    side, _ = code.shape
    if side > _MODULES_MAX:
        raise NoPaymentCode(f"The payment's QR code would have {side} modules a side; banks read {_MODULES_MAX}.")
    modules = bytes(memoryview(code).cast("B"))  # type: ignore[arg-type]
    return [modules[start : start + side] for start in range(0, side * side, side)]


def payment_code_svg(payload: str) -> str:
    """The code in black on nothing, without a quiet zone: the paper around it is empty."""
    rows = payment_code(payload)
    strokes = "".join(
        f"M{run.start()} {y}.5h{run.end() - run.start()}" for y, row in enumerate(rows) for run in _DARK.finditer(row)
    )
    # A little wider than a module, or viewers show white hairs between the rows.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}">'
        f'<path stroke="#000" stroke-width="1.02" d="{strokes}"/></svg>'
    )
