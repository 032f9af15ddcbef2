// Reads kubeconfigs by kubectl's own code (k8s.io/client-go tools/clientcmd): one a line in base64, and for each a line of
// JSON, the kubeconfig as kubectl holds it or null where it refuses it. A process of kubectl for each would take minutes.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api/latest"
	v1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

func read(line string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		panic(err)
	}
	config, err := clientcmd.Load(data)
	if err != nil {
		return nil, err
	}
	var versioned v1.Config
	if err := latest.Scheme.Convert(config, &versioned, nil); err != nil {
		return nil, err
	}
	return json.Marshal(versioned)
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		found, err := read(in.Text())
		if err != nil {
			found = []byte("null")
		}
		out.Write(append(found, '\n'))
		out.Flush()
	}
}
