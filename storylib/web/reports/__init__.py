"""The administrator's screens: usage and health."""
