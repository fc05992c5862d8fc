"""Tables of sellers, customers and who acts for whom."""

from rebill.parties.models.customer import (
    WITHOUT_EMAIL,
    Contact,
    Customer,
    CustomerKind,
    CustomerStatus,
    DeliveryChannel,
)
from rebill.parties.models.membership import Membership
from rebill.parties.models.portal import PortalLink
from rebill.parties.models.seller import Look, NumberSeries, Seller, SellerAccount, SeriesPurpose
from rebill.parties.models.token import ApiToken

__all__ = [
    "WITHOUT_EMAIL",
    "ApiToken",
    "Contact",
    "Customer",
    "CustomerKind",
    "CustomerStatus",
    "DeliveryChannel",
    "Look",
    "Membership",
    "NumberSeries",
    "PortalLink",
    "Seller",
    "SellerAccount",
    "SeriesPurpose",
]
