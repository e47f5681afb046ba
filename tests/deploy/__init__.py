"""What `deploy/` has for operators to copy: checked by their tools, and played."""
