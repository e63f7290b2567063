"""What tests of every part share: databases, clocks, and guards over what a test leaves behind."""
