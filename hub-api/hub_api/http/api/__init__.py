"""The JSON API: the bodies that programs send and get, and the reference that describes them.

It may touch what `http` may; each body is a pure function of what one principal sees.
"""
