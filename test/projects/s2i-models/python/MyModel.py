import numpy as np


class MyModel(object):
    """The identity function, times a factor that the graph's parameters may give it."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def predict(self, X, features_names=None):
        return np.asarray(X) * self.factor
