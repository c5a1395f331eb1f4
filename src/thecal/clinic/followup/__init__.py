"""After the operation: what to watch for, an effect that is lost, scans, harm, benefit."""
