"""What ``leefbaar start`` opens: copies, settings, the lab extension."""
