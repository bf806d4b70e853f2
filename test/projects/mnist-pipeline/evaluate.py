"""The evaluator: what the model that MODEL_PATH names makes of digits that it has not seen, by the class that will serve it."""

import json
import os
import pathlib

from digits import importer
from MnistModel import MnistModel

_, test_x, _, test_y = importer()
right = MnistModel().predict(test_x).argmax(axis=1) == test_y
metrics = {
    "accuracy": float(right.mean()),
    "n": len(test_y),
    "slices": {"recall": {f"class={digit}": float(right[test_y == digit].mean()) for digit in range(10)}},
}
print(f"read {len(test_y)} unseen digits: accuracy {metrics['accuracy']:.4f}")
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps(metrics))
