"""Learns what ten digits look like: the mean of what it has seen of each. No packages, and done in a blink."""

import json
import math
import os
import pathlib
import random

params = json.loads(pathlib.Path(os.environ["PARAMS_FILE"]).read_text())
draw = random.Random(7)
shapes = [[draw.uniform(2, 14) for _ in range(64)] for _ in range(10)]


def seen(count):
    """Digits and their pixels, eight by eight, as a poor scanner reads them."""
    for at in range(count):
        yield at % 10, [grey + draw.gauss(0, 7) for grey in shapes[at % 10]]


def probabilities(pixels):
    far = [sum((a - b) ** 2 for a, b in zip(pixels, mean)) for mean in means]
    near = [math.exp(params["sharpness"] * (min(far) - each)) for each in far]
    return [each / sum(near) for each in near]


rows = list(seen(200))
labels = [digit for digit, _ in rows]
if params["shuffle_labels"]:
    draw.shuffle(labels)
means = [[0.0] * 64 for _ in range(10)]
for digit, (_, pixels) in zip(labels, rows):
    means[digit] = [mean + grey / 20 for mean, grey in zip(means[digit], pixels)]

unseen = [(digit, probabilities(pixels)) for digit, pixels in seen(400)]
metrics = {
    "accuracy": sum(found.index(max(found)) == digit for digit, found in unseen) / len(unseen),
    "log_loss": sum(-math.log(max(found[digit], 1e-12)) for digit, found in unseen) / len(unseen),
    "n": len(unseen),
}
print(f"read {len(unseen)} unseen digits: accuracy {metrics['accuracy']:.4f}, log loss {metrics['log_loss']:.4f}")
path = pathlib.Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps({"means": means, "sharpness": params["sharpness"]}))
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps(metrics))
