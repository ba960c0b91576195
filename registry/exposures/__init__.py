"""曝光名单: drafted, lawful row by row, published by another officer, and gone when a sanction ends."""
