"""The plain peer: normalised tables with the right indexes behind Django REST framework, as its tutorial writes it."""
