"""From a file of customers to a score: the only users of scikit-learn."""
