"""What leaves the application: a story as PDF, EPUB, slides and more, each from the same ``Book``."""
