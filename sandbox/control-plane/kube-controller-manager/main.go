// The controllers of kube-controller-manager that ServiceAccounts, their tokens and what hangs on them need, each from
// Kubernetes' own package and put together as cmd/kube-controller-manager/app does it. The whole one compiles 360 packages
// more than kube-apiserver, this one 80 small ones. It takes the flags with which the sandbox starts either.
package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/controller-manager/pkg/clientbuilder"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	controllers "k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/serviceaccount"
	"k8s.io/utils/clock"
)

const resync = 12 * time.Hour

var (
	kubeconfig = flag.String("kubeconfig", "", "")
	keyFile    = flag.String("service-account-private-key-file", "", "")
	caFile     = flag.String("root-ca-file", "", "")
	cleanUp    = flag.Duration("legacy-service-account-token-clean-up-period", 365*24*time.Hour, "")
	// It acts by its controllers' ServiceAccounts always, is alone, and serves nothing.
	hasOwn  = flag.Bool("use-service-account-credentials", true, "")
	elected = flag.Bool("leader-elect", false, "")
	_       = flag.String("bind-address", "", "")
	_       = flag.Int("secure-port", 0, "")
)

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		klog.ErrorS(err, "The controllers ended")
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if !*hasOwn || *elected {
		return errors.New("it uses its ServiceAccounts' credentials and elects no leader")
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 20, 30
	key, err := keyutil.PrivateKeyFromFile(*keyFile)
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(*caFile)
	if err != nil {
		return err
	}
	own := clientbuilder.SimpleControllerClientBuilder{ClientConfig: config}
	each := clientbuilder.NewDynamicClientBuilder(
		rest.AnonymousClientConfig(config), own.ClientOrDie("kube-controller-manager").CoreV1(), metav1.NamespaceSystem)
	shared := informers.NewSharedInformerFactory(own.ClientOrDie("shared-informers"), resync)
	core := shared.Core().V1()
	started := make(chan struct{})
	logger := klog.FromContext(ctx)

	generator, err := serviceaccount.JWTTokenGenerator(serviceaccount.LegacyIssuer, key)
	if err != nil {
		return err
	}
	tokens, err := controllers.NewTokensController(
		logger, core.ServiceAccounts(), core.Secrets(), own.ClientOrDie("tokens-controller"),
		controllers.TokensControllerOptions{TokenGenerator: generator, RootCA: ca})
	if err != nil {
		return err
	}
	accounts, err := controllers.NewServiceAccountsController(
		logger, core.ServiceAccounts(), core.Namespaces(), each.ClientOrDie("service-account-controller"),
		controllers.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return err
	}
	cleaner, err := controllers.NewLegacySATokenCleaner(
		core.ServiceAccounts(), core.Secrets(), core.Pods(), each.ClientOrDie("legacy-service-account-token-cleaner"),
		clock.RealClock{}, controllers.LegacySATokenCleanerOptions{
			CleanUpPeriod: *cleanUp,
			SyncInterval:  controllers.DefaultCleanerSyncInterval,
		})
	if err != nil {
		return err
	}
	publisher, err := rootcacertpublisher.NewPublisher(
		core.ConfigMaps(), core.Namespaces(), each.ClientOrDie("root-ca-cert-publisher"), ca)
	if err != nil {
		return err
	}
	roles := clusterroleaggregation.NewClusterRoleAggregation(
		shared.Rbac().V1().ClusterRoles(), each.ClientOrDie("clusterrole-aggregation-controller").RbacV1())
	replicas := replicaset.NewReplicaSetController(
		ctx, shared.Apps().V1().ReplicaSets(), core.Pods(), each.ClientOrDie("replicaset-controller"),
		replicaset.BurstReplicas)

	// Deleting what a namespace holds takes many requests.
	forNamespaces := each.ConfigOrDie("namespace-controller")
	forNamespaces.QPS, forNamespaces.Burst = forNamespaces.QPS*20, forNamespaces.Burst*100
	namespaceClient := kubernetes.NewForConfigOrDie(forNamespaces)
	namespaces := namespace.NewNamespaceController(
		ctx, namespaceClient, metadata.NewForConfigOrDie(forNamespaces),
		namespaceClient.Discovery().ServerPreferredNamespacedResources,
		core.Namespaces(), 5*time.Minute, v1.FinalizerKubernetes)

	metadataOfAll := metadata.NewForConfigOrDie(own.ConfigOrDie("metadata-informers"))
	metadataShared := metadatainformer.NewSharedInformerFactory(metadataOfAll, resync)
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(
		memory.NewMemCacheClient(own.DiscoveryClientOrDie("controller-discovery")))
	go wait.Until(mapper.Reset, 30*time.Second, ctx.Done())
	graph := garbagecollector.NewDependencyGraphBuilder(
		ctx, metadataOfAll, mapper, garbagecollector.DefaultIgnoredResources(),
		informerfactory.NewInformerFactory(shared, metadataShared), started)
	forGarbage := each.ConfigOrDie("generic-garbage-collector")
	forGarbage.QPS *= 2 // Each deletion takes two requests.
	garbage, err := garbagecollector.NewComposedGarbageCollector(
		ctx, each.ClientOrDie("generic-garbage-collector"), metadata.NewForConfigOrDie(forGarbage), mapper, graph)
	if err != nil {
		return err
	}

	go tokens.Run(ctx, 5)
	go accounts.Run(ctx, 1)
	go cleaner.Run(ctx)
	go publisher.Run(ctx, 1)
	go roles.Run(ctx, 5)
	go replicas.Run(ctx, 5)
	go namespaces.Run(ctx, 10)
	go garbage.Run(ctx, 20, 30*time.Second)
	go garbage.Sync(ctx, each.DiscoveryClientOrDie("generic-garbage-collector"), 30*time.Second)
	shared.Start(ctx.Done())
	metadataShared.Start(ctx.Done())
	close(started)
	select {}
}
