"""What a check costs, against a Flask route that does nothing: `python -m bench` writes RESULTS.md."""
