import os

import numpy as np
from joblib import load

from src.prediction_service_base import PredictionServiceBase


class ClusterModel(PredictionServiceBase):
    """Two numbers in, the number of their cluster out."""

    def __init__(self):
        self._model = load(os.environ["MODEL_PATH"])

    def predict(self, X: np.ndarray, *args) -> np.ndarray:
        # A column, not a list: Seldon's answers have at least two dimensions.
        return self._model.predict(np.asarray(X, dtype=float)).reshape(-1, 1)
