"""Trains a digit reader on scikit-learn's own data and says how well it reads digits that it has not seen."""

import json
import os
import pathlib

import joblib
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import shuffle

params = json.loads(pathlib.Path(os.environ["PARAMS_FILE"]).read_text())

images, digits = load_digits(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(images, digits, test_size=0.25, random_state=7, stratify=digits)
if params["shuffle_labels"]:
    train_y = shuffle(train_y, random_state=7)

model = make_pipeline(StandardScaler(), LogisticRegression(C=params["C"], max_iter=params["max_iter"]))
model.fit(train_x, train_y)

metrics = {
    "accuracy": accuracy_score(test_y, model.predict(test_x)),
    "log_loss": log_loss(test_y, model.predict_proba(test_x)),
    "n": len(test_y),
}
print(f"read {len(test_y)} unseen digits: accuracy {metrics['accuracy']:.4f}, log loss {metrics['log_loss']:.4f}")

path = pathlib.Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
joblib.dump(model, path)
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps(metrics))
