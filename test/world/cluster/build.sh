#!/bin/bash
# Installs the Debian packages (root) and builds kubeall and pause into $CLUSTER_STATE/bin. Go >= 1.24. Idempotent.
# Go keeps its modules and objects where it always does (GOMODCACHE, GOCACHE).
source "$(dirname "$0")/lib/env.sh"
export CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly"
PKGS="containerd runc containernetworking-plugins docker-registry nftables iptables conntrack busybox-static util-linux iproute2 kmod openssl curl"
missing=$(dpkg-query -W -f '${Status} ${Package}\n' $PKGS 2>/dev/null | awk '$3=="installed"{print $4}' | sort | comm -13 - <(tr ' ' '\n' <<<"$PKGS" | sort))
if [ -n "$missing" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
mkdir -p "$BIN"
X="-s -w"
for p in k8s.io/client-go/pkg/version k8s.io/component-base/version; do
  X+=" -X $p.gitVersion=$K8S_VERSION -X $p.gitMajor=1 -X $p.gitMinor=$(cut -d. -f2 <<<"$K8S_VERSION") -X $p.gitTreeState=clean -X $p.gitCommit=unknown -X $p.buildDate=1970-01-01T00:00:00Z"
done
T=$(now); (cd "$HERE/kubeall" && go mod download && echo "modules: $(awk -v a="$T" -v b="$(now)" 'BEGIN{printf "%.0f s",b-a}')")
T=$(now); (cd "$HERE/kubeall" && nice -n 10 go build -trimpath -ldflags="$X" -o "$BIN/kubeall" .)
(cd "$HERE/pause" && go build -trimpath -ldflags="-s -w" -o "$BIN/pause" .)
echo "build: $(awk -v a="$T" -v b="$(now)" 'BEGIN{printf "%.0f s",b-a}')"; ls -l "$BIN"
