"""The seller of the subscription tests, with what interim lines need besides."""

from tests.subscriptions.conftest import other_shop, shop

__all__ = ["other_shop", "shop"]
