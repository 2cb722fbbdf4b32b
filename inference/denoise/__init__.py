"""From noise to latents: samplers, initial noise, and the loop that a tick turns once."""
