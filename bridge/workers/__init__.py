"""Who calls, and when: the clock, the task engine, the daemon and the web server's start.

Nothing is imported here: the engine costs most of a second, and the modules of this room are
imported where they are first used.
"""
