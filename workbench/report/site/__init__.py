"""Pages: blocks, rendering, publication and the index."""
