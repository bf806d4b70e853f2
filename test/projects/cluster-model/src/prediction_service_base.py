from abc import ABC, abstractmethod

import numpy as np


class PredictionServiceBase(ABC):
    """What every prediction service of the team has, whatever library its model is of."""

    @abstractmethod
    def __init__(self):
        """Loads the model."""

    @abstractmethod
    def predict(self, X: np.ndarray, *args) -> np.ndarray:
        """Rows in, a row for each out."""
