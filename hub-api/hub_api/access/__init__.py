"""Who may know what: what one principal sees of a stream, under which names, and how fresh it is.

It may touch streams of the log and the register folded from it; it knows neither commands, nor lists, nor transport.
"""
