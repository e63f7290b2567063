"""What tests of every part share: databases, clocks, shops, a server, and guards over what a test leaves behind."""
