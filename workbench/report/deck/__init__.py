"""A wave as slides and as a document: its findings as titles, the charts that prove them, its tables behind them."""
