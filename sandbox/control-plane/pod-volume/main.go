// Keeps a Pod's own volume in a folder, as the kubelet does and by its own code: the token manager requests and caches the
// token, the atomic writer puts the files there. It looks again for each line of its input, with `rotate` as if the token
// were due, and answers with a line.
package main

import (
	"bufio"
	"fmt"
	"os"

	authentication "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubernetes/pkg/kubelet/token"
	volume "k8s.io/kubernetes/pkg/volume/util"
)

// What admission writes into a Pod's volume, and the kubelet asks for.
const seconds = 3607

func main() {
	if len(os.Args) != 8 {
		fmt.Fprintln(os.Stderr, "pod-volume KUBECONFIG NAMESPACE SERVICEACCOUNT POD UID CA FOLDER")
		os.Exit(2)
	}
	kubeconfig, namespace, account, pod, uid, ca, folder :=
		os.Args[1], os.Args[2], os.Args[3], os.Args[4], types.UID(os.Args[5]), os.Args[6], os.Args[7]
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	check(err)
	client, err := kubernetes.NewForConfig(config)
	check(err)
	authority, err := os.ReadFile(ca)
	check(err)
	manager := token.NewManager(client)
	writer, err := volume.NewAtomicWriter(folder, pod)
	check(err)
	expiration := int64(seconds)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "rotate" {
			manager.DeleteServiceAccountToken(uid)
		}
		request := &authentication.TokenRequest{Spec: authentication.TokenRequestSpec{
			ExpirationSeconds: &expiration,
			BoundObjectRef:    &authentication.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod, UID: uid},
		}}
		granted, err := manager.GetServiceAccountToken(namespace, account, request)
		check(err)
		check(writer.Write(map[string]volume.FileProjection{
			"token":     {Data: []byte(granted.Status.Token), Mode: 0o600},
			"ca.crt":    {Data: authority, Mode: 0o644},
			"namespace": {Data: []byte(namespace), Mode: 0o644},
		}, nil))
		fmt.Println("mounted")
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
