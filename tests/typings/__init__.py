"""The npm package, as a client author gets it."""
