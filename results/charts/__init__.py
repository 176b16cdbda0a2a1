"""Charts: functions from rows to SVG text, drawn on the server. Pure code; colours come from classes."""
