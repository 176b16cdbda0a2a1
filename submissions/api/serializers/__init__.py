"""The shapes of what the API takes and answers before publication."""
