import os

import joblib


class SkMnist:
    """Eight by eight grey values in, ten probabilities out."""

    def load(self):
        self.model = joblib.load(os.environ["MODEL_PATH"])

    def predict(self, X, features_names=None, meta=None):
        if not hasattr(self, "model"):
            self.load()
        return self.model.predict_proba(X)

    def class_names(self):
        return [f"digit {digit}" for digit in range(10)]
