"""Analytics of the ledger: queries of its roll-ups in SQL, answered as data frames."""
