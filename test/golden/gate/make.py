# Writes the golden files beside it: predictions of real models on held-out rows of real data, and what scikit-learn, SciPy and
# statsmodels say of them. Run in an environment with scikit-learn 1.9.1, SciPy 1.17.1 and statsmodels 0.15.0:
#
#     python test/golden/gate/make.py
import csv
import json
import pathlib

import numpy as np
from scipy import stats
from sklearn import datasets, linear_model, metrics, model_selection, naive_bayes, neighbors, pipeline, preprocessing, tree
from sklearn.calibration import calibration_curve
from statsmodels.stats.contingency_tables import mcnemar

here = pathlib.Path(__file__).parent
MASK = 0xFFFFFFFF
SEED, ROUNDS, CONFIDENCE = 20_240_229, 200, 0.95


class Sfc32(np.random.RandomState):
    """Chris Doty-Humphrey's generator, handing out rows as the gate draws them, so that SciPy's bootstrap sees the same."""

    def start(self, seed):
        self.state = (0, seed, 0, 1)
        for _ in range(12):
            self.next()
        return self

    def next(self):
        a, b, c, counter = self.state
        total = (a + b + counter) & MASK
        self.state = (b ^ (b >> 9), (c + (c << 3)) & MASK, ((((c << 21) & MASK) | (c >> 11)) + total) & MASK, (counter + 1) & MASK)
        return total

    def randint(self, low, high=None, size=None, dtype=int, **_):
        count = int(np.prod(size))
        scale = high / 2**32
        return np.array([int(self.next() * scale) for _ in range(count)], dtype=np.int64).reshape(size)


def ece(y, scores, labels, weight):
    best = scores.argmax(1)
    confidence, right = scores[np.arange(len(y)), best], (labels[best] == y).astype(float)
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], confidence)
    per_bin = [abs(np.sum(weight[bins == b] * (right - confidence)[bins == b])) for b in range(10)]
    value = sum(per_bin) / weight.sum()
    if np.all(weight == 1):
        true, predicted = calibration_curve(right, confidence, n_bins=10, strategy="uniform")
        sizes = np.bincount(bins, minlength=10)
        assert abs(sum(np.abs(true - predicted) * sizes[sizes > 0]) / len(y) - value) < 1e-12
    return value


def classification(y, predicted, scores, labels, weight):
    given = dict(sample_weight=weight, zero_division=0)
    values = {"n": len(y), "accuracy": metrics.accuracy_score(y, predicted, sample_weight=weight)}
    averages = ["macro", "weighted"] + (["binary"] if len(labels) == 2 else [])
    for average in averages:
        for name, of in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)):
            key = name if average == "binary" else f"{name}_{average}"
            extra = dict(pos_label=labels[1]) if average == "binary" else {}
            if average == "binary" and labels[1] not in set(y) | set(predicted):
                continue
            values[key] = of(y, predicted, average=average, **extra, **given)
    if set(y) == set(labels):
        if len(labels) == 2:
            values["roc_auc"] = metrics.roc_auc_score(y, scores[:, 1], sample_weight=weight)
        else:
            # scikit-learn takes weights for several classes only as one-versus-rest, by hand here as it says it does.
            values["roc_auc"] = np.mean([metrics.roc_auc_score(y == label, scores[:, at], sample_weight=weight) for at, label in enumerate(labels)])
            if np.all(weight == 1):
                assert abs(values["roc_auc"] - metrics.roc_auc_score(y, scores, multi_class="ovr", average="macro")) < 1e-12
    values["log_loss"] = metrics.log_loss(y, scores, labels=labels, sample_weight=weight)
    values["calibration_error"] = ece(y, scores, labels, weight)
    return values


def regression(y, predicted, weight):
    values = {
        "n": len(y),
        "mae": metrics.mean_absolute_error(y, predicted, sample_weight=weight),
        "rmse": metrics.root_mean_squared_error(y, predicted, sample_weight=weight),
    }
    if len(set(y)) > 1:
        values["r2"] = metrics.r2_score(y, predicted, sample_weight=weight)
    return values


