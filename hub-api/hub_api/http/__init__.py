"""HTTP: the application, its guard and its routes; it parses, calls one function and shapes the answer.

It may touch `reads`, `commands`, `identity` and `wording`; it holds no rule and opens nothing.
"""
