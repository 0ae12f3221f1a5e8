"""Shelves and their books."""
from django.db import models


class Shelf(models.Model):
    name = models.CharField(max_length=100, unique=True)
    owner = models.IntegerField(db_index=True)


class Book(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    pages = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    details = models.JSONField(null=True)
    added = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(check=models.Q(pages__lt=100000), name="not_endless")]
        indexes = [models.Index(fields=["shelf", "title"], name="shelf_title")]
