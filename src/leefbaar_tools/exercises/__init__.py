"""The kinds of exercise and their faces."""
