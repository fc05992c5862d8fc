"""Addresses of products, price plans and VAT."""

from django.urls import path

from rebill.interfaces.office.products import changing, listing, plans, pricing, reselling, showing, vat

urlpatterns = [
    path("", listing.products_page, name="products"),
    path("new/", changing.new_product_page, name="products-new"),
    path("plans/", plans.plans_page, name="products-plans"),
    path("plans/new/", plans.new_plan_page, name="products-plans-new"),
    path("plans/<int:plan_id>/", plans.plan_page, name="products-plan"),
    path("resell/", reselling.resell_page, name="products-resell"),
    path("resell/all/", reselling.common_price_page, name="products-resell-all"),
    path("resell/<int:offered_id>/", reselling.adopt_page, name="products-adopt"),
    path("<int:product_id>/resale/", reselling.resale_price_page, name="product-resale"),
    path("vat/", vat.vat_page, name="products-vat"),
    path("prices/<int:price_id>/end/", pricing.end_price_page, name="product-price-end"),
    path("<int:product_id>/", showing.product_page, name="product"),
    path("<int:product_id>/try/", showing.try_part, name="product-try"),
    path("<int:product_id>/edit/", changing.change_product_page, name="product-edit"),
    path("<int:product_id>/sold/", changing.sell_or_not, name="product-sold"),
    path("<int:product_id>/price/", pricing.set_price_page, name="product-price"),
    path("<int:product_id>/price/effect/", pricing.effect_part, name="product-price-effect"),
]
