from abc import ABC, abstractmethod


class CustomModel(ABC):
    """What a model of one's own has to do: load itself, and predict. Seldon's wrapper calls load before the first request."""

    loaded = False

    @abstractmethod
    def load(self):
        """Reads the model that MODEL_PATH names."""

    @abstractmethod
    def scores(self, X):
        """Rows as the network wants them in, a row of probabilities each out."""

    def pre_process(self, X):
        """From what clients send to what the network was trained on. Left out, they are the same."""
        return X

    def post_process(self, scores):
        return scores

    def predict(self, X, names=None, meta=None):
        if not self.loaded:
            self.load()
            self.loaded = True
        return self.post_process(self.scores(self.pre_process(X)))
