"""The four weeks behind the demo: planned by chance, lived through by the law."""
