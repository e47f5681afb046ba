"""Stories of people at their screens, over real sockets, real files and real processes."""
