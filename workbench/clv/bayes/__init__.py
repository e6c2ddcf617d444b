"""Groups that borrow from each other, and the posterior of parameters; sampled by PyMC where it is installed."""
