"""How days settle."""
