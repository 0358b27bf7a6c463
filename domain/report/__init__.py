"""Reports: a concern for a child, or a crime; made by whoever bears the duty, and never declined (D3)."""
