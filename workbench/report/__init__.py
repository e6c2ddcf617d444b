"""From an opened wave to published pages: the chain of chapters, their execution, and the site."""
