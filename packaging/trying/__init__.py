"""What `packaging/try-debian` does: installs our packages on bare Debian systems, and uses them.

Debian systems are folders that a process takes for the whole disk (chroot), made by debootstrap with nothing but what
Debian itself requires, and no Python. Whatever is mounted or started is ended by whoever began it, also on Ctrl-C.
"""
