"""Trains on MNIST by stochastic gradient descent with momentum, and tests on its held-out digits. The parameters are flags."""

import argparse
import json
import os
import pathlib

import torch
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from network import Network

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, required=True)
parser.add_argument("--batch_size", type=int, required=True)
parser.add_argument("--learning_rate", type=float, required=True)
parser.add_argument("--momentum", type=float, required=True)
args = parser.parse_args()

torch.manual_seed(7)
normalise = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train, test = (datasets.MNIST("data", train=part, download=True, transform=normalise) for part in (True, False))
model = Network()
optimiser = torch.optim.SGD(model.parameters(), lr=args.learning_rate, momentum=args.momentum)
for epoch in range(args.epochs):
    for pixels, digits in DataLoader(train, batch_size=args.batch_size, shuffle=True):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(pixels), digits)
        loss.backward()
        optimiser.step()
    print(f"epoch {epoch + 1} of {args.epochs}: loss {loss.item():.4f}")

model.eval()
with torch.no_grad():
    right = sum(int((model(x).argmax(1) == y).sum()) for x, y in DataLoader(test, batch_size=1000))
path = pathlib.Path(os.environ["MODEL_PATH"])
path.parent.mkdir(parents=True, exist_ok=True)
torch.save(model.state_dict(), path)
accuracy = right / len(test)
print(f"read {len(test)} unseen digits: accuracy {accuracy:.4f}")
pathlib.Path(os.environ["METRICS_PATH"]).write_text(json.dumps({"accuracy": accuracy, "n": len(test)}))
