"""Running the chapters of waves: chain, kernels, keys."""
