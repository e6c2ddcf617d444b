"""``python -m workbench.cli``: the command line without its installed script."""

from workbench.cli import main

main()
