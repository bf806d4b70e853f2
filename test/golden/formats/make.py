"""Writes small models by the libraries themselves, for the tests that tell formats by what stands in a file.

Run once, in two environments, since TensorFlow is large:
    pip install "xgboost-cpu==2.1.4" lightgbm==4.7.0 scikit-learn==1.9.1 pandas mlflow-skinny==3.17.2 && python make.py boosters
    pip install tensorflow-cpu==2.21.0 && python make.py tensorflow
"""

import pathlib
import shutil
import sys

here = pathlib.Path(__file__).parent


def boosters():
    import joblib
    import lightgbm
    import mlflow.sklearn
    import numpy
    import xgboost
    from sklearn.linear_model import LogisticRegression

    rows = numpy.random.default_rng(7).normal(size=(60, 3))
    labels = (rows[:, 0] > 0).astype(int)
    booster = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 2}, xgboost.DMatrix(rows, label=labels), num_boost_round=2
    )
    booster.save_model(here / "xgboost.json")
    booster.save_model(here / "xgboost.ubj")
    (here / "xgboost-2.1.bin").write_bytes(booster.save_raw(raw_format="deprecated"))
    trees = lightgbm.train(
        {"objective": "binary", "num_leaves": 4, "verbose": -1}, lightgbm.Dataset(rows, label=labels), num_boost_round=2
    )
    trees.save_model(str(here / "lightgbm.txt"))
    classifier = LogisticRegression().fit(rows, labels)
    joblib.dump(classifier, here / "sklearn.joblib")
    shutil.rmtree(here / "mlflow", ignore_errors=True)
    mlflow.sklearn.save_model(classifier, here / "mlflow", serialization_format="cloudpickle")


def tensorflow():
    import tensorflow

    class Double(tensorflow.Module):
        @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], tensorflow.float32)])
        def __call__(self, x):
            return 2 * x

    shutil.rmtree(here / "savedmodel", ignore_errors=True)
    tensorflow.saved_model.save(Double(), str(here / "savedmodel"))


{"boosters": boosters, "tensorflow": tensorflow}[sys.argv[1]]()
