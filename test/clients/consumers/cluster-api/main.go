// Says as whom Cluster API's controllers reach a cluster by its name, which names its kubeconfig Secret.
package main

import (
	"context"
	"fmt"
	"os"

	authentication "k8s.io/api/authentication/v1"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/cluster-api/controllers/remote"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func main() {
	kubeconfig, namespace, cluster := os.Args[1], os.Args[2], os.Args[3]
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	check(err)
	own, err := client.New(config, client.Options{})
	check(err)
	ctx := context.Background()
	of, err := remote.NewClusterClient(ctx, "clients", own, client.ObjectKey{Namespace: namespace, Name: cluster})
	check(err)
	review := &authentication.SelfSubjectReview{}
	check(of.Create(ctx, review))
	fmt.Println(review.Status.UserInfo.Username)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
