package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSkew builds the shipped cells against a runtime that no longer keeps their contract, and
// one that does not keep it yet: the Go compiler's error names the contract.
func TestSkew(t *testing.T) {
	const contract = "ContractV2"
	file, err := filepath.Abs("../../runtime/kernel/kernel.go")
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{contract, "ContractV1", "ContractV3"} {
		dir := t.TempDir()
		changed, overlay := filepath.Join(dir, "kernel.go"), filepath.Join(dir, "overlay.json")
		replace, _ := json.Marshal(map[string]any{"Replace": map[string]string{file: changed}})
		if err := os.WriteFile(changed, []byte(strings.ReplaceAll(string(src), contract, other)), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(overlay, replace, 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "build", "-overlay="+overlay, "../../generated/lstm", "../../generated/nascell", "../../generated/simplecell").CombinedOutput()
		named := strings.Count(string(out), "undefined: kernel."+contract)
		if other == contract && err != nil || other != contract && (err == nil || named != 3) {
			t.Errorf("with a runtime of %s: %v\n%s", other, err, out)
		}
	}
}

// TestPuregoHasNoAssembly lists the assembly and cgo files of everything that ships, for every
// machine: there are none under the tag purego, and without it only for amd64.
func TestPuregoHasNoAssembly(t *testing.T) {
	list := func(system, machine string, args ...string) string {
		cmd := exec.Command("go", append(append([]string{"list"}, args...), "-f", "{{.SFiles}} {{.SysoFiles}} {{.CgoFiles}}", "../../runtime/...", "../../generated/...", "../../cmd/...")...)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0", "GOFLAGS=")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s/%s: %v", system, machine, err)
		}
		return strings.TrimSpace(strings.ReplaceAll(string(out), "[] [] []\n", ""))
	}
	for _, machine := range []string{"amd64", "arm64", "386", "arm", "riscv64", "s390x", "ppc64le", "loong64"} {
		for _, system := range []string{"linux", "windows", "darwin"} {
			if machine != "amd64" && machine != "arm64" && system != "linux" {
				continue
			}
			what := fmt.Sprintf("%s/%s", system, machine)
			if files := list(system, machine, "-tags=purego"); files != "" {
				t.Errorf("%s with purego has %s", what, files)
			}
			if files := list(system, machine); (files != "") != (machine == "amd64") {
				t.Errorf("%s has assembly %q", what, files)
			}
		}
	}
}
