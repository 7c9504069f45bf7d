"""The web application, for any WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "towpath.project.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # with all views: else whoever comes first waits for them
# What is loaded by now stays: the collector need not walk through it while somebody waits, nor write into the memory
# that processes forked from here share.
gc.collect()
gc.freeze()
