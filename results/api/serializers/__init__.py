"""The shape of every answer: units in the names, null where nobody measured or states a thing."""
