"""Keys: which key seals what, each wrapped under a master key that lies outside of the data.

It may touch the domain alone; no key leaves it in clear but to seal or to open.
"""
