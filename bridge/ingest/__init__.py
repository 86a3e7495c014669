"""From source bytes to an edition: retrieve, read the format, cut into stories, normalise."""
