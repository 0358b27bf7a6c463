"""How fast the hub is, as ratios to floors that are measured in the same run. `scripts/bench` prints the table."""
