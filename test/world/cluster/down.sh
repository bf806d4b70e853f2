#!/bin/bash
# Stops the cluster (idempotent). `down.sh --wipe` also removes its data (keeps bin/, cache/ and go/).
source "$(dirname "$0")/lib/env.sh"
if alive; then
  kill -KILL "$(cat "$RUN/init.pid")"      # pid 1 of the cluster's pid namespace: the kernel ends all of it
  for _ in $(seq 200); do [ -d "/proc/$(cat "$RUN/unshare.pid")" ] || break; sleep 0.05; done
fi
rm -f "$RUN"/*pid
left=
for _ in $(seq 100); do                    # the last tasks leave their cgroups a moment later
  left=
  for c in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
    if [ -d "$c" ]; then find "$c" -depth -type d -exec rmdir {} + 2>/dev/null || left="$left $c"; fi
  done
  [ -z "$left" ] && break; sleep 0.1
done
[ -z "$left" ] || echo "cgroups not removed:$left" >&2
if [ "${1:-}" = --wipe ]; then
  rm -rf "$CLUSTER_STATE"/{etcd,registry,containerd,var,ipam,cni,certs.d,pki,logs,run,operator-tmp,{admin,host}.kubeconfig,registry.yml,resolv.conf,containerd.toml,kubelet.yaml,kube-proxy.yaml}
fi
