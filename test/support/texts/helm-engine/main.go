// Renders a chart's templates as Helm's engine does (helm pkg/engine), by the same text/template: the functions that the
// helpers of `helm create` use, of Sprig and of Helm, are here, and no others. Building Helm itself would take minutes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

func main() {
	chart := os.Args[1]
	text, err := os.ReadFile(filepath.Join(chart, "values.json"))
	check(err)
	var values map[string]any
	check(json.Unmarshal(text, &values))
	data := map[string]any{
		"Values":  values,
		"Release": map[string]any{"Name": "web", "Namespace": "prod"},
	}

	// As Helm sets it: a value that is not there is empty, and no error.
	all := template.New("chart").Option("missingkey=zero")
	all.Funcs(template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var out bytes.Buffer
			err := all.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"default": func(otherwise, value any) any {
			if value == nil || value == "" {
				return otherwise
			}
			return value
		},
		"trunc": func(length int, text string) string {
			if len(text) > length {
				return text[:length]
			}
			return text
		},
		"trimSuffix": func(suffix, text string) string { return strings.TrimSuffix(text, suffix) },
	})
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		template.Must(all.New(filepath.Base(file)).Parse(string(text)))
	}
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasPrefix(name, "_") {
			fmt.Println("---")
			check(all.ExecuteTemplate(os.Stdout, name, data))
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
