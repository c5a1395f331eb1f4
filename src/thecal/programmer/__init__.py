"""What stands between a checked plan and a pump: programming, reading back, pictures, report."""
