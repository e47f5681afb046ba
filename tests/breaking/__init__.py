"""Which changes break whom."""
