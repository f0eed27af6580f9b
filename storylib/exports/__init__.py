"""What a finished story is taken out as."""
