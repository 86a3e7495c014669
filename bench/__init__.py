"""Speed as ratios: each target of the design against a yardstick beside it in the same run."""
