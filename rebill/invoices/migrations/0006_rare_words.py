from django.db import migrations

from rebill.kit.search import SearchStatistics


class Migration(migrations.Migration):

    dependencies = [
        ("invoices", "0005_revenue"),
    ]

    operations = [
        SearchStatistics("invoice"),
    ]
