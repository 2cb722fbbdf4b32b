"""Running Easel: logs, health, doctor."""
