"""The Story Kit: hand-written plots, drawn by code, no AI. Free, offline, and the same book for the same seed."""
