"""What if a reader believes sources otherwise? Draws of a fit, weighed without a refit."""
