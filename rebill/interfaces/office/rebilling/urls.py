"""Addresses of re-billing."""

from django.urls import path

from rebill.interfaces.office.rebilling import billing, columns, groups, listing, mending, showing, suppliers

urlpatterns = [
    path("", listing.purchases_page, name="rebilling"),
    path("send/", listing.send_page, name="rebilling-send"),
    path("send/<uuid:upload_id>/", columns.columns_page, name="rebilling-columns"),
    path("send/<uuid:upload_id>/throw-away/", columns.throw_away_page, name="rebilling-throw-away"),
    path("margins/", listing.margins_page, name="rebilling-margins"),
    path("groups/", groups.groups_page, name="rebilling-groups"),
    path("groups/<int:group_id>/", groups.group_page, name="rebilling-group"),
    path("groups/<int:group_id>/members/", groups.change_member, name="rebilling-group-member"),
    path("<int:purchase_id>/", showing.purchase_page, name="rebilling-invoice"),
    path("<int:purchase_id>/original/", showing.original, name="rebilling-original"),
    path("<int:purchase_id>/read/", mending.read_again, name="rebilling-read"),
    path("<int:purchase_id>/move/", mending.move_invoice, name="rebilling-move"),
    path("<int:purchase_id>/unsettle/", mending.undo_settled, name="rebilling-unsettle"),
    path("<int:purchase_id>/prices/", mending.keep_prices, name="rebilling-prices"),
    path("<int:purchase_id>/leave-out/", mending.leave_out, name="rebilling-leave-out"),
    path("<int:purchase_id>/rows/<int:row_id>/customer/", mending.customer_page, name="rebilling-customer"),
    path("<int:purchase_id>/rows/<int:row_id>/product/", mending.product_page, name="rebilling-product"),
    path("<int:purchase_id>/bill/", billing.bill, name="rebilling-bill"),
    path("<int:purchase_id>/orders/", billing.confirm, name="rebilling-orders"),
    path("<int:purchase_id>/supplier/", suppliers.supplier_page, name="rebilling-supplier"),
]
