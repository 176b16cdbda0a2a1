"""How the shipped external figures are derived from the raw tables of their sources. Only the result is shipped."""
