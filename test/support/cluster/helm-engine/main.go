// Renders a chart by Helm's own engine, as `helm template` does without a cluster: for release `web` in namespace `prod`.
package main

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

func main() {
	chart, err := loader.LoadDir(os.Args[1])
	check(err)
	release := common.ReleaseOptions{Name: "web", Namespace: "prod", Revision: 1, IsInstall: true}
	values, err := util.ToRenderValues(chart, nil, release, common.DefaultCapabilities)
	check(err)
	rendered, err := engine.Render(chart, values)
	check(err)
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		if !strings.HasPrefix(path.Base(name), "_") {
			fmt.Printf("---\n%s\n", rendered[name])
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
