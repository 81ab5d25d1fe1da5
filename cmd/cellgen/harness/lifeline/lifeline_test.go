package lifeline

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestStdin runs this program as a child that reads a line, and then computes for longer than
// the test: it ends when its standard input does.
func TestStdin(t *testing.T) {
	if os.Getenv("CELLGEN_CHILD") != "" {
		line, err := bufio.NewReader(Stdin()).ReadString('\n')
		fmt.Println(line, err)
		time.Sleep(20 * time.Second)
		os.Exit(3)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestStdin$")
	cmd.Env = append(os.Environ(), "CELLGEN_CHILD=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, "a question")
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "a question\n" || err != nil {
		t.Errorf("the child reads %q, %v", line, err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the child ends with %v", err)
	}
}
