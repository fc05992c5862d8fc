"""Customers get the text they are found by, and its index."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rebill.kit.bulk import chunks, update_rows
from rebill.kit.search import SearchIndex
from rebill.parties.words import WORDS_OF_CUSTOMER, customer_words

AT_ONCE = 2_000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Writes the words of the customers there are."""
    customers = apps.get_model("parties", "Customer")
    rows = customers.objects.order_by("id").values_list("id", "seller_id", "number", *WORDS_OF_CUSTOMER)
    for some in chunks(rows.iterator(AT_ONCE), AT_ONCE):
        words = [(row[0], customer_words(*row[1:3], dict(zip(WORDS_OF_CUSTOMER, row[3:], strict=True)))) for row in some]
        update_rows(customers, "id", ("search_text",), words)


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_tokens")]

    operations = [
        migrations.AddField("customer", "search_text", models.TextField(blank=True, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        SearchIndex("customer"),
    ]
