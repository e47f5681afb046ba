"""Documents that others wrote, and what each command makes of them."""
