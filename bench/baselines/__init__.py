"""The yardsticks: the same work done by bare scripts that know nothing of `bridge`."""
