import os

import joblib


class DigitsModel:
    """Eight by eight grey values in, ten probabilities out: what Seldon's Python wrapper serves."""

    def load(self):
        self.model = joblib.load(os.environ["MODEL_PATH"])

    def predict(self, X, names=None, meta=None):
        if not hasattr(self, "model"):
            self.load()
        return self.model.predict_proba(X)

    def class_names(self):
        return [f"digit {digit}" for digit in range(10)]
