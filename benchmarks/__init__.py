"""Speed and memory, measured in one run on one machine: ``make bench``. Ratios tell more than seconds."""
