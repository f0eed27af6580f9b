"""What leaves the application: a story as PDF, EPUB, slides, HTML and more."""
