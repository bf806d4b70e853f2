#!/bin/bash
# Makes CA, serving and client certificates and kubeconfigs (ECDSA P-256, 2 s). Idempotent.
source "$(dirname "$0")/env.sh"
[ -s "$CLUSTER_STATE/admin.kubeconfig" ] && exit 0
umask 077; mkdir -p "$PKI"; cd "$PKI"
key() { openssl ecparam -genkey -name prime256v1 -noout -out "$1.key"; }
key ca; openssl req -x509 -new -key ca.key -subj /CN=cluster-ca -days 3650 -out ca.crt \
  -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
openssl genrsa -out sa.key 2048 2>/dev/null; openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
cert() { # name subject usage [san]
  key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" \
    -extfile <(printf 'basicConstraints=CA:false\nextendedKeyUsage=%s\n%s\n' "$3" "${4:+subjectAltName=$4}") 2>/dev/null
}
S=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$SVC_API_IP,IP:$NODE_IP
cert apiserver /CN=kube-apiserver serverAuth "$S"
cert kubelet-server /CN=$NODE_NAME serverAuth "DNS:$NODE_NAME,IP:$NODE_IP,IP:127.0.0.1"
cert webhook /CN=webhook serverAuth "DNS:localhost,IP:127.0.0.1"
cert apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
cert admin /O=system:masters/CN=admin clientAuth
cert controller-manager /CN=system:kube-controller-manager clientAuth
cert scheduler /CN=system:kube-scheduler clientAuth
cert kubelet /O=system:nodes/CN=system:node:$NODE_NAME clientAuth
cert proxy /CN=system:kube-proxy clientAuth
kc() { # name file
  cat > "$2" <<Y
apiVersion: v1
kind: Config
clusters: [{name: cluster, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}}]
contexts: [{name: cluster, context: {cluster: cluster, user: $1}}]
current-context: cluster
Y
}
for u in controller-manager scheduler kubelet proxy; do kc $u "$PKI/$u.kubeconfig"; done
kc admin "$CLUSTER_STATE/admin.kubeconfig"                                                      # inside the cluster
sed "s#127.0.0.1:6443#127.0.0.1:$HOST_API_PORT#" "$CLUSTER_STATE/admin.kubeconfig" >"$CLUSTER_STATE/host.kubeconfig"   # from the machine, over the relay
