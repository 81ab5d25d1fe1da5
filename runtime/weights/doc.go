// Package weights reads and writes the weights of recurrent layers as other frameworks have them.
//
//	f, err := safetensors.Open("model.safetensors")
//	…
//	read, err := weights.Read("pytorch", f, "lstm", weights.At{Prefix: "encoder.", Layer: 1})
//	layer, err := read.New(lstm.Kernel{})
//
// Gates of different orders, or in rows for columns, have the same shapes more often than not, and
// a layer computes something with any weights. So run it on inputs whose outputs are known from
// the framework, as cellgen import -check does.
//
// # Formats
//
//	            LSTM         GRU     names
//	pytorch     i f g o      r z n   weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_hr_l0
//	keras       i f c o      z r h   kernel, recurrent_kernel, bias
//	tf1         i j f o              kernel, bias, w_i_diag, …, projection/kernel
//	addons      8 leaves (NASCell)   kernel, recurrent_kernel, bias, projection_weights
//	onnx        i o f c      z r h   W, R, B and P of a node
//	cellgen     the cell's own       layer0.kernel, … or layer0.Wi, …, as Params of "layer0"
//
// The cells are lstm; lstmp, with a projection; peephole; gru, whose reset gate comes after the
// product, as in PyTorch, Keras' reset_after=True and ONNX's linear_before_reset=1; grubefore,
// Keras' reset_after=False and ONNX's default; nascell; and nascellp, with a projection.
//
// # Biases
//
// Where a framework has two biases and the cell their sum, or adds a constant to one when it runs
// (TensorFlow 1 adds 1 to the forget gate's), the layer has the sum. Write gives back what was
// read, bit for bit, as long as the sum is the same. Otherwise the first bias is the sum and the
// second −0, which adds nothing to any number, and the constant is subtracted. What a file does
// not have, such as a PyTorch layer with bias=False, is zero in the cell, and is not written
// unless training has changed it.
package weights
