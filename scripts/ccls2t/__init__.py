"""CCLS2T, as the benchmark of its tables trains and measures it; no part of the plugin."""
