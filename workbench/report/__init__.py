"""From an opened wave to published pages: the chain of chapters, their execution, and the site."""

import sys

# nbformat's JSON Schema library would import a grammar that costs more than a second and is not used
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
