"""The fediverse room: what is said, what is believed, and when to try again; no database."""
