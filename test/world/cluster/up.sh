#!/bin/bash
# Starts the cluster (idempotent). Needs root, built $CLUSTER_STATE/bin/kubeall, and the Debian packages of build.sh.
source "$(dirname "$0")/lib/env.sh"
T0=$(now); since() { awk -v a="$T0" -v b="$(now)" 'BEGIN{printf "%.1f s", b-a}'; }
# Where the registry is, by the name inside and by the one by which this machine pushes. Read at each pull, so it may come late.
for name in "$REGISTRY" "127.0.0.1:$HOST_REGISTRY_PORT"; do
  mkdir -p "$CLUSTER_STATE/certs.d/$name"
  cat > "$CLUSTER_STATE/certs.d/$name/hosts.toml" <<Y
server = "http://127.0.0.1:5000"
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
Y
done
if alive; then echo "already up"; exit 0; fi
mkdir -p "$RUN" "$LOGS" "$CLUSTER_STATE/cni"
bash "$HERE/lib/pki.sh"
echo "nameserver $NODE_IP" > "$CLUSTER_STATE/resolv.conf"
cat > "$CLUSTER_STATE/registry.yml" <<Y
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $CLUSTER_STATE/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:5000"}
Y
cat > "$CLUSTER_STATE/cni/10-cluster.conflist" <<Y
{"cniVersion": "0.4.0", "name": "cluster", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$CLUSTER_STATE/ipam", "ranges": [[{"subnet": "$POD_CIDR"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
Y
cat > "$CLUSTER_STATE/containerd.toml" <<Y
version = 2
root = "$CLUSTER_STATE/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$REGISTRY/pause:3.10"
  restrict_oom_score_adj = true   # the machine lacks CAP_SYS_RESOURCE
  disable_apparmor = true
  max_container_log_line_size = 262144
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$CLUSTER_STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$CLUSTER_STATE/certs.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
Y
cat > "$CLUSTER_STATE/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
address: $NODE_IP
port: 10250
healthzBindAddress: 127.0.0.1
tlsCertFile: $PKI/kubelet-server.crt
tlsPrivateKeyFile: $PKI/kubelet-server.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
resolvConf: $CLUSTER_STATE/resolv.conf
clusterDomain: cluster.local
clusterDNS: [$NODE_IP]
makeIPTablesUtilChains: false
registryPullQPS: 0
eventRecordQPS: 0
serializeImagePulls: false
imageGCHighThresholdPercent: 100
imageMinimumGCAge: 720h
evictionHard: {memory.available: "0%", nodefs.available: "0%", imagefs.available: "0%", nodefs.inodesFree: "0%", imagefs.inodesFree: "0%"}
enforceNodeAllocatable: [pods]
runtimeRequestTimeout: 2m
shutdownGracePeriod: 0s
Y
cat > "$CLUSTER_STATE/kube-proxy.yaml" <<Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $PKI/proxy.kubeconfig}
mode: ${CLUSTER_PROXY_MODE:-nftables}
clusterCIDR: $POD_CIDR
bindAddress: 0.0.0.0
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
nodePortAddresses: [$NODE_IP/32]
nftables: {minSyncPeriod: 0s, syncPeriod: 30s}
Y
if [ -d /sys/fs/cgroup/memory ]; then           # cgroup v1 (hybrid)
  for h in /sys/fs/cgroup/*/; do mkdir -p "$h$CGROUP"; done
  for f in cpus mems; do cat /sys/fs/cgroup/cpuset/cpuset.$f >"/sys/fs/cgroup/cpuset/$CGROUP/cpuset.$f"; done
else mkdir -p "/sys/fs/cgroup/$CGROUP"; fi      # cgroup v2: not tried
[ "$(cat /proc/sys/fs/inotify/max_user_instances)" -ge 1024 ] || sysctl -qw fs.inotify.max_user_instances=1024 || true
setsid unshare --mount --pid --fork --kill-child=KILL --mount-proc --propagation shared \
  bash -c 'exec 9</proc/self/ns/net; exec unshare --net bash "$0" "$1"' "$HERE/lib/init.sh" "$CLUSTER_STATE" >"$LOGS/init.log" 2>&1 </dev/null &
OUT=$!
for _ in $(seq 100); do P=$(cat /proc/$OUT/task/$OUT/children 2>/dev/null | tr -d ' ') && [ -n "$P" ] && break; sleep 0.05; done
echo "$OUT" >"$RUN/unshare.pid"; echo "$P" >"$RUN/init.pid"
wait_for() { local n=$1 lim=$2; shift 2; for _ in $(seq $((lim*5))); do "$@" >/dev/null 2>&1 && { echo "$n ready after $(since)"; return 0; }; sleep 0.2; done; echo "$n NOT ready after $(since)" >&2; return 1; }
k() { netns "$KUBEALL" kubectl "$@"; }
wait_for apiserver 120 k get --raw /readyz
wait_for default-namespace 60 k get ns default
wait_for default-serviceaccount 60 k -n default get sa default
[ -n "${CLUSTER_NO_NODE:-}" ] && exit 0
wait_for registry 20 netns curl -fsS http://127.0.0.1:5000/v2/
wait_for node 90 k wait --for=condition=Ready node/$NODE_NAME --timeout=1s
echo "kubeconfig inside the cluster: $CLUSTER_STATE/admin.kubeconfig (use in-cluster CMD); from the machine: $CLUSTER_STATE/host.kubeconfig"
