"""Where the digits come from, and which of them training never sees."""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def importer():
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images, labels, test_size=0.25, random_state=7, stratify=labels)


def normalizer(images):
    """Mean and spread of the training's pixels: they travel with the model, so that serving sees what training saw."""
    return images.mean(), images.std()
