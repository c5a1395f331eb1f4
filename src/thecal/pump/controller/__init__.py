"""What the pump believes: program, clock, counters, alarms, log and limits."""
