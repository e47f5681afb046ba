"""This project's generation step: which contract, and where what follows from it goes."""
