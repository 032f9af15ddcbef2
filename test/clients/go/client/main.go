// A program that copies the configuration of a Pod, as many did, and says after a line of its input as whom it is accepted.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	authentication "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// inPod is what rest.InClusterConfig gives, of files that need not be at their usual place.
func inPod(server, ca, file string) *rest.Config {
	token, err := os.ReadFile(file)
	check(err)
	return &rest.Config{
		Host:            server,
		TLSClientConfig: rest.TLSClientConfig{CAFile: ca},
		BearerToken:     string(token),
		BearerTokenFile: file,
	}
}

func main() {
	config := inPod(os.Args[1], os.Args[2], os.Args[3])
	own := &rest.Config{
		Host:            config.Host,
		TLSClientConfig: config.TLSClientConfig,
		BearerToken:     config.BearerToken,
	}
	client, err := kubernetes.NewForConfig(own)
	check(err)
	fmt.Println("ready")
	_, err = bufio.NewReader(os.Stdin).ReadString('\n')
	check(err)
	review, err := client.AuthenticationV1().SelfSubjectReviews().Create(
		context.Background(), &authentication.SelfSubjectReview{}, meta.CreateOptions{})
	if errors.IsUnauthorized(err) {
		fmt.Println("401")
		return
	}
	check(err)
	fmt.Println(review.Status.UserInfo.Username)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
