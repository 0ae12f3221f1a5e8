#!/usr/bin/python3
"""Django 3.2 on psycopg2: migrations from nothing, then its ORM. See harness.py.

The migrations run once, before the clients: Django's own applications and one made here."""
import datetime
import decimal
import os
import pathlib
import sys

import django
from django.conf import settings

from harness import Client, Fails, alone, equal, main  # noqa: F401

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "OPTIONS": {"application_name": "django"},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django_shelf",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    TIME_ZONE="Europe/Vienna",
    SECRET_KEY="not secret",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core import management  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from django_shelf.models import Book, Shelf  # noqa: E402


def shelf_of(client, name):
    """A new one whose name no other client has."""
    return Shelf.objects.create(name=f"{name} of {client.number}", owner=client.number)


def case_migrations_are_recorded(_client):
    # At the primary: another session's migrations may not have reached a replica.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from django_migrations where app in ('auth', 'django_shelf')"
        )
        equal(cursor.fetchone()[0] >= 14, True, "migrations")
        tables = connection.introspection.table_names(cursor)
    equal(
        {"auth_user", "django_session", "django_shelf_book", "django_shelf_shelf"} <= set(tables),
        True,
    )
    columns = {field.column for field in Book._meta.get_fields() if hasattr(field, "column")}
    with transaction.atomic(), connection.cursor() as cursor:
        found = {
            each.name
            for each in connection.introspection.get_table_description(cursor, "django_shelf_book")
        }
    equal(found, columns)


def case_create_read_update_delete(client):
    shelf = shelf_of(client, "crud")
    book = Book.objects.create(
        shelf=shelf,
        title="Té \U0001f30a",
        pages=100,
        price=decimal.Decimal("9.90"),
        details={"k": [1, None]},
        added=timezone.now(),
    )
    again = Book.objects.get(pk=book.pk)
    equal(
        (again.title, again.pages, again.price, again.details),
        ("Té \U0001f30a", 100, decimal.Decimal("9.90"), {"k": [1, None]}),
    )
    equal(again.added, book.added)
    again.pages += 1
    again.save()
    equal(Book.objects.filter(shelf=shelf).values_list("pages", flat=True).get(), 101)
    equal(Book.objects.filter(shelf=shelf).update(pages=models.F("pages") * 2), 1)
    book.refresh_from_db()
    equal(book.pages, 202)
    equal(shelf.delete()[0], 2)
    equal(Book.objects.filter(pk=book.pk).exists(), False)


def case_bulk_and_aggregates(client):
    shelf = shelf_of(client, "bulk")
    Book.objects.bulk_create(
        Book(shelf=shelf, title=f"b{number}", pages=number, added=timezone.now())
        for number in range(300)
    )
    mine = Book.objects.filter(shelf=shelf)
    equal(
        mine.aggregate(n=models.Count("id"), total=models.Sum("pages")), {"n": 300, "total": 44850}
    )
    equal(len({book.pk for book in mine.iterator(chunk_size=50)}), 300)
    equal([book.title for book in mine.order_by("-pages")[:2]], ["b299", "b298"])
    equal(mine.filter(title__icontains="B29", pages__gte=290).count(), 10)
    equal(Shelf.objects.annotate(n=models.Count("book")).get(pk=shelf.pk).n, 300)
    equal(mine.filter(details__isnull=True).count(), 300)
    shelf.delete()


def case_atomic(client):
    shelf = shelf_of(client, "atomic")
    with Fails("23505"):
        with transaction.atomic():
            Book.objects.create(shelf=shelf, title="lost", pages=1, added=timezone.now())
            Shelf.objects.create(name=shelf.name, owner=client.number)
    equal(Book.objects.filter(shelf=shelf).count(), 0)
    with transaction.atomic():
        Book.objects.create(shelf=shelf, title="kept", pages=1, added=timezone.now())
        with Fails("22012"):
            with transaction.atomic():
                Book.objects.create(shelf=shelf, title="lost", pages=1, added=timezone.now())
                with connection.cursor() as cursor:
                    cursor.execute("select 1/0")
        equal(Book.objects.filter(shelf=shelf).count(), 1)
    done = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append(1))
    equal(done, [1])
    equal([book.title for book in shelf.book_set.all()], ["kept"])
    shelf.delete()


def case_select_for_update(client):
    shelf = shelf_of(client, "locked")
    with transaction.atomic():
        locked = Shelf.objects.select_for_update().get(pk=shelf.pk)
        locked.owner = -1
        locked.save()
    equal(Shelf.objects.get(pk=shelf.pk).owner, -1)
    shelf.delete()


def case_users_and_sessions(client):
    name = f"user{client.number}"
    user = User.objects.create_user(name, password="secret")
    user.groups.add(Group.objects.create(name=f"group{client.number}"))
    equal(User.objects.get(username=name).check_password("secret"), True)
    equal(User.objects.filter(groups__name=f"group{client.number}").count(), 1)
    equal(user.has_perm("auth.add_user"), False)
    session = SessionStore()
    session["cart"] = [client.number]
    session.save()
    equal(SessionStore(session_key=session.session_key)["cart"], [client.number])
    session.delete()
    user.delete()
    Group.objects.filter(name=f"group{client.number}").delete()


def case_errors(client):
    for statement, code in (
        ("select 1/0", "22012"),
        ("selec 1", "42601"),
        ("select * from missing", "42P01"),
        (f"insert into {client.table} values (1, 'twice')", "23505"),
    ):
        with Fails(code):
            with connection.cursor() as cursor:
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute("select %s::int + %s", [client.number, 1])
            equal(cursor.fetchone(), (client.number + 1,))


def case_time_zone_of_the_connection(client):
    """Django sets the zone of each connection and counts on it in what the server computes."""
    for _ in range(3):
        connection.close()
        for _ in range(4):
            with connection.cursor() as cursor:
                cursor.execute("show timezone")
                equal(cursor.fetchone(), ("UTC",))
                cursor.execute("show application_name")
                equal(cursor.fetchone(), ("django",))
    shelf = shelf_of(client, "zone")
    midnight = datetime.datetime(2024, 1, 1, 23, 30, tzinfo=datetime.timezone.utc)
    Book.objects.create(shelf=shelf, title="z", pages=1, added=midnight)
    equal(Book.objects.filter(shelf=shelf, added__date=datetime.date(2024, 1, 2)).count(), 1)
    shelf.delete()


def case_reads_own_writes(client):
    shelf = shelf_of(client, "own")
    for number in range(20):
        book = Book.objects.create(
            shelf=shelf, title=str(number), pages=number, added=timezone.now()
        )
        equal(Book.objects.get(pk=book.pk).pages, number)
        equal(shelf.book_set.count(), number + 1)
    shelf.delete()


def case_reads_alone(client):
    for number in range(1, 11):
        with connection.cursor() as cursor:
            cursor.execute(f"select word from {client.table} where id = %s", [number])
            equal(cursor.fetchone(), (f"word {number}",))


def migrate():
    """From nothing, back to nothing for one application, forth again; none is missing."""
    management.call_command("migrate", verbosity=0, interactive=False)
    management.call_command("migrate", "django_shelf", "zero", verbosity=0, interactive=False)
    management.call_command("migrate", verbosity=0, interactive=False)
    management.call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    connection.close()


if __name__ == "__main__":
    migrate()
    main(sys.modules[__name__])
