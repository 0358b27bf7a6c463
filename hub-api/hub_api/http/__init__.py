"""HTTP: every command and view as a route; it parses, calls one function and shapes the answer, no more."""
