"""Documents get the text they are found by, and its index."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from rebill.kit.bulk import chunks, update_rows
from rebill.kit.search import SearchIndex, search_text

AT_ONCE = 10_000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Writes the words of the documents there are."""
    documents = apps.get_model("invoices", "Invoice")
    rows = documents.objects.order_by("id").values_list(
        "id", "seller_id", "number", "customer_name", "customer_number"
    )
    for some in chunks(rows.iterator(AT_ONCE), AT_ONCE):
        update_rows(documents, "id", ("search_text",), [(row[0], search_text(*row[1:])) for row in some])


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]

    operations = [
        migrations.AddField("invoice", "search_text", models.TextField(blank=True, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        SearchIndex("invoice", by_trigrams=True),
    ]
