from django.db import migrations
from django.db.models import OuterRef, Q, Subquery


def move_to_charges(apps, schema_editor):
    Charge = apps.get_model("charges", "Charge")
    LineEdit = apps.get_model("runs", "LineEdit")
    edits = LineEdit.objects.filter(Q(prorated_quantity__isnull=False) | Q(unit_price__isnull=False))
    own = edits.filter(charge=OuterRef("pk"))
    Charge.objects.filter(pk__in=edits.values("charge"), claim__isnull=False).update(
        edited_quantity=Subquery(own.values("prorated_quantity")), edited_price=Subquery(own.values("unit_price"))
    )


class Migration(migrations.Migration):

    dependencies = [
        ('charges', '0002_edited_on_drafts'),
        ('runs', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(move_to_charges, elidable=True),
        migrations.RemoveField(
            model_name='lineedit',
            name='prorated_quantity',
        ),
        migrations.RemoveField(
            model_name='lineedit',
            name='unit_price',
        ),
    ]
