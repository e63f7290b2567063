"""`./run`: a demo shop with some weeks of history, its server and its tills, all of it the real thing.

With a display a till's window opens on it. Without one a scripted cashier works the same window where nobody sees it,
loses the network and gets it back, and every step is compared with what the law says.
"""
