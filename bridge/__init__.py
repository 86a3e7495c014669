"""Broadsheet: newspaper editions in; feeds, a site and fediverse accounts out."""

__version__ = "0.1.0"
