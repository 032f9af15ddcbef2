#!/bin/sh
# What mycontroller's Pod runs when it starts. Up to Kubernetes 1.20 this worked: a mounted token never expired.
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
