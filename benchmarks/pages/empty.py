"""An empty page: what a run costs at least."""

from storylib import web

web.user()
