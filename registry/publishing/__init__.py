"""Exposure lists as files that anybody may keep: written, signed, read back and held to their signature."""
