"""The operations of the API before publication."""
