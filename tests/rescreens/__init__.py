"""Bulk rescreening: spool, rows, the vector part, and whole jobs on both databases."""
