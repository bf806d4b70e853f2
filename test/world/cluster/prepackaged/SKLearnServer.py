"""Own server with the interface that Seldon documents for SKLEARN_SERVER: <model_uri>/model.joblib, parameter method."""
import os

import joblib


class SKLearnServer:
    def __init__(self, model_uri=None, method="predict_proba"):
        self.model_uri, self.method, self.ready = model_uri or "/mnt/models", method, False

    def load(self):
        self.model = joblib.load(os.path.join(self.model_uri.removeprefix("file://"), "model.joblib"))
        self.ready = True

    def predict(self, X, names=None, meta=None):
        if not self.ready:
            self.load()
        return getattr(self.model, self.method)(X)
