"""For all tests."""

from hypothesis import settings

from jaboti_entrypoints import logs

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
"""Properties may take their time: a busy machine is no fault of theirs."""

logs.configure("error")
