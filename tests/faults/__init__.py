"""Faults under load: real gunicorn, real clients, and a reckoning of what was promised afterwards."""
