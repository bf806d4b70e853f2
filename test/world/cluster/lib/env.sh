# Shared settings. Source it; every path lives under $CLUSTER_STATE.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
K8S_VERSION=v1.34.4
CLUSTER_STATE=${CLUSTER_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/model-road/cluster/$K8S_VERSION}
mkdir -p "$CLUSTER_STATE"
CLUSTER_STATE=$(cd "$CLUSTER_STATE" && pwd)
BIN=$CLUSTER_STATE/bin
PKI=$CLUSTER_STATE/pki
LOGS=$CLUSTER_STATE/logs
RUN=$CLUSTER_STATE/run
NODE_NAME=node
NODE_IP=198.18.0.1          # on a port-less bridge inside the private netns
POD_CIDR=198.18.1.0/24
SVC_CIDR=198.19.0.0/16
SVC_API_IP=198.19.0.1
REGISTRY=localhost:5000     # as image names see it, inside the cluster
HOST_API_PORT=${CLUSTER_API_PORT:-16443}            # loopback ports of the machine, relayed into the cluster
HOST_REGISTRY_PORT=${CLUSTER_REGISTRY_PORT:-15000}
KUBEALL=$BIN/kubeall
CGROUP=model-road-$(sha256sum <<<"$CLUSTER_STATE" | cut -c1-8)   # own cgroup root: two clusters must not share /kubepods
export KUBECONFIG=$CLUSTER_STATE/admin.kubeconfig

# inside CMD...: run a command in the cluster's namespaces (net, mount, pid)
inside() { nsenter -t "$(cat "$RUN/init.pid")" --net --mount --pid -- "$@"; }
# netns CMD...: only the network namespace (host files and pids stay visible)
netns() { nsenter -t "$(cat "$RUN/init.pid")" --net -- "$@"; }
alive() { [ -s "$RUN/init.pid" ] && [ -d "/proc/$(cat "$RUN/init.pid")" ] \
  && grep -qz "$CLUSTER_STATE" "/proc/$(cat "$RUN/init.pid")/cmdline"; }
now() { date +%s.%N; }
