"""How fast the service is, beside a Node peer and stock python-socketio."""
