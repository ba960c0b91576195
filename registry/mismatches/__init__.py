"""Same number, other name: how somebody found out who that is, so that the next check is right at once."""
