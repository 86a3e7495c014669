"""The steps from an empty database to today's, one file each in `versions`."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every revision, oldest first; the last is what this program works with.

Known without Alembic, so that a start on an up-to-date database does not load it.
"""
