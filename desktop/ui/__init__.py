"""The window. The only package that knows Qt; it shows frozen values from `present` and reports what was
touched.
"""
