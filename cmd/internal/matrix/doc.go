// Package matrix helps tests to run a command as shells and unkind machines do: with
// outputs that cannot be written, in odd environments, and with signals. It needs the
// processes of linux.
package matrix
