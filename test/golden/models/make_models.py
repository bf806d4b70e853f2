"""Writes the model files that the pickle walk is tested with: benign ones of many estimators, and evil ones.

    python make_models.py good FOLDER     needs scikit-learn, joblib and, where they are, xgboost and lightgbm
    python make_models.py evil FOLDER     needs numpy and joblib

The files of `.numpy-2.` and `.sklearn-0.24.` were written by the same program with NumPy 2, and with scikit-learn 0.24.2 on Python 3.8.

Nothing of what it writes is ever loaded by the project: the evil files would run `true` by a shell.
"""

import gzip
import io
import lzma
import os
import pickle
import sys
import zlib

import joblib
import numpy as np


def identity(x):
    return x


def estimators():
    # In 0.24 these have to be asked for before; later it does nothing.
    from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.cluster import DBSCAN, KMeans
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.decomposition import NMF, PCA, TruncatedSVD
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import (
        AdaBoostClassifier,
        BaggingClassifier,
        ExtraTreesClassifier,
        GradientBoostingClassifier,
        GradientBoostingRegressor,
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        IsolationForest,
        RandomForestClassifier,
        RandomForestRegressor,
        StackingClassifier,
        VotingClassifier,
    )
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.feature_selection import SelectKBest, f_classif
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF
    from sklearn.impute import KNNImputer, SimpleImputer
    from sklearn.isotonic import IsotonicRegression
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import (
        ElasticNet,
        Lasso,
        LinearRegression,
        LogisticRegression,
        LogisticRegressionCV,
        PoissonRegressor,
        Ridge,
        SGDClassifier,
        SGDRegressor,
    )
    from sklearn.mixture import GaussianMixture
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.naive_bayes import GaussianNB, MultinomialNB
    from sklearn.neighbors import KernelDensity, KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import FeatureUnion, make_pipeline
    from sklearn.preprocessing import (
        FunctionTransformer,
        LabelEncoder,
        MinMaxScaler,
        OneHotEncoder,
        OrdinalEncoder,
        PolynomialFeatures,
        QuantileTransformer,
        StandardScaler,
    )
    from sklearn.svm import SVC, SVR, LinearSVC
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    rng = np.random.RandomState(0)
    x = rng.rand(40, 4)
    y = (x[:, 0] + x[:, 1] * 2 > 1.4).astype(int)
    t = x @ np.array([1.0, 2.0, 3.0, 4.0])
    words = ["the cat", "a dog", "the dog", "a cat sat"] * 10
    names = np.array([["a", "b"], ["b", "c"]] * 20, dtype=object)
    lr = LogisticRegression
    return {
        "logistic-regression": lr().fit(x, y),
        "logistic-regression-text-classes": lr().fit(x, np.array(["no", "yes"])[y]),
        "logistic-regression-object-classes": lr().fit(x, np.array(["no", "yes"], dtype=object)[y]),
        "logistic-regression-cv": LogisticRegressionCV(Cs=2, cv=2).fit(x, y),
        "linear-regression": LinearRegression().fit(x, t),
        "ridge": Ridge().fit(x, t),
        "lasso": Lasso().fit(x, t),
        "elastic-net": ElasticNet().fit(x, t),
        "poisson": PoissonRegressor().fit(x, t),
        "sgd-classifier": SGDClassifier(loss="modified_huber", random_state=0).fit(x, y),
        "sgd-hinge": SGDClassifier(random_state=np.random.RandomState(1)).fit(x, y),
        "sgd-regressor": SGDRegressor(random_state=0).fit(x, t),
        "tree": DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y),
        "tree-regressor": DecisionTreeRegressor(max_depth=2, random_state=0).fit(x, t),
        "random-forest": RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0).fit(x, y),
        "random-forest-regressor": RandomForestRegressor(n_estimators=2, max_depth=2, random_state=0).fit(x, t),
        "extra-trees": ExtraTreesClassifier(n_estimators=2, max_depth=2, random_state=0).fit(x, y),
        "gradient-boosting": GradientBoostingClassifier(n_estimators=2, max_depth=1, random_state=0).fit(x, y),
        "gradient-boosting-regressor": GradientBoostingRegressor(n_estimators=2, max_depth=1).fit(x, t),
        "hist-gradient-boosting": HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=3).fit(x, y),
        "hist-gradient-boosting-regressor": HistGradientBoostingRegressor(max_iter=2, max_leaf_nodes=3).fit(x, t),
        "ada-boost": AdaBoostClassifier(n_estimators=2, random_state=0).fit(x, y),
        "bagging": BaggingClassifier(n_estimators=2, random_state=0).fit(x, y),
        "isolation-forest": IsolationForest(n_estimators=2, max_samples=8, random_state=0).fit(x),
        "stacking": StackingClassifier([("a", lr()), ("b", GaussianNB())], cv=2).fit(x, y),
        "voting": VotingClassifier([("a", lr()), ("b", GaussianNB())]).fit(x, y),
        "svc": SVC(probability=False).fit(x, y),
        "svr": SVR().fit(x, t),
        "linear-svc": LinearSVC().fit(x, y),
        "k-neighbors": KNeighborsClassifier(algorithm="kd_tree").fit(x, y),
        "k-neighbors-ball": KNeighborsRegressor(algorithm="ball_tree").fit(x, t),
        "k-neighbors-brute": KNeighborsClassifier(algorithm="brute", metric="cosine").fit(x, y),
        "nearest-centroid": NearestCentroid().fit(x, y),
        "kernel-density": KernelDensity().fit(x),
        "naive-bayes": GaussianNB().fit(x, y),
        "multinomial-naive-bayes": MultinomialNB().fit(x, y),
        "mlp": MLPClassifier((3,), max_iter=3, random_state=0).fit(x, y),
        "gaussian-process": GaussianProcessRegressor(RBF()).fit(x[:8], t[:8]),
        "kernel-ridge": KernelRidge().fit(x[:8], t[:8]),
        "isotonic": IsotonicRegression(out_of_bounds="clip").fit(x[:, 0], t),
        "calibrated": CalibratedClassifierCV(GaussianNB(), cv=2).fit(x, y),
        "grid-search": GridSearchCV(lr(), {"C": [0.1, 1.0]}, cv=2).fit(x, y),
        "randomized-search": RandomizedSearchCV(lr(), {"C": [0.1, 1.0]}, n_iter=2, cv=2).fit(x, y),
        "one-vs-rest": OneVsRestClassifier(lr()).fit(x, y),
        "multi-output": MultiOutputRegressor(Ridge()).fit(x, np.c_[t, t]),
        "transformed-target": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(x, t),
        "k-means": KMeans(2, n_init=1, random_state=0).fit(x),
        "dbscan": DBSCAN().fit(x),
        "gaussian-mixture": GaussianMixture(2, random_state=0).fit(x),
        "pca": PCA(2).fit(x),
        "nmf": NMF(2, max_iter=500).fit(x),
        "truncated-svd": TruncatedSVD(2).fit(x),
        "lda": LinearDiscriminantAnalysis().fit(x, y),
        "dummy": DummyClassifier().fit(x, y),
        "select-k-best": SelectKBest(f_classif, k=2).fit(x, y),
        "pipeline": make_pipeline(StandardScaler(), PolynomialFeatures(), lr(max_iter=500)).fit(x, y),
        "feature-union": FeatureUnion([("a", PCA(1)), ("b", MinMaxScaler())]).fit(x),
        "column-transformer": ColumnTransformer(
            [("a", StandardScaler(), [0, 1]), ("b", OneHotEncoder(), [2])], remainder="passthrough"
        ).fit(np.c_[x[:, :2], x[:, 2] > 0.5]),
        "function-transformer": make_pipeline(FunctionTransformer(np.log1p), Ridge()).fit(x, t),
        "one-hot": OneHotEncoder(handle_unknown="ignore").fit(names),
        "ordinal": OrdinalEncoder().fit(names),
        "label-encoder": LabelEncoder().fit(names[:, 0]),
        "quantile": QuantileTransformer(n_quantiles=5).fit(x),
        "simple-imputer": SimpleImputer().fit(x),
        "knn-imputer": KNNImputer().fit(x),
        "tfidf": make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(words, y),
        "count": CountVectorizer().fit(words),
        "array": x,
        "masked-array": np.ma.masked_array([1, 2], mask=[0, 1]),
        "structured-array": np.zeros(3, dtype=[("a", "i4"), ("b", "f8", (2,))]),
        "object-array": np.array([None, "a", {"b": [1, 2]}], dtype=object),
        "dates": np.array(["2024-01-01"], dtype="M8[D]"),
        "fortran-array": np.asfortranarray(x),
        "scalars": {"a": np.float64(1.5), "b": np.int32(2), "c": (True, None, 2**70, b"x", 1j, {1}, frozenset([2]))},
        "generator": np.random.default_rng(0),
    }


