class MLScore:
    """The identity function, as a class that Seldon's wrapper serves."""

    def predict(self, X, features_names=None, meta=None):
        return X
