"""Rows by the historical models, and by SQL, each way."""
from django.db import migrations


def fill(apps, _editor):
    shelf = apps.get_model("django_shelf", "Shelf").objects.create(
        name="of the migration", owner=-5
    )
    book = apps.get_model("django_shelf", "Book")
    book.objects.bulk_create(
        book(shelf=shelf, title=str(number), pages=number, added="2024-01-01T00:00:00Z")
        for number in range(50)
    )


class Migration(migrations.Migration):
    dependencies = [("django_shelf", "0001_tables")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "update django_shelf_book set title = 'book ' || title",
            "update django_shelf_book set title = substr(title, 6)",
        ),
    ]
