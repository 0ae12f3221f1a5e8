"""New columns, constraints and indexes on tables with rows; one index without a transaction."""
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("django_shelf", "0002_data")]
    operations = [
        migrations.AddField(
            "Book", "price", models.DecimalField(max_digits=8, decimal_places=2, null=True)
        ),
        migrations.AddField("Book", "details", models.JSONField(null=True)),
        migrations.AlterField("Shelf", "name", models.CharField(max_length=100, unique=True)),
        migrations.AlterField("Shelf", "owner", models.IntegerField(db_index=True)),
        migrations.AddConstraint(
            "Book",
            models.CheckConstraint(check=models.Q(("pages__lt", 100000)), name="not_endless"),
        ),
        AddIndexConcurrently("Book", models.Index(fields=["shelf", "title"], name="shelf_title")),
    ]
