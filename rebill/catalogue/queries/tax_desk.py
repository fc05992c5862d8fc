"""Deciding the VAT of many lines: each distinct situation is decided once and remembered."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rebill.catalogue.queries.vat_rates import tax_table
from rebill.kit.errors import NotFound
from rebill.parties.identifiers import vat_id_is_valid
from rebill.parties.models import Seller
from rebill.rules.tax import RateClass, Supply, TaxCategory, TaxSituation, TaxTreatment, VatScheme, treat


class TaxParty(NamedTuple):
    """What VAT needs to know of a customer."""

    country: str
    vat_id: str
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """The category and rate of a line, why, and whether a VAT id is missing for reverse charge. `code` is the category
    as plain text, for the rows of a run."""

    category: TaxCategory
    rate_e6: int
    reason: str
    law: str
    exemption_code: str
    vat_id_missing: bool
    code: str


class TaxDesk:
    """The tax decisions of one seller; keep one for a chunk of drafts."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self._treatments: dict[tuple[TaxParty, str, str], TaxTreatment] = {}
        self._decisions: dict[tuple[TaxParty, str, str, date], TaxDecision | None] = {}

    def decide(self, party: TaxParty, rate_class: str, supply: str, on: date) -> TaxDecision | None:
        """How a line supplied on this day is taxed; None when no rate is known for the country and day."""
        key = (party, rate_class, supply, on)
        if key not in self._decisions:
            self._decisions[key] = self._decide(party, rate_class, supply, on)
        return self._decisions[key]

    def _decide(self, party: TaxParty, rate_class: str, supply: str, on: date) -> TaxDecision | None:
        treatment = self._treat(party, rate_class, supply)
        rate_e6 = 0
        if treatment.category is TaxCategory.S:
            try:
                rate_e6 = tax_table().rate_e6(treatment.country, RateClass(rate_class), on)
            except NotFound:
                return None
        return TaxDecision(
            category=treatment.category,
            rate_e6=rate_e6,
            reason=treatment.reason,
            law=treatment.law,
            exemption_code=treatment.exemption_code,
            vat_id_missing=treatment.needs_customer_vat_id and treatment.category in (TaxCategory.S, TaxCategory.Z),
            code=treatment.category.value,
        )

    def _treat(self, party: TaxParty, rate_class: str, supply: str) -> TaxTreatment:
        key = (party, rate_class, supply)
        treatment = self._treatments.get(key)
        if treatment is None:
            situation = TaxSituation(
                seller_country=self.seller.country,
                seller_vat_id=self.seller.vat_id,
                scheme=VatScheme(self.seller.vat_scheme),
                oss=self.seller.uses_oss,
                customer_country=party.country,
                customer_vat_id=party.vat_id,
                customer_vat_id_valid=bool(party.vat_id) and vat_id_is_valid(party.vat_id, party.country),
                is_organisation=party.is_organisation,
            )
            treatment = self._treatments[key] = treat(situation, RateClass(rate_class), Supply(supply))
        return treatment
