"""Models held against what happened and against simple rules."""
