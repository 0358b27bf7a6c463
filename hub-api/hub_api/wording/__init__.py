"""What people read, in Swedish and English: labels, sentences, refusals, and what is spoken on the telephone.

It may touch the domain alone; no text for people is put together anywhere else.
"""
