"""What leaves the workbench as files for people and systems."""
