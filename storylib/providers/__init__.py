"""Who makes what: writers, illustrators, moderators and narrators behind one contract."""
