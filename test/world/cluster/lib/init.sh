#!/bin/bash
# PID 1 of the cluster's own net+mount+pid namespaces: prepares them, starts every component, reaps children.
# File descriptor 9 is the network namespace of the machine (only the relay uses it).
# Killing this one process ends everything that runs in the cluster, and nothing else.
source "$(dirname "$0")/env.sh"
set +e
# --- private mounts: /run and the paths the kubelet and containerd hard-code
mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/netns
for p in var/lib/kubelet var/log/pods var/log/containers; do
  mkdir -p "$CLUSTER_STATE/$p" "/$p"; mount --bind "$CLUSTER_STATE/$p" "/$p"
done
mount --bind "$CLUSTER_STATE/resolv.conf" "$(readlink -f /etc/resolv.conf)"
# --- network: loopback, one port-less bridge that holds the node address and the default route. No uplink at all.
ip link set lo up
ip link add node0 type bridge; ip addr add $NODE_IP/32 dev node0; ip link set node0 up
ip route add default dev node0 src $NODE_IP
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
# --- components
mkdir -p "$LOGS" "$RUN" "$CLUSTER_STATE/etcd" "$CLUSTER_STATE/registry"
start() { local n=$1; shift; "$@" >>"$LOGS/$n.log" 2>&1 9<&- & echo $! >"$RUN/$n.nspid"; }
until_ok() { for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; }
L=127.0.0.1
start etcd "$KUBEALL" etcd --name etcd0 --data-dir "$CLUSTER_STATE/etcd" --unsafe-no-fsync --log-level warn \
  --listen-client-urls http://$L:2379 --advertise-client-urls http://$L:2379 \
  --listen-peer-urls http://$L:2380 --initial-advertise-peer-urls http://$L:2380 --initial-cluster etcd0=http://$L:2380
start registry docker-registry serve "$CLUSTER_STATE/registry.yml"
start kube-apiserver "$KUBEALL" kube-apiserver --etcd-servers=http://$L:2379 --bind-address=0.0.0.0 --advertise-address=$NODE_IP \
  --secure-port=6443 --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt" \
  --kubelet-client-certificate="$PKI/apiserver-kubelet.crt" --kubelet-client-key="$PKI/apiserver-kubelet.key" \
  --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
  --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-cluster-ip-range=$SVC_CIDR --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
  --allow-privileged=true --profiling=false --v=1
( exec nsenter --net=/proc/self/fd/9 "$KUBEALL" relay -netns /proc/1/ns/net 127.0.0.1:$HOST_API_PORT=127.0.0.1:6443 127.0.0.1:$HOST_REGISTRY_PORT=127.0.0.1:5000 >>"$LOGS/relay.log" 2>&1 ) &
[ -n "${CLUSTER_NO_NODE:-}" ] || start containerd containerd --config "$CLUSTER_STATE/containerd.toml"
until_ok curl -fs --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key" https://$L:6443/readyz   # else they back off for seconds
start kube-controller-manager "$KUBEALL" kube-controller-manager --kubeconfig="$PKI/controller-manager.kubeconfig" \
  --leader-elect=false --use-service-account-credentials --kube-api-qps=300 --kube-api-burst=600 --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
  --bind-address=$L --profiling=false --v=1
start kube-scheduler "$KUBEALL" kube-scheduler --kubeconfig="$PKI/scheduler.kubeconfig" --leader-elect=false --bind-address=$L --profiling=false --v=1
if [ -z "${CLUSTER_NO_NODE:-}" ]; then
  start kubelet "$KUBEALL" kubelet --config="$CLUSTER_STATE/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig" \
    --hostname-override=$NODE_NAME --node-ip=$NODE_IP --v=2
  start kube-proxy "$KUBEALL" kube-proxy --config="$CLUSTER_STATE/kube-proxy.yaml" --hostname-override=$NODE_NAME --v=2
  start dns "$KUBEALL" dns -kubeconfig "$CLUSTER_STATE/admin.kubeconfig" -listen $NODE_IP:53
fi
while :; do wait -n 2>/dev/null; sleep 1; done
