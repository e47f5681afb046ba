"""What many nodes do, reckoned from what the bench has measured of few."""
