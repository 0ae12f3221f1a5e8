"""The application whose tables django_cases.py migrates and uses."""