def write(name, columns):
    with open(here / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(zip(*columns.values()))


def case(name, data, candidate, baseline, group, weights=None, random_state=7):
    X_train, X_test, y_train, y = model_selection.train_test_split(data.data, data.target, test_size=0.3, random_state=random_state)
    is_regression = name == "diabetes"
    labels = None if is_regression else np.unique(data.target)
    weight = np.ones(len(y)) if weights is None else weights(X_test)
    groups = group(X_test)
    sides = {}
    for side, model in (("candidate", candidate), ("baseline", baseline)):
        model.fit(X_train, y_train)
        predicted = model.predict(X_test)
        scores = None if is_regression else model.predict_proba(X_test)
        columns = {"id": [f"row {i}" for i in range(len(y))], "y_true": [repr(v.item()) for v in y], "y_pred": [repr(v.item()) for v in predicted]}
        if scores is not None and len(labels) == 2:
            scores = np.column_stack([1 - scores[:, 1], scores[:, 1]])
            columns["score"] = [repr(float(v)) for v in scores[:, 1]]
        elif scores is not None:
            columns |= {f"score_{label}": [repr(float(v)) for v in scores[:, at]] for at, label in enumerate(labels)}
        columns["group"] = groups
        if weights is not None:
            columns["weight"] = [repr(float(w)) for w in weight]
        write(f"{name}-{side}.csv", columns)
        measured = lambda rows: regression(y[rows], predicted[rows], weight[rows]) if is_regression else classification(y[rows], predicted[rows], scores[rows], labels, weight[rows])
        slices = {f"group={each}": measured(groups == each) for each in np.unique(groups)}
        for at, label in enumerate([] if is_regression else labels):
            given = dict(labels=[label], average="macro", sample_weight=weight, zero_division=0)
            slices[f"class={label}"] = {
                "n": int(np.sum(y == label)),
                "precision": metrics.precision_score(y, predicted, **given),
                "recall": metrics.recall_score(y, predicted, **given),
                "f1": metrics.f1_score(y, predicted, **given),
            }
        sides[side] = {"values": measured(np.ones(len(y), bool)), "slices": slices}
        if not is_regression:
            sides[side]["confusion"] = metrics.confusion_matrix(y, predicted, sample_weight=weight).tolist()
        sides[side]["raw"] = (predicted, scores)

    (p1, s1), (p2, s2) = sides["candidate"].pop("raw"), sides["baseline"].pop("raw")
    expected = dict(sides)
    if not is_regression:
        a, b = p1 == y, p2 == y
        table = [[int(np.sum(a & b)), int(np.sum(a & ~b))], [int(np.sum(~a & b)), int(np.sum(~a & ~b))]]
        gained, lost = table[0][1], table[1][0]
        expected["mcnemar"] = {"gained": gained, "lost": lost, "pValue": float(mcnemar(table, exact=gained + lost < 25, correction=True).pvalue)}

    # The order of content in which the gate draws rows.
    coded = np.unique(groups, return_inverse=True)[1]
    keys = [y, p1, p2, weight, coded] + ([] if is_regression else [*s1.T, *s2.T])
    order = np.lexsort(keys[::-1])
    y, p1, p2, weight, coded = (each[order] for each in (y, p1, p2, weight, coded))
    if not is_regression:
        s1, s2 = s1[order], s2[order]

    if is_regression:
        of = {
            "mae": lambda rows, p, s: metrics.mean_absolute_error(y[rows], p[rows], sample_weight=weight[rows]),
            "r2": lambda rows, p, s: metrics.r2_score(y[rows], p[rows], sample_weight=weight[rows]),
        }
    else:
        of = {
            "accuracy": lambda rows, p, s: metrics.accuracy_score(y[rows], p[rows], sample_weight=weight[rows]),
            "f1_macro": lambda rows, p, s: metrics.f1_score(y[rows], p[rows], average="macro", sample_weight=weight[rows], zero_division=0),
            "log_loss": lambda rows, p, s: metrics.log_loss(y[rows], s[rows], labels=labels, sample_weight=weight[rows]),
        }
        if len(labels) == 2:
            of["roc_auc"] = lambda rows, p, s: metrics.roc_auc_score(y[rows], s[rows][:, 1], sample_weight=weight[rows])
    intervals = {}
    for metric, value in of.items():
        for how in ("alone", "paired"):
            def statistic(rows, value=value, how=how):
                ours = value(rows, p1, s1)
                return ours if how == "alone" else ours - value(rows, p2, s2)

            found = stats.bootstrap(
                (np.arange(len(y)),), statistic, n_resamples=ROUNDS, vectorized=False, method="percentile",
                confidence_level=CONFIDENCE, random_state=Sfc32().start(SEED),
            ).confidence_interval
            intervals[f"{metric} {how}"] = {"low": float(found.low), "high": float(found.high)}
    expected["bootstrap"] = {"rounds": ROUNDS, "seed": SEED, "confidence": CONFIDENCE, "intervals": intervals}
    (here / f"{name}.json").write_text(json.dumps(expected, indent=1, default=float) + "\n")


def scaled(model):
    return pipeline.make_pipeline(preprocessing.StandardScaler(), model)


case(
    "digits", datasets.load_digits(), scaled(linear_model.LogisticRegression(C=0.01, max_iter=500)), naive_bayes.GaussianNB(),
    lambda X: np.where(X.mean(1) > 5, "much ink", "little ink"),
)
case(
    "breast-cancer", datasets.load_breast_cancer(), scaled(linear_model.LogisticRegression()), tree.DecisionTreeClassifier(max_depth=3, random_state=0),
    lambda X: np.array(["small", "middle", "large"])[np.digitize(X[:, 0], [12, 15])], lambda X: 0.5 + X[:, 1] / 20,
)
case("wine", datasets.load_wine(), neighbors.KNeighborsClassifier(5), scaled(linear_model.LogisticRegression(C=0.01)), lambda X: np.where(X[:, 0] > 13, "strong", "light"))
case(
    "diabetes", datasets.load_diabetes(), linear_model.LinearRegression(), neighbors.KNeighborsRegressor(5),
    lambda X: np.where(X[:, 1] > 0, "one", "other"), lambda X: 1 + np.abs(X[:, 2]) * 10,
)

tables = [(0, 0), (1, 0), (5, 2), (10, 10), (3, 17), (24, 0), (12, 12), (13, 12), (20, 40), (300, 200), (5, 900), (1000, 1003)]
found = [
    {"gained": gained, "lost": lost, "pValue": float(mcnemar([[7, gained], [lost, 9]], exact=gained + lost < 25, correction=True).pvalue) if gained + lost else 1.0}
    for gained, lost in tables
]
(here / "mcnemar.json").write_text(json.dumps(found, indent=1) + "\n")
