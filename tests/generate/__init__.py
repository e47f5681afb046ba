"""The generator, case by case: a folder with a contract in, and files or findings out."""
