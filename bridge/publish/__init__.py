"""What readers get: feeds, pages and lists, all derived from the store and written as files."""
