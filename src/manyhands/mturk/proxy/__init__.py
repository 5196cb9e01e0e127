"""A proxy on this machine for programs with Amazon's addresses written into them."""
