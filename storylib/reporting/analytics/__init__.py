"""What the ledger tells: questions in SQL to its roll-ups, answered as data frames."""
