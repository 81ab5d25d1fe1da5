package weights

import (
	"strings"
	"testing"

	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// TestWrongFormat reads fixtures as what they are not.
func TestWrongFormat(t *testing.T) {
	for _, c := range []struct {
		file, format, cell string
		at                 At
		want               string
	}{
		{"keras-lstm.npz", "pytorch", "lstm", At{}, `weights: lstm of pytorch: no tensor "weight_hh_l0"; there are lstm_cell/bias:0, lstm_cell/kernel:0, lstm_cell/recurrent_kernel:0; this looks like lstm of keras, whose gates are in the order i f c o`},
		{"pytorch-lstm.safetensors", "keras", "lstm", At{}, `no tensor "recurrent_kernel"; there are `},
		{"pytorch-lstm.safetensors", "keras", "lstm", At{}, `this looks like lstm of pytorch, whose gates are in the order i f g o`},
		{"pytorch-gru.safetensors", "pytorch", "lstm", At{}, `tensor "weight_hh_l0" has shape [15 5], want [4·hidden hidden], for the gates i f g o; this looks like gru of pytorch, whose gates are in the order r z n`},
		{"pytorch-lstmp.safetensors", "pytorch", "lstm", At{}, `tensor "weight_hh_l0" has shape [20 4], want [4·hidden hidden], which is [20 5], for the gates i f g o; this looks like lstmp of pytorch`},
		{"pytorch-lstm.safetensors", "pytorch", "lstmp", At{}, `no tensor "weight_hr_l0"; there are weight_hh_l0, weight_ih_l0, `},
		{"pytorch-lstm.safetensors", "pytorch", "lstmp", At{}, `this looks like lstm of pytorch`},
		{"keras-gru.npz", "keras", "grubefore", At{}, `tensor "gru_cell/bias:0" has shape [2 15], want [3·hidden], which is [15], for the gates z r h; this looks like gru of keras`},
		{"keras-grubefore.npz", "keras", "gru", At{}, `has shape [15], want [2 3·hidden], which is [2 15], for the gates z r h; this looks like grubefore of keras`},
		{"addons-nascellp.index", "addons", "nascell", At{}, `tensor "cell/recurrent_kernel" has shape [4 40], want [hidden 8·hidden], which is [5 40], for the gates 0 … 7; this looks like nascellp of addons`},
		{"addons-nascell.index", "keras", "lstm", At{}, `tensor "cell/recurrent_kernel" has shape [5 40], want [hidden 4·hidden], which is [10 40], for the gates i f c o; this looks like nascell of addons`},
		{"tf1-lstmp.index", "tf1", "lstm", At{}, `there is a tensor "rnn/lstm_cell/projection/kernel" too: this looks like lstmp`},
		{"tf1-peephole.index", "tf1", "lstm", At{}, `w_`},
		{"tf1-lstm.index", "keras", "lstm", At{}, `this looks like lstm of tf1, whose gates are in the order i j f o`},
		{"onnx-lstm.onnx", "pytorch", "lstm", At{}, `the file is an ONNX model; this looks like lstm of onnx, whose gates are in the order i o f c`},
		{"onnx-lstm.onnx", "onnx", "gru", At{}, `the model has no GRU node; this looks like lstm of onnx`},
		{"onnx-lstm.onnx", "onnx", "lstm", At{Prefix: "rn"}, `no LSTM node is called "rn"; there are ["rnn"]`},
		{"onnx-lstm.onnx", "onnx", "lstm", At{Reverse: true}, `node rnn: its direction is forward`},
		{"onnx-lstm.onnx", "onnx", "lstm", At{Layer: 1}, `give a prefix, not layer 1`},
		{"onnx-peephole.onnx", "onnx", "lstm", At{}, `it has an input P: this is peephole`},
		{"onnx-lstm.onnx", "onnx", "peephole", At{}, `node rnn has no input P`},
		{"onnx-gru.onnx", "onnx", "grubefore", At{}, `linear_before_reset is not 0: this is gru`},
		{"onnx-grubefore.onnx", "onnx", "gru", At{}, `linear_before_reset is 0: this is grubefore`},
		{"pytorch-stack.safetensors", "pytorch", "lstm", At{Layer: 2}, `no tensor "weight_hh_l2"`},
		{"pytorch-stack.safetensors", "pytorch", "lstm", At{Prefix: "decoder"}, `no tensor "decoderweight_hh_l0"; there are encoder.rnn.weight_hh_l0, `},
		{"keras-lstm.npz", "keras", "lstm", At{Layer: 1}, `give a prefix, not layer 1`},
		{"keras-lstm.npz", "keras", "lstm", At{Reverse: true}, `give the prefix of the backward layer`},
		{"keras-lstm.npz", "kears", "lstm", At{}, `unknown format "kears"; want one of keras, `},
		{"keras-lstm.npz", "keras", "lsmt", At{}, `keras has no cell "lsmt"; it has lstm, `},
	} {
		_, err := Read(c.format, open(t, c.file), c.cell, c.at)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as %s of %s: the error is\n%v\nwant\n%s", c.file, c.cell, c.format, err, c.want)
		}
	}
}

