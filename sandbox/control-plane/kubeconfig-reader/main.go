// Reads by kubectl's own code, as a process of kubectl for each text would take minutes. Each line is a word and a text in base64,
// and for each there is a line of JSON, or an empty one where it is refused.
//
//	kubeconfig: a kubeconfig as kubectl holds it (k8s.io/client-go tools/clientcmd)
//	yaml: any text, as that has it before it looks at a field (the first step of k8s.io/apimachinery's runtime/serializer/json)
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api/latest"
	v1 "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"
)

var readers = map[string]func([]byte) ([]byte, error){
	"kubeconfig": readKubeconfig,
	"yaml":       yaml.YAMLToJSON,
}

func readKubeconfig(data []byte) ([]byte, error) {
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
		word, encoded, _ := strings.Cut(in.Text(), " ")
		data, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			panic(err)
		}
		found, err := readers[word](data)
		if err != nil {
			found = nil
		}
		out.Write(append(found, '\n'))
		out.Flush()
	}
}
