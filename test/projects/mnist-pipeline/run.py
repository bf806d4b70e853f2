"""The training half of the pipeline: importer, normalizer, trainer. The parameters are flags."""

import argparse
import json
import os
import pathlib

import numpy as np

import network
from digits import importer, normalizer

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, required=True)
parser.add_argument("--batch_size", type=int, required=True)
parser.add_argument("--learning_rate", type=float, required=True)
parser.add_argument("--momentum", type=float, required=True)
args = parser.parse_args()

train_x, test_x, train_y, test_y = importer()
mean, spread = normalizer(train_x)
losses = []


def each(epoch, weights):
    found, _ = network.forward(weights, (train_x - mean) / spread)
    losses.append(float(-np.log(found[np.arange(len(train_y)), train_y] + 1e-12).mean()))
    print(f"epoch {epoch + 1} of {args.epochs}: loss {losses[-1]:.4f}")


weights = network.train((train_x - mean) / spread, train_y, **vars(args), rng=np.random.default_rng(7), each=each)

path = pathlib.Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
np.savez(path, mean=mean, spread=spread, **weights)
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps({"train_loss": losses[-1], "series": {"loss": losses}}))
