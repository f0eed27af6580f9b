"""The administrator's screens of people: the list, what is done with a selection, and the audit."""
