"""The hub as people and programs meet it: HTTP, command line, and the one place that wires the parts."""
