"""Jobs, schedules, sensors and alerts, and the pattern for what stands downstream."""
