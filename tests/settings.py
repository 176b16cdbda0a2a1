"""The product's settings over a throw-away data folder: a test never sees the data of a running site."""

import atexit
import os
import shutil
import tempfile

if "TINYSITE_TEST_FOLDER" not in os.environ:  # a child process of the tests shares its parent's folder
    os.environ["TINYSITE_TEST_FOLDER"] = tempfile.mkdtemp(prefix="tinysite-tests-")
    atexit.register(shutil.rmtree, os.environ["TINYSITE_TEST_FOLDER"], ignore_errors=True)

os.environ |= {
    "TINYSITE_DATA": os.environ["TINYSITE_TEST_FOLDER"],
    "TINYSITE_RUN_TASKS_AT_ONCE": "true",
    "TINYSITE_LOG_LEVEL": "WARNING",
    "SECRET_KEY": "a key for tests, of no use to anybody, long enough for the checks of Django",
}
for name in ("ALLOWED_HOSTS", "DEBUG", "TINYSITE_HTTPS", "TINYSITE_COLLECTED_STATIC"):
    os.environ.pop(name, None)

from tinysite.settings import *  # noqa: E402, F403 - the environment has to be in place first

# Hashing on purpose slowly is for passwords that somebody wants to break.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# A test changes data and looks at once; those of the kept answers switch them on.
KEPT_ANSWERS_BYTES, DATA_VERSION_AGE_S = 0, -1.0