// TestWrongOrder gives one framework's names to tensors of another's shapes.
func TestWrongOrder(t *testing.T) {
	shaped := func(name string, shape ...int) tensor.Tensor {
		n := testkit.Must(tensor.Count(shape))
		return tensor.Tensor{Name: name, Shape: shape, Values: make([]float32, n)}
	}
	for _, c := range []struct {
		format  string
		tensors []tensor.Tensor
		want    string
	}{
		{
			"pytorch",
			[]tensor.Tensor{shaped("weight_ih_l0", 3, 32), shaped("weight_hh_l0", 8, 32)},
			`tensor "weight_ih_l0" has shape [3 32], want [4·hidden input], for the gates i f g o; this looks like lstm of keras, whose gates are in the order i f c o`,
		},
		{
			"keras",
			[]tensor.Tensor{shaped("kernel", 32, 3), shaped("recurrent_kernel", 32, 8)},
			`tensor "kernel" has shape [32 3], want [input 4·hidden], for the gates i f c o; this looks like lstm of pytorch, whose gates are in the order i f g o`,
		},
		{
			"pytorch",
			[]tensor.Tensor{shaped("weight_ih_l0", 32, 3), shaped("weight_hh_l0", 32, 8), shaped("bias_ih_l0", 8), shaped("bias_hh_l0", 32)},
			`tensor "bias_ih_l0" has shape [8], want [4·hidden], which is [32], for the gates i f g o`,
		},
		{
			"tf1",
			[]tensor.Tensor{shaped("kernel", 8, 32), shaped("bias", 32)},
			`tensor "kernel" has shape [8 32], want [input+hidden 4·hidden], for the gates i j f o`,
		},
		{
			"onnx",
			[]tensor.Tensor{shaped("W", 3, 32, 3), shaped("R", 1, 32, 8)},
			`tensor "W" has shape [3 32 3], want [directions 4·hidden input], for the gates i o f c`,
		},
		{
			"pytorch",
			[]tensor.Tensor{shaped("a.weight_ih_l0", 32, 3), shaped("a.weight_hh_l0", 32, 8), shaped("b.weight_ih_l0", 32, 3), shaped("b.weight_hh_l0", 32, 8)},
			`there are several layers: give one of the prefixes ["a." "b."]`,
		},
		{"pytorch", []tensor.Tensor{shaped("weight_ih_l0", 0, 0), shaped("weight_hh_l0", 0, 0)}, `has shape [0 0]`},
		{"pytorch", []tensor.Tensor{shaped("weight_ih_l0", 32), shaped("weight_hh_l0")}, `has shape []`},
		{"pytorch", []tensor.Tensor{shaped("weight_hh_l0", 32, 8)}, `no tensor "weight_ih_l0"; there are weight_hh_l0`},
	} {
		_, err := Read(c.format, memory(c.tensors), "lstm", At{})
		testkit.CheckError(t, err, c.want)
	}
}

// TestWrongCell gives weights to other cells, and takes them from others.
func TestWrongCell(t *testing.T) {
	read := testkit.Must(Read("pytorch", open(t, "pytorch-lstm.safetensors"), "lstm", At{}))
	_, err := read.New(gru.Kernel{})
	testkit.CheckError(t, err, "weights: weights of lstm are not for the cell GRU")
	testkit.CheckError(t, read.Update(testkit.Must(gru.New(3, 5))), "cannot take weights of gru")
	testkit.CheckError(t, read.Update(testkit.Must(lstm.New(4, 5))), "cannot take weights of lstm")
	if _, err := Write("addons", read); err == nil {
		t.Error("addons has an LSTM")
	}
	_, err = read.New(lstm.Kernel{}, runtime.Width("proj", 2))
	testkit.CheckError(t, err, "Width")
	read.Params["Wi"] = read.Params["Wi"][1:]
	_, err = Write("keras", read)
	testkit.CheckError(t, err, "parameter Wi has 14 values")
	_, err = read.New(lstm.Kernel{})
	testkit.CheckError(t, err, "parameter Wi has 14 values")
	delete(read.Params, "Wi")
	_, err = Write("keras", read)
	testkit.CheckError(t, err, "the parameter Wi is missing")
}