def boosters():
    rng = np.random.RandomState(0)
    x = rng.rand(40, 4)
    y = (x[:, 0] > 0.5).astype(int)
    found = {}
    try:
        from xgboost import XGBClassifier

        found["xgboost"] = XGBClassifier(n_estimators=2, max_depth=1).fit(x, y)
    except ImportError:
        pass
    try:
        from lightgbm import LGBMClassifier

        found["lightgbm"] = LGBMClassifier(n_estimators=2, max_depth=2, num_leaves=3, verbose=-1).fit(x, y)
    except ImportError:
        pass
    return found


def good(folder):
    models = {**estimators(), **boosters()}
    for name, model in models.items():
        joblib.dump(model, os.path.join(folder, name + ".joblib"))
    for name in ("logistic-regression", "pipeline", "random-forest"):
        model = models[name]
        joblib.dump(model, os.path.join(folder, name + ".zlib.joblib"), compress=("zlib", 3))
        joblib.dump(model, os.path.join(folder, name + ".gzip.joblib"), compress=("gzip", 3))
        for protocol in (0, 2, 4, 5):
            with open(os.path.join(folder, f"{name}.{protocol}.pickle"), "wb") as file:
                pickle.dump(model, file, protocol=protocol)


class Evil:
    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def raw(module, name, *args):
    """A pickle that calls what may not be importable here."""
    out = b"\x80\x02c" + module.encode() + b"\n" + name.encode() + b"\n("
    for each in args:
        out += pickle.dumps(each, protocol=2)[2:-1]
    return out + b"tR."


