"""Who asks: principals as the hub meets them, and who is known to work where.

It may touch the domain alone; whoever answers requests asks it first.
"""
