"""The verbs: ingest, publish, announce, receive, deliver. The only room that knows all stages.

Each verb reads, lets pure functions decide, and writes in one transaction.
"""
