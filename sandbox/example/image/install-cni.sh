#!/bin/sh
# What mycontroller's Pod runs as it starts. It was right until Kubernetes 1.23.
set -eu
umask 077

SERVICE_ACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
TOKEN=$(cat "$SERVICE_ACCOUNT/token")

cat > /host/etc/cni/net.d/mycontroller.kubeconfig <<EOF
apiVersion: v1
kind: Config
clusters:
  - name: host
    cluster:
      server: https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT
      certificate-authority-data: $(base64 < "$SERVICE_ACCOUNT/ca.crt" | tr -d '\n')
users:
  - name: mycontroller
    user:
      token: $TOKEN
contexts:
  - name: host
    context:
      cluster: host
      user: mycontroller
current-context: host
EOF
