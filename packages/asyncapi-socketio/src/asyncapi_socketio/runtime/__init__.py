"""From an event to its ack: arguments judged, handlers called, outcomes answered."""
