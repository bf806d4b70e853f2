import os

import numpy as np
import torch

from network import Network


class TorchMnist:
    """Twenty-eight by twenty-eight grey values from 0 to 255 in, ten probabilities out; the rows may be flat."""

    def load(self):
        self.model = Network()
        # Tensors and nothing else: what is loaded can not run.
        self.model.load_state_dict(torch.load(os.environ["MODEL_PATH"], weights_only=True))
        self.model.eval()

    def pre_process(self, X):
        pixels = torch.as_tensor(np.asarray(X, dtype=np.float32)).reshape(-1, 1, 28, 28) / 255
        return (pixels - 0.1307) / 0.3081

    def predict(self, X, names=None, meta=None):
        if not hasattr(self, "model"):
            self.load()
        with torch.no_grad():
            return torch.softmax(self.model(self.pre_process(X)), dim=1).numpy()
