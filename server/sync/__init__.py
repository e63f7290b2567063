"""Sync: what tills send is judged and recorded, what they must know is handed out. One file for each step."""
