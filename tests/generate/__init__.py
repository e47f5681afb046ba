"""The codegen, case by case: a folder with a contract in, and files or refusals out."""
