"""Trains a random forest that reads digits."""

import json
import os
import pathlib

import joblib
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

images, digits = load_digits(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(images, digits, test_size=0.25, random_state=7, stratify=digits)
model = RandomForestClassifier(n_estimators=int(os.environ["PARAM_TREES"]), random_state=7).fit(train_x, train_y)
path = pathlib.Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
joblib.dump(model, path)
accuracy = model.score(test_x, test_y)
print(f"random forest: accuracy {accuracy:.4f} on {len(test_y)} unseen digits")
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps({"accuracy": accuracy, "n": len(test_y)}))
