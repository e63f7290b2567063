"""What makes and tries the installers (packaging/), as far as it needs no installer to be made."""
