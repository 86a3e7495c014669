"""`python -m bridge` is `broadsheet`."""

from bridge.cli import main

main()