def joblib_bytes(value, **options):
    out = io.BytesIO()
    joblib.dump(value, out, **options)
    return out.getvalue()


def evil(folder):
    run = Evil(os.system, "true")
    array = np.arange(6.0)
    after = joblib_bytes([array, run])
    files = {
        "os-system.pickle": pickle.dumps(run),
        "os-system.0.pickle": pickle.dumps(run, protocol=0),
        "os-system.joblib": joblib_bytes(run),
        "after-array.joblib": after,
        "zlib.joblib": joblib_bytes(run, compress=("zlib", 3)),
        "zlib-after-array.joblib": joblib_bytes([array, run], compress=("zlib", 3)),
        "gzip-after-array.joblib": joblib_bytes([array, run], compress=("gzip", 3)),
        "in-object-array.joblib": joblib_bytes(np.array([1, run], dtype=object)),
        "lzma.joblib": joblib_bytes([array], compress=("lzma", 3)),
        "lzma-evil.joblib": lzma.compress(after),
        "bz2.joblib": joblib_bytes([array], compress=("bz2", 3)),
        "numpy-runstring.pickle": raw("numpy.testing._private.utils", "runstring", "print(1)", {}),
        "numpy-getlincoef.pickle": raw("numpy.f2py.crackfortran", "getlincoef", "print(1)", {}),
        "numpy-load.pickle": raw("numpy", "load", "/etc/passwd", None, True),
        "numpy-memmap.pickle": raw("numpy", "memmap", "/tmp/x", "u1", "w+"),
        "joblib-load.pickle": raw("joblib", "load", "/tmp/x"),
        "joblib-load-private.pickle": raw("joblib.numpy_pickle", "load", "/tmp/x"),
        "getattr.pickle": raw("builtins", "getattr", "a", "b"),
        "eval.pickle": raw("builtins", "eval", "1"),
        "eval-python-2.pickle": raw("__builtin__", "eval", "1"),
        "partial.pickle": raw("functools", "partial", print),
        "dotted-name.pickle": b"\x80\x04\x8c\x0csklearn.base\x8c\x13BaseEstimator.a.sys\x93.",
        "codec.pickle": raw("_codecs", "encode", "x", "idna"),
        "stack-global-by-memo.pickle": b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x04true\x85R.",
        "inst.pickle": b"(S'true'\nios\nsystem\n.",
        "obj.pickle": b"(cos\nsystem\nS'true'\no.",
        "extension.pickle": b"\x80\x02\x82\x01.",
        "persistent.pickle": b"\x80\x02U\x01aQ.",
        "buffer.pickle": b"\x80\x05\x97.",
        "second-pickle.pickle": pickle.dumps([1]) + pickle.dumps(run),
        "call-estimator.pickle": raw("sklearn.datasets._base", "load_files", "/"),
        "sklearn-callable-class.pickle": raw("sklearn.utils._testing", "TempMemmap", [1]),
        "sub-reconstruct.pickle": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncos\nsystem\nK\x00\x85U\x01b\x87R.",
        "cut.pickle": pickle.dumps(list(range(100)))[:50],
        "cut-array.joblib": joblib_bytes(array)[:-4],
        "lying-shape.joblib": joblib_bytes([array, 1]).replace(b"K\x06\x85", b"K\x07\x85"),
        "after-gzip.joblib": gzip.compress(pickle.dumps([1]), mtime=0) + gzip.compress(pickle.dumps(run), mtime=0),
        "zlib-of-zlib.joblib": zlib.compress(zlib.compress(pickle.dumps(run))),
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    {"good": good, "evil": evil}[kind](folder)
