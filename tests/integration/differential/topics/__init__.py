"""What sessions are made of. A topic is a list of (weight, function): the function gets the generator
and returns an SQL text, a list of messages of the extended protocol, or a whole Step."""
from . import copying, cursors, names, objects, portals, settings, tables, transactions

ALL = {"settings": settings.CHOICES, "transactions": transactions.CHOICES,
       "tables": tables.CHOICES, "names": names.CHOICES, "portals": portals.CHOICES,
       "cursors": cursors.CHOICES, "copying": copying.CHOICES, "objects": objects.CHOICES}
