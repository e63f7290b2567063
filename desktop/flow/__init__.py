"""What happens over several steps, decided without Qt: recognising a scan, redeeming online."""
