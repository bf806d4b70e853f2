import json
import os
import pathlib

import numpy


class DigitsModel:
    """Eight by eight grey values in, ten probabilities out."""

    def load(self):
        model = json.loads(pathlib.Path(os.environ["MODEL_PATH"]).read_text())
        self.means, self.sharpness = numpy.array(model["means"]), model["sharpness"]

    def predict(self, X, names=None, meta=None):
        if not hasattr(self, "means"):
            self.load()
        far = self.sharpness * ((numpy.asarray(X, float)[:, None, :] - self.means) ** 2).sum(axis=2)
        near = numpy.exp(far.min(axis=1, keepdims=True) - far)
        return near / near.sum(axis=1, keepdims=True)
