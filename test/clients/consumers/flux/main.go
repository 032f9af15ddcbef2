// Says as whom Flux's controllers reach a cluster by the Secret that a kubeConfig.secretRef names.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/apis/meta"
	flux "github.com/fluxcd/pkg/runtime/client"
	authentication "k8s.io/api/authentication/v1"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func main() {
	kubeconfig, namespace, name := os.Args[1], os.Args[2], os.Args[3]
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	check(err)
	own, err := client.New(config, client.Options{})
	check(err)
	ref := &meta.KubeConfigReference{SecretRef: &meta.SecretKeyReference{Name: name}}
	ctx := context.Background()
	remote, _, err := flux.NewImpersonator(own, flux.WithKubeConfig(ref, flux.KubeConfigOptions{}, namespace, nil)).GetClient(ctx)
	check(err)
	review := &authentication.SelfSubjectReview{}
	check(remote.Create(ctx, review))
	fmt.Println(review.Status.UserInfo.Username)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
