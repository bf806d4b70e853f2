#!/bin/bash
# Builds Kubeflow's training operator from its Go module, once, into the cache: the binary and the definitions of its jobs. Needs Go
# and the Go module proxy; it takes some minutes.
set -euo pipefail
VERSION=v1.8.1
HOME_OF_IT=${XDG_CACHE_HOME:-$HOME/.cache}/model-road/tools/training-operator-$VERSION
if [ ! -x "$HOME_OF_IT/training-operator" ]; then
  work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
  source=$(cd "$work" && go mod download -json "github.com/kubeflow/training-operator@$VERSION" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp -r "$source" "$work/source"; chmod -R u+w "$work/source"
  # Its go.mod holds replacements, so it is built where it lies and not installed by name.
  ( cd "$work/source" && nice go build -p 2 -o "$work/training-operator" ./cmd/training-operator.v1 ) >&2
  mkdir -p "$HOME_OF_IT"
  cp "$work/source/manifests/base/crds/"kubeflow.org_{tfjobs,pytorchjobs}.yaml "$HOME_OF_IT/"
  mv "$work/training-operator" "$HOME_OF_IT/training-operator"
fi
echo "$HOME_OF_IT"
