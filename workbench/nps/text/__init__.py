"""What customers write: one spelling, clauses, tone, and what they wish for."""
