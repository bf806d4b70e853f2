"""Are the two clusters the two that a look at the data shows? Asked of the class that will serve them."""

import json
import os
import pathlib

from src.cluster_model import ClusterModel

left, right = [[1, 1], [2, 3], [0, 4]], [[9, 1], [11, 3], [10, 5]]
found = ClusterModel().predict(left + right).ravel().tolist()
apart = found[:3] == [found[0]] * 3 and found[3:] == [found[3]] * 3 and found[0] != found[3]
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps({"apart": int(apart), "n": len(found)}))
