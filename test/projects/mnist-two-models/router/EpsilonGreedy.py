import random
import threading


class EpsilonGreedy:
    """
    Sends most requests to the branch whose rewards were best so far, and a share of them (epsilon) anywhere.

    What it has learned lives in this one process: run one replica with one worker, or each learns by itself.
    """

    def __init__(self, n_branches=2, epsilon=0.1, seed=None):
        if n_branches < 1:
            raise ValueError(f"n_branches must be 1 or more, not {n_branches}")
        if not 0 <= epsilon <= 1:
            raise ValueError(f"epsilon must lie between 0 and 1, not {epsilon}")
        self.epsilon = float(epsilon)
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.tries = [0] * int(n_branches)
        self.rewards = [0.0] * int(n_branches)

    def value(self, branch):
        # A branch that nobody has tried counts as the best: each is tried early.
        return self.rewards[branch] / self.tries[branch] if self.tries[branch] else float("inf")

    def route(self, features, feature_names=None):
        with self.lock:
            branches = range(len(self.tries))
            if self.random.random() < self.epsilon:
                return self.random.choice(branches)
            best = max(self.value(branch) for branch in branches)
            return self.random.choice([branch for branch in branches if self.value(branch) == best])

    def send_feedback(self, features, feature_names, reward, truth, routing=None):
        if routing is None or not 0 <= routing < len(self.tries):
            return
        with self.lock:
            self.tries[routing] += 1
            self.rewards[routing] += float(reward)

    def metrics(self):
        with self.lock:
            return [
                {"type": "GAUGE", "key": f"branch_{branch}_tries", "value": tries}
                for branch, tries in enumerate(self.tries)
            ]
