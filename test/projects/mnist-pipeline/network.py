"""One hidden layer in plain NumPy, trained by stochastic gradient descent with momentum."""

import numpy as np


def begin(inputs, hidden, outputs, rng):
    return {
        "w1": rng.normal(0, np.sqrt(2 / inputs), (inputs, hidden)),
        "b1": np.zeros(hidden),
        "w2": rng.normal(0, np.sqrt(1 / hidden), (hidden, outputs)),
        "b2": np.zeros(outputs),
    }


def forward(weights, x):
    """Rows of pixels to rows of probabilities; the hidden layer too, for the way back."""
    hidden = np.maximum(x @ weights["w1"] + weights["b1"], 0)
    logits = hidden @ weights["w2"] + weights["b2"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), hidden


def slopes(weights, x, wanted):
    found, hidden = forward(weights, x)
    error = (found - wanted) / len(x)
    back = (error @ weights["w2"].T) * (hidden > 0)
    return {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ error, "b2": error.sum(axis=0)}


def train(x, y, *, epochs, batch_size, learning_rate, momentum, rng, each=lambda epoch, weights: None):
    weights = begin(x.shape[1], 32, 10, rng)
    speed = {name: np.zeros_like(value) for name, value in weights.items()}
    wanted = np.eye(10)[y]
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            for name, slope in slopes(weights, x[rows], wanted[rows]).items():
                speed[name] = momentum * speed[name] - learning_rate * slope
                weights[name] += speed[name]
        each(epoch, weights)
    return weights
