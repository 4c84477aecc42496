"""Number kernels of the trade room: plain arrays in, plain arrays out."""
