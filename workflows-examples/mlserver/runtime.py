import os

import joblib
import numpy as np
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class DigitsRuntime(MLModel):
    """Eight by eight grey values in, ten probabilities out, over the V2 protocol."""

    async def load(self) -> bool:
        self.classifier = joblib.load(os.environ["MODEL_PATH"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        first = payload.inputs[0]
        rows = np.array(first.data).reshape(first.shape)
        answer = self.classifier.predict_proba(rows)
        output = ResponseOutput(name="digit", shape=list(answer.shape), datatype="FP64", data=answer.ravel().tolist())
        return InferenceResponse(model_name=self.name, outputs=[output])
