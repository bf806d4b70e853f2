import threading

import numpy as np


class EpsilonGreedy:
    """A router that learns: mostly it asks the child that was worth most so far, and now and then any of them.

    It learns from feedback alone: `reward` from 0 to 1, and the routing that came with the answer. What it has learnt is in
    memory, so it starts afresh with its pod, and one replica of it should serve.
    """

    def __init__(self, n_branches=2, epsilon=0.1, seed=None):
        self.epsilon = float(epsilon)
        self.random = np.random.default_rng(seed)
        self.tries = np.zeros(int(n_branches))
        self.rewards = np.zeros(int(n_branches))
        self.lock = threading.Lock()

    def route(self, features, feature_names=None):
        with self.lock:
            if self.random.random() < self.epsilon:
                return int(self.random.integers(len(self.tries)))
            means = self.means()
            return int(self.random.choice(np.flatnonzero(means == means.max())))

    def send_feedback(self, features, feature_names, reward, truth, routing=None):
        if routing is None or not 0 <= routing < len(self.tries):
            return
        with self.lock:
            self.tries[routing] += 1
            self.rewards[routing] += reward

    def means(self):
        # A child without any feedback counts as the best, so that each is tried.
        return np.where(self.tries == 0, 1.0, self.rewards / np.maximum(self.tries, 1))

    def metrics(self):
        return [
            {"type": "GAUGE", "key": f"bandit_{what}", "value": float(value), "tags": {"branch": str(branch)}}
            for what, values in (("tries", self.tries), ("mean_reward", self.means()))
            for branch, value in enumerate(values)
        ]
