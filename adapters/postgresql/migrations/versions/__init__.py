"""The versions, in order; each is one transaction, on an empty database and on a filled one."""
