"""What opens, wires, keeps running and closes a hub: in a folder, or on servers (`servers/`).

It may touch everything but the command line; nothing beneath it knows in which form the hub runs.
"""
