"""Read models, folded from the log: lists per unit, the audit trail, statistics. They can always be built again."""
