"""A study's own chapters: notebooks in its folder ``chapters`` that run and are published with the report's."""
