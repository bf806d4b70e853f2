"""Trains a small network by stochastic gradient descent on handwritten digits; settings come as flags."""

import argparse
import json
import os
import warnings
from pathlib import Path

import joblib
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

flags = argparse.ArgumentParser()
flags.add_argument("--epochs", type=int, default=60)
flags.add_argument("--batch-size", type=int, default=32)
flags.add_argument("--learning-rate", type=float, default=0.02)
flags.add_argument("--momentum", type=float, default=0.9)
given = flags.parse_args()

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7, stratify=y)

# The number of epochs is asked for: that it does not converge before is no news.
warnings.simplefilter("ignore", ConvergenceWarning)
network = MLPClassifier(
    hidden_layer_sizes=(32,),
    solver="sgd",
    max_iter=given.epochs,
    batch_size=given.batch_size,
    learning_rate_init=given.learning_rate,
    momentum=given.momentum,
    random_state=7,
)
model = make_pipeline(StandardScaler(), network).fit(X_train, y_train)

probabilities = model.predict_proba(X_test)
metrics = {
    "accuracy": accuracy_score(y_test, probabilities.argmax(axis=1)),
    "log_loss": log_loss(y_test, probabilities),
}
path = Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
joblib.dump(model, path)
Path(os.environ["METRICS_PATH"]).write_text(json.dumps(metrics))
print(metrics)
