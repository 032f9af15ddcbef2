// Reads Terraform's configuration from its input, and prints as JSON the Secret that a kubernetes_secret_v1 in it stands
// for, with the ServiceAccounts' names as the provider would know them by then; then its outputs, and whether the provider
// waits until the token is there.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

type object = map[string]any

func main() {
	source, err := io.ReadAll(os.Stdin)
	check(err)
	file, problems := hclsyntax.ParseConfig(source, "main.tf", hcl.InitialPos)
	if problems.HasErrors() {
		check(problems)
	}
	account := cty.ObjectVal(map[string]cty.Value{
		"metadata": cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{
			"name":      cty.StringVal(os.Args[1]),
			"namespace": cty.StringVal(os.Args[2]),
		})}),
		// What the provider has of it since Kubernetes 1.24.
		"default_secret_name": cty.StringVal(""),
	})
	known := &hcl.EvalContext{Variables: map[string]cty.Value{
		"kubernetes_service_account": cty.ObjectVal(map[string]cty.Value{"robot": account}),
	}}
	secrets := map[string]cty.Value{}
	waits := true
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "resource" || block.Labels[0] != "kubernetes_secret_v1" {
			continue
		}
		metadata := object{}
		for _, inner := range block.Body.Blocks {
			for name, attribute := range inner.Body.Attributes {
				metadata[name] = value(attribute.Expr, known)
			}
		}
		secret := object{"apiVersion": "v1", "kind": "Secret", "metadata": metadata}
		if kind, found := block.Body.Attributes["type"]; found {
			secret["type"] = value(kind.Expr, known)
		}
		if wait, found := block.Body.Attributes["wait_for_service_account_token"]; found {
			wanted, problems := wait.Expr.Value(known)
			if problems.HasErrors() {
				check(problems)
			}
			waits = wanted.True()
		}
		check(json.NewEncoder(os.Stdout).Encode(secret))
		secrets[block.Labels[1]] = cty.ObjectVal(map[string]cty.Value{
			"metadata": cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{
				"name": cty.StringVal(metadata["name"].(string)),
			})}),
		})
	}
	known.Variables["kubernetes_secret_v1"] = cty.ObjectVal(secrets)
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type == "output" {
			fmt.Println(value(block.Body.Attributes["value"].Expr, known))
		}
	}
	fmt.Println("waits", waits)
}

func value(expression hcl.Expression, known *hcl.EvalContext) any {
	found, problems := expression.Value(known)
	if problems.HasErrors() {
		check(problems)
	}
	if found.Type() == cty.String {
		return found.AsString()
	}
	all := object{}
	for name, one := range found.AsValueMap() {
		all[name] = one.AsString()
	}
	return all
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
