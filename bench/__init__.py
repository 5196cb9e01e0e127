"""Measures, one file each: every figure is a ratio inside one run (docs/performance.md)."""
