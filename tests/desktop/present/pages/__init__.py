"""What the pages say, by table and on a real book."""
