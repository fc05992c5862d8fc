"""A supplier's Finvoice in as few words as a test needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape

SUPPLIER = ("2491000-9", "Ohjelmistotalo Esimerkki Oy")


@dataclass(frozen=True)
class Row:
    """A row: article, quantity and price, and for whom; without a price it is a heading."""

    code: str = "NV-1"
    name: str = "Netvisor Premium"
    quantity: str = "1"
    price: str | None = "50.00"
    party: tuple[str, str] | None = None
    extra: str = ""
    text: str = ""

    @property
    def net(self) -> Decimal:
        if self.price is None:
            return Decimal(0)
        return (Decimal(self.quantity) * Decimal(self.price)).quantize(Decimal("0.01"), "ROUND_HALF_UP")

    def written(self) -> str:
        if self.price is None:
            return f"<InvoiceRow><ArticleName>{escape(self.name)}</ArticleName>{self.extra}</InvoiceRow>"
        party = ""
        if self.party:
            number, name = self.party
            party = (
                f"<RowAnyPartyDetails><RowAnyPartyText>Loppuasiakas</RowAnyPartyText>"
                f"<RowAnyPartyIdentifier>{number}</RowAnyPartyIdentifier>"
                f"<RowAnyPartyOrganisationName>{escape(name)}</RowAnyPartyOrganisationName></RowAnyPartyDetails>"
            )
        return (
            f"<InvoiceRow><ArticleIdentifier>{self.code}</ArticleIdentifier>"
            f"<ArticleName>{escape(self.name)}</ArticleName>"
            f'<InvoicedQuantity QuantityUnitCode="kpl">{_comma(self.quantity)}</InvoicedQuantity>'
            f"<StartDate>20261001</StartDate><EndDate>20261031</EndDate>"
            f"<UnitPriceAmount>{_comma(self.price)}</UnitPriceAmount>{self.extra}{party}"
            f"<RowFreeText>{escape(self.text)}</RowFreeText><RowVatRatePercent>25,5</RowVatRatePercent>"
            f"<RowVatExcludedAmount>{_comma(self.net)}</RowVatExcludedAmount></InvoiceRow>"
        )


@dataclass(frozen=True)
class Finvoice:
    """The whole message. VAT is 25.5 % of everything."""

    rows: Sequence[Row] = field(default_factory=lambda: [Row(party=("1478523-2", "Yritys Oy"))])
    number: str = "900123"
    supplier: tuple[str, str] = SUPPLIER
    kind: str = "INV01"
    issued_on: str = "20261101"

    def written(self) -> bytes:
        net = sum((row.net for row in self.rows), Decimal(0))
        vat = (net * Decimal("0.255")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        number, name = self.supplier
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Finvoice Version="3.0"><SellerPartyDetails>'
            f"<SellerPartyIdentifier>{number}</SellerPartyIdentifier>"
            f"<SellerOrganisationName>{escape(name)}</SellerOrganisationName></SellerPartyDetails>"
            f"<InvoiceDetails><InvoiceTypeCode>{self.kind}</InvoiceTypeCode><OriginCode>Original</OriginCode>"
            f"<InvoiceNumber>{self.number}</InvoiceNumber><InvoiceDate>{self.issued_on}</InvoiceDate>"
            f"<InvoiceTotalVatExcludedAmount>{_comma(net)}</InvoiceTotalVatExcludedAmount>"
            f"<InvoiceTotalVatAmount>{_comma(vat)}</InvoiceTotalVatAmount>"
            f'<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">{_comma(net + vat)}'
            f"</InvoiceTotalVatIncludedAmount></InvoiceDetails>"
            f"{''.join(row.written() for row in self.rows)}</Finvoice>"
        ).encode()


def _comma(number: object) -> str:
    return str(number).replace(".", ",")
