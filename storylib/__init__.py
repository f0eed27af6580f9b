"""Storylib: illustrated stories for a class, with reusable characters."""

__version__ = "0.1.0"
