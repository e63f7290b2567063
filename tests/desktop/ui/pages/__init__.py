"""Pages, worked by keys, clicks and scans."""
